// The lines under the card: what is said about a request, as it is said.
import { by, make } from './page.js';

const list = by('wire');
const kinds = {
  rest: 'REST', socket: 'Socket', webhook: 'Webhook', phone: 'Phone', node: 'Ledger', fault: 'Fault',
  element: 'Element',
};
const most = 400; // lines
const long = /\b([0-9A-F]{8})[0-9A-F-]{12,}/gi; // UUIDs and hashes, with their beginning

let socket;
let began = 0; // when the first line was said; 0: nothing was
let early = []; // lines of the page's own that came before it

/** Shows what the simulated platform says and hears about a request from now on. */
export function watchWire(platform, uuid) {
  socket?.close();
  began = 0;
  early = [];
  list.replaceChildren();
  by('wire-note').textContent = 'Every frame, call and webhook of this request, as it happens.';
  socket = new WebSocket(`${platform.replace(/^http/, 'ws')}/wire/${uuid}`);
  const own = socket;
  socket.addEventListener('message', ({ data }) => {
    if (own !== socket) return;
    const line = JSON.parse(data);
    began ||= Date.parse(line.time);
    add(line);
    early.splice(0).forEach(add);
  });
}

/** Adds a line where its time belongs: {time, kind, from, to, summary, body, status}. A body can be opened. */
export function add(line) {
  if (!began) {
    early.push(line);
    return;
  }
  const at = Date.parse(line.time);
  const atEnd = list.scrollTop + list.clientHeight > list.scrollHeight - 40;
  const before = [...list.children].findLast((other) => Number(other.dataset.at) <= at);
  const item = drawn(line, at);
  if (before) before.after(item);
  else list.prepend(item);
  if (list.children.length > most) list.firstChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function drawn({ kind, from, to, summary, body, status }, at) {
  const said = status && !summary.includes(status) ? `${status} ${summary}` : summary;
  const row = make(body ? 'summary' : 'span', { className: 'row' },
    make('span', { className: 'at', textContent: `${((at - began) / 1000).toFixed(2)} s` }),
    make('span', { className: 'kind', textContent: kinds[kind] ?? kind }),
    make('span', { className: 'route', textContent: from === to ? from : `${from} → ${to}` }),
    make('b', { textContent: said.replace(long, '$1…') }),
    make('code', { textContent: body.replace(long, '$1…').slice(0, 300) }));
  return make('li', { className: 'line', data: { kind, at } },
    body ? make('details', {}, row, make('pre', { textContent: indented(body) })) : row);
}

function indented(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
