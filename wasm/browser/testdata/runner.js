// The test runner's page takes these from the global object, and so do the tests.
const { Go, fs, process } = standIn(exec);
Object.assign(globalThis, { Go, fs, process });
