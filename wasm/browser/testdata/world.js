// The world of one test: what a page gives to the card, with the other end in the test's hand. Returns that end.
const world = {
  sockets: [], calls: [], routes: {}, events: [], copied: [],
  listeners: 0, channels: 0, wakes: 0, html: 0, uncaught: [], released: 0, callbacks: [], throwing: false, closing: false,
};
const undo = [];

function replace(object, name, descriptor) {
  const before = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { configurable: true, ...descriptor });
  undo.push(() => (before ? Object.defineProperty(object, name, before) : delete object[name]));
  return before;
}

// Sockets are as strict as the browser's: only some codes may close them, and they say nothing while they connect.
class Socket extends EventTarget {
  constructor(url) {
    super();
    Object.assign(this, { url, readyState: 0, sent: [], code: 0 });
    world.sockets.push(this);
  }
  open() {
    if (this.readyState !== 0) return;
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }
  say(text) {
    if (this.readyState === 1) this.dispatchEvent(new MessageEvent('message', { data: text }));
  }
  drop() {
    this.readyState = 3;
    this.dispatchEvent(new Event('error'));
    this.dispatchEvent(new CloseEvent('close', { code: 1006, reason: '', wasClean: false }));
  }
  send(text) {
    if (this.readyState === 0) throw new DOMException('still connecting', 'InvalidStateError');
    this.sent.push(text);
  }
  close(code, reason = '') {
    if (code !== 1000 && !(code >= 3000 && code <= 4999)) throw new DOMException(`close code ${code}`, 'InvalidAccessError');
    if (this.readyState > 1) return;
    this.code = code;
    this.readyState = 2;
    if (world.lost) return; // nobody answers
    setTimeout(() => {
      this.readyState = 3;
      this.dispatchEvent(new CloseEvent('close', { code, reason, wasClean: true }));
    });
  }
}
replace(window, 'WebSocket', { value: Socket, writable: true });

// Routes are {status, body} by method and path; status 0 is a backend that is down, -1 one that never answers.
const listen = EventTarget.prototype.addEventListener;
const request = window.fetch;
replace(window, 'fetch', {
  writable: true,
  value(url, init) {
    if (String(url).startsWith('/fs/')) return request(url, init);
    const { method, body: sent = '', headers, signal } = init;
    const call = { name: `${method} ${url}`, body: sent, headers, signal, init };
    world.calls.push(call);
    const { status, body } = world.routes[call.name] ?? { status: 404, body: '{"error":{"code":"not-found","message":"There is none."}}' };
    return new Promise((resolve, reject) => {
      listen.call(init.signal, 'abort', () => reject(init.signal.reason));
      if (status === 0) reject(new TypeError('Failed to fetch'));
      if (status > 0) resolve(new Response(body, { status }));
    });
  },
});

class Channel extends BroadcastChannel {
  constructor(name) {
    super(name);
    world.channels++;
  }
  close() {
    world.channels--;
    super.close();
  }
}
replace(window, 'BroadcastChannel', { value: Channel, writable: true });

// What wakes the program up by itself. Timers without a delay are those of tests.
const { setTimeout: later } = window;
replace(window, 'setTimeout', {
  writable: true,
  value: (f, delay) => later(delay === undefined ? f : () => {
    world.wakes++;
    f();
  }, delay),
});

// Calls done when the text of the node has changed so many times. Nothing wakes the program up in between.
world.steps = (node, times, done) => {
  const watcher = new MutationObserver((records) => {
    times -= records.length;
    if (times > 0) return;
    watcher.disconnect();
    done();
  });
  watcher.observe(node, { childList: true });
};

let hidden = false;
replace(document, 'hidden', { get: () => hidden });
world.hide = (is) => {
  hidden = is;
  document.dispatchEvent(new Event('visibilitychange'));
};

// The wall clock may be set; Go's monotonic clock, its timers and the browser's are not moved by that.
let shift = 0;
replace(window, 'Date', { writable: true, value: class extends Date { getTime() { return super.getTime() + shift; } } });
world.setClock = (by) => { shift = by; };

// Time goes by while no timer runs, as for a page that is frozen. It stays so after the test: time does not go back.
world.sleep = (ms) => {
  const now = performance.now.bind(performance);
  performance.now = () => now() + ms;
};

// Go's side of the boundary: the values it refers to, its memory, and the callbacks that it has made in this world.
replace(Go.prototype, '_makeFuncWrapper', {
  writable: true,
  value: new Proxy(Go.prototype._makeFuncWrapper, {
    apply(make, go, args) {
      world.go = go;
      const callback = Reflect.apply(make, go, args);
      world.callbacks.push(callback);
      return callback;
    },
  }),
});
// A callback does not tell whether it was released, but one that was complains when it is called, and does nothing else.
world.unreleased = () => {
  const before = world.released;
  const made = world.callbacks.splice(0);
  for (const callback of made) callback();
  return made.length - (world.released - before);
};
world.open = () => world.sockets.filter((socket) => socket.readyState !== 3).length;
world.values = () => world.go._values.length - world.go._idPool.length;
world.memory = () => world.go._inst.exports.mem.buffer.byteLength;

replace(navigator, 'clipboard', { value: { writeText: async (text) => { world.copied.push(text); } } });

const { addEventListener, removeEventListener } = EventTarget.prototype;
replace(EventTarget.prototype, 'addEventListener', {
  writable: true,
  value(...args) {
    world.listeners++;
    return addEventListener.apply(this, args);
  },
});
replace(EventTarget.prototype, 'removeEventListener', {
  writable: true,
  value(...args) {
    if (args[0] !== 'error') world.listeners--; // which the runtime never adds to a socket
    return removeEventListener.apply(this, args);
  },
});
for (const name of ['innerHTML', 'outerHTML']) {
  const { get } = replace(Element.prototype, name, { get() { return get.call(this); }, set() { world.html++; } });
}
replace(Element.prototype, 'insertAdjacentHTML', { writable: true, value() { world.html++; } });
const complain = console.error;
replace(console, 'error', {
  writable: true,
  value(...args) {
    if (args[0] === 'call to released function') world.released++;
    else complain(...args);
  },
});
for (const [type, what] of [['error', 'message'], ['unhandledrejection', 'reason']]) {
  const note = (event) => world.uncaught.push(String(event[what]));
  addEventListener.call(window, type, note);
  undo.push(() => removeEventListener.call(window, type, note));
}

world.root = document.createElement('div');
document.body.append(world.root);
undo.push(() => world.root.remove());
let removed = 0;
const count = (records) => {
  for (const record of records) removed += [...record.removedNodes].filter((node) => node.nodeType === 1).length;
};
const observer = new MutationObserver(count);
world.observe = () => observer.observe(world.root, { childList: true, subtree: true });
// How many elements have been taken off the card since observe.
world.removed = () => {
  count(observer.takeRecords());
  return removed;
};
undo.push(() => observer.disconnect());

const storage = localStorage;
undo.push(() => storage.clear());
world.replace = replace;

world.emit = (detail) => {
  world.events.push(detail);
  if (world.throwing) throw new Error('the page has a defect');
  if (world.closing && detail.phase === 'opened') {
    if (world.lastWords) world.sockets[0].say(world.lastWords);
    world.handle.close();
  }
};
world.part = (name) => world.root.querySelector(`[part~="${name}"]`);
world.shown = (selector) => [...world.root.querySelectorAll(selector)].filter((node) => !node.closest('[hidden]'));
world.undo = () => undo.reverse().forEach((step) => step());
return world;
