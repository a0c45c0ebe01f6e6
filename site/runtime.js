// What stands between the page and the program: the toolchain's runtime and Go take this for the global object.
/** Returns a stand-in for the global object, with all that `exec`, the toolchain's wasm_exec.js as a function, puts
 *  there: `Go` and what it needs. Nothing of that is left on the page, and nothing that a page may have by these names
 *  is taken for it: neither a script's `process` nor an `<a id=fs>`. `take` returns {socket, events} if the socket at a
 *  URL has been dialed already. */
export function standIn(exec, take = () => undefined) {
  function WebSocket(...args) {
    return handOver(take(args[0]) ?? { socket: connect(...args), events: [] });
  }
  const hidden = { Go: undefined, fs: undefined, path: undefined, process: undefined };
  const own = { __proto__: null, ...hidden, WebSocket, nodes, copy, write };
  const scope = new Proxy(own, { get: (_, name) => (name in own ? own[name] : ofPage(name)) });
  exec(scope, { writeSync: (...args) => scope.fs.writeSync(...args) });
  // An exception within Go leaves it in a state from which it does nothing any more: that is its end.
  const { _resume: resume } = scope.Go.prototype;
  scope.Go.prototype._resume = function () {
    try {
      resume.call(this);
    } catch (error) {
      this.exited = true;
      this._resolveExitPromise();
      throw error;
    }
  };
  return scope;
}

// What the page's elements are named stands between the global object's own properties and those that it inherits. A
// function that is not a class insists on the real global object, also one that a script of the page has put in its
// place; a getter that throws, as that of localStorage does where the visitor forbids it, would end Go.
function ofPage(name) {
  try {
    const inherited = () => Reflect.get(EventTarget.prototype, name, globalThis);
    const value = Object.hasOwn(globalThis, name) ? globalThis[name] : inherited();
    const isClass = Object.getOwnPropertyDescriptor(Object(value), 'prototype')?.writable === false;
    if (typeof value !== 'function' || isClass) return value;
    return new Proxy(value, { apply: (f, _, args) => Reflect.apply(f, globalThis, args) });
  } catch {
    return undefined;
  }
}

/** Opens a socket. The handshake is given up after ten seconds, which Go cannot do: the next socket to the same host
 *  would wait for it for minutes. */
export function connect(...args) {
  const socket = new globalThis.WebSocket(...args);
  const late = setTimeout(() => socket.close(), 10_000);
  for (const type of ['open', 'close']) socket.addEventListener(type, () => clearTimeout(late));
  return socket;
}

// Go's library closes the socket when it hears of an error, and waits for the end within that very callback; if it is
// closing already, neither ever comes. After each error the browser reports the end, which says as much. What has
// happened before the library listens it hears first, before the browser can tell of anything else.
function handOver({ socket, events }) {
  const { addEventListener: listen } = socket;
  const listeners = {};
  socket.addEventListener = (type, f, ...rest) => {
    listeners[type] = f;
    if (type !== 'error') listen.call(socket, type, (event) => f(event), ...rest); // Go would keep a `this`
  };
  if (events.length > 0) queueMicrotask(() => events.forEach((event) => listeners[event.type]?.(event)));
  return socket;
}

/** An element with attributes and children. */
export function make(tag, attributes = {}, ...children) {
  const drawn = ['svg', 'path', 'rect', 'image'].includes(tag);
  const it = document.createElementNS(`http://www.w3.org/${drawn ? '2000/svg' : '1999/xhtml'}`, tag);
  for (const [name, value] of Object.entries(attributes)) it.setAttribute(name, value);
  it.append(...children.filter(Boolean));
  return it;
}

// Each does much at once, as a call from Go takes longer than what it does. `calls` are [place, method, ...texts].
const nodes = (plan) => JSON.parse(plan, (_, it) => (Array.isArray(it) ? make(...it) : it));
const copy = (node) => [node.cloneNode(true)].flatMap((it) => [it, ...it.querySelectorAll('*')]);
const write = (copies, calls) => JSON.parse(calls).forEach(([place, name, ...texts]) => copies[place][name](...texts));
