// The toolchain's loader as a function of the global object, on which it puts Go. build.sh fills in the loader.
export default (globalThis, fs) => {
  // lib/wasm/wasm_exec.js
};
