// Any number of sign requests on one page, as one writes it by hand: each shows its code, link and facts, follows its
// socket, asks the backend, and counts down. It is what a page with as many elements is compared with.
const shown = [];
const facts = [['Amount', 'amount'], ['To', 'destination'], ['Destination tag', 'destination_tag'], ['Memo', 'memo']];

function make(tag, part, text = '') {
  return Object.assign(document.createElement(tag), { className: part, textContent: text });
}

/** Shows the sign request of a create response. */
window.show = (created) => {
  const card = make('section', 'card');
  const steps = make('ol', 'steps');
  steps.append(...['Open', 'Sign', 'Send', 'Confirm'].map((text) => make('li', '', text)));
  const code = Object.assign(make('img', 'code'), { src: created.refs.qr_png, alt: 'QR code of the link' });
  const link = Object.assign(make('a', 'link', 'Open in Xaman'), { href: created.next.always });
  const [status, time, list] = [make('p', 'status', 'Waiting'), make('p', 'time'), make('dl', 'facts')];
  card.append(make('h2', 'title', 'Scan with Xaman'), steps, status, code, time, list, link, make('button', '', 'Copy link'));
  document.querySelector('main').append(card);
  const it = { card, status, time, list, until: 0, text: '' };
  shown.push(it);
  follow(it, created);
};

function follow(it, created) {
  const socket = new WebSocket(created.refs.websocket_status);
  socket.addEventListener('message', ({ data }) => {
    const event = JSON.parse(data);
    if (event.message?.startsWith('Welcome')) ask(it, created.uuid);
    if (event.opened) it.status.textContent = 'Opened in Xaman';
    if (event.expires_in_seconds) {
      it.until = performance.now() + event.expires_in_seconds * 1000;
      count(it);
    }
  });
}

async function ask(it, uuid) {
  const response = await fetch(`/api/sign-requests/${uuid}`, { cache: 'no-store' });
  const { summary } = await response.json();
  it.list.replaceChildren(...facts.flatMap(([label, name]) => [make('dt', '', label), make('dd', '', summary[name])]));
  it.card.dataset.connection = 'live';
}

function count(it) {
  const left = Math.max(0, Math.round((it.until - performance.now()) / 1000));
  const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
  if (text === it.text) return;
  it.text = text;
  it.time.textContent = text;
}

setInterval(() => {
  if (!document.hidden) shown.forEach(count);
}, 1000);
