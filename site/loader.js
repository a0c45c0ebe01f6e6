// Loads the WebAssembly program once for all elements of the page.
import { take } from './ahead.js';
import exec from './exec.js';
import { integrity, version } from './program.js';
import { answers, pause } from './question.js';
import { standIn } from './runtime.js';

const file = () => new URL('./xaman-sign-request.wasm', import.meta.url); // when needed: CommonJS has none
const ready = 'xamanLiveReady';
let program;
/** Whether the program runs, so that a card is shown within a moment. */
export let running = false;
const onEnd = new Set(); // a promise would keep every element that ever waited for it

/** Resolves with {mount, onEnd} when the program runs, and rejects if it cannot run here. Single-flight, until it
 *  cannot be reached. What is in the set `onEnd` is called if the program ends later on, which it never should. */
export const load = () => (program ??= tried(100));

// WebKit ends what a page loads once another one is asked for. Where it keeps the page, it goes on when that is back.
const tried = (wait) => start().catch(async (error) => {
  if (!['TypeError', 'AbortError'].includes(error.name)) throw error;
  const failed = `xaman-live: ${file().pathname} cannot be reached, or is not that of version ${version}`;
  if (wait > 2000 && error.message !== integrity) program = undefined; // who comes later may reach it
  if (wait > 2000) throw new Error(failed, { cause: error });
  await pause(wait);
  return tried(2 * wait);
});

async function start() {
  const response = fetch(file(), crypto.subtle ? {} : { integrity }); // first, as it takes longest
  const scope = standIn(exec, take);
  const go = new scope.Go();
  const [, { instance }] = await Promise.all([check, instantiate].map(async (f) => f(await response, go.importObject)));
  const published = new Promise((resolve) => { scope[ready] = (it) => { resolve(it); return version; }; });
  await answers(300); // a card for it could not be shown before
  const ended = go.run(instance).then(() => { throw new Error('xaman-live: the program has ended'); });
  ended.catch((error) => { running = false; onEnd.forEach((f) => f(error)); });
  const { mount, version: its } = await Promise.race([published, ended]).finally(() => delete scope[ready]);
  if (its !== version) throw new Error(`xaman-live: a loader of version ${version} has a program of version ${its}`);
  for (let n = 0; n < 3; n += 1) await pause(0); // what came meanwhile goes first: the code, and what a socket has said
  running = true;
  return { mount, onEnd };
}

// Beside compiling: a browser that checks what it fetches hands nothing over before the last byte. Takes a copy first.
async function check(response) {
  const sum = new Uint8Array(await crypto.subtle?.digest('SHA-256', await response.clone().arrayBuffer()));
  if (sum.length > 0 && `sha256-${btoa(String.fromCharCode(...sum))}` !== integrity) throw new TypeError(integrity);
}

async function instantiate(response, imports) {
  if (!response.ok) program = undefined; // it may be there later
  if (!response.ok) throw new Error(`xaman-live: ${file().pathname}: ${response.status}`);
  // Streaming insists on the type, which some static hosts do not know.
  const streams = response.headers.get('Content-Type') === 'application/wasm' && WebAssembly.instantiateStreaming;
  if (streams) return WebAssembly.instantiateStreaming(response, imports);
  return WebAssembly.instantiate(await response.arrayBuffer(), imports);
}
