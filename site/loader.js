// Loads the WebAssembly program once for all elements of the page.
const dist = new URL('./dist/', import.meta.url);
const ready = 'xamanLiveReady';

let program;

/**
 * Resolves with {mount} when the program runs, and rejects if it cannot run here. Single-flight.
 * `ended` is called if the program ends later on, which it never should.
 */
export function load(ended) {
  program ??= start(ended);
  return program;
}

async function start(ended) {
  const { Go } = await import(new URL('wasm_exec.js', dist));
  const go = new Go();
  const { instance } = await instantiate(new URL('xaman-sign-request.wasm', dist), go.importObject);
  const published = new Promise((resolve) => {
    globalThis[ready] = resolve;
  });
  const end = go.run(instance).then(
    () => { throw new Error('xaman-live: the program has ended'); },
  );
  end.catch(ended);
  try {
    return await Promise.race([published, end]);
  } finally {
    delete globalThis[ready];
  }
}

async function instantiate(url, imports) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`xaman-live: ${url.pathname}: ${response.status}`);
  if (response.headers.get('Content-Type') === 'application/wasm' && WebAssembly.instantiateStreaming) {
    return WebAssembly.instantiateStreaming(response, imports);
  }
  // Streaming insists on the type, which some static hosts do not know.
  return WebAssembly.instantiate(await response.arrayBuffer(), imports);
}
