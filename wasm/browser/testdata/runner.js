// What the test runner's page loads before the program, with what ships in place of the first two lines.
(() => {
  'use strict';
  // site/exec.js
  // site/runtime.js
  // The page takes these from the global object, and so do the tests.
  const { Go, fs, process } = standIn(exec);
  Object.assign(globalThis, { Go, fs, process });
})();
