// A status socket that is dialed for the program before that can: the handshake need not wait until the program is
// there, or has read the backend's answer.
import { connect } from './runtime.js';

const life = 30_000; // milliseconds
let first; // {url, socket, events, timer}; one at a time, so that many cards cost no more than without it

/** Dials. Returns a function that gives the socket up, unless it is the program's by then; undefined if it is not
 *  dialed here. */
export function announce(url) {
  if (!url || first || document.hidden || !navigator.onLine) return undefined;
  const it = { url, events: [] };
  try {
    it.socket = connect(url);
  } catch {
    return undefined; // the program will tell of it
  }
  first = it;
  for (const type of ['open', 'message']) it.socket.addEventListener(type, (e) => it === first && it.events.push(e));
  it.timer = setTimeout(giveUp, life, it);
  return () => giveUp(it);
}

/** Returns {socket, events} if the socket at that URL has been dialed and has not ended, with the events so far. It is
 *  the caller's from then on. */
export function take(url) {
  const it = first;
  if (it?.url !== url) return undefined;
  first = undefined;
  clearTimeout(it.timer);
  return it.socket.readyState <= WebSocket.OPEN ? { ...it, events: it.events.map(aged) } : undefined;
}

// The time left is told in seconds, which have gone on while nobody has heard of it.
function aged({ type, data, timeStamp }) {
  const gone = Math.floor((performance.now() - timeStamp) / 1000);
  const left = /^\{"expires_in_seconds":(-?\d+)\}$/.exec(data);
  return { type, data: left ? `{"expires_in_seconds":${left[1] - gone}}` : data };
}

function giveUp(it) {
  if (it !== first) return;
  first = undefined;
  clearTimeout(it.timer);
  it.socket.close();
}
