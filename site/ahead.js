// A status socket that is dialed for the program before that can: the handshake need not wait until the program has
// started, or has read the backend's answer.
import { connect } from './runtime.js';

const life = 3000; // milliseconds: the time left that a socket tells counts from when the program hears of it
let first; // {url, socket, events}; one at a time, so that many cards cost no more than without it
let starts = false;

/** Has the socket dialed as soon as the program starts. Returns a function that gives it up, unless it is the program's
 *  by then; undefined if it is not dialed here. */
export function announce(url) {
  if (!url || first) return undefined;
  const it = { url, events: [] };
  first = it;
  if (starts) dial();
  return () => giveUp(it);
}

/** Call it when the program is about to start. */
export function dial() {
  starts = true;
  if (!first || first.socket || document.hidden || !navigator.onLine) return;
  const it = first;
  try {
    it.socket = connect(it.url);
  } catch {
    return; // the program will tell of it
  }
  for (const type of ['open', 'message']) it.socket.addEventListener(type, (e) => it === first && it.events.push(e));
  setTimeout(giveUp, life, it);
}

/** Returns {socket, events} if the socket at that URL has been dialed and has not ended, with the events so far. It is
 *  the caller's from then on. */
export function take(url) {
  const it = first;
  if (it?.url !== url) return undefined;
  first = undefined;
  return it.socket?.readyState <= WebSocket.OPEN ? it : undefined;
}

function giveUp(it) {
  if (it !== first) return;
  first = undefined;
  it.socket?.close();
}
