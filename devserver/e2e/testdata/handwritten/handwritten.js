// A page as one writes it by hand for one sign request: it shows code and link, follows the socket, asks the backend,
// and shows the outcome. It is what the element is compared with.
const by = (id) => document.getElementById(id);
const pay = by('pay');
const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() };
const call = async (path, options) => (await fetch(`/api/sign-requests${path}`, { cache: 'no-store', ...options })).json();
const demo = pay.getAttribute('demo');
const made = demo ? await call('', { method: 'POST', headers, body: JSON.stringify({ demo }) }) : null;
const { uuid, next, refs } = made?.payload ?? JSON.parse(pay.getAttribute('payload'));

if (by('link').href !== next.always) by('link').href = next.always;
if (by('code').src !== refs.qr_png) by('code').src = refs.qr_png;

const outcomes = {
  verified: 'Paid', unverified: 'Not verified', rejected: 'Declined', expired: 'Expired', cancelled: 'Cancelled',
};
const events = {
  opened: () => 'Opened in Xaman',
  pre_signed: () => 'Signing',
  dispatched: () => 'Sent to the ledger',
  signed: (is) => (is ? 'Signed, confirming' : 'Declined'),
  expired: () => 'Expired',
};
let settled = false;

async function ask() {
  const { status, verdict } = await call(`/${uuid}`);
  const outcome = outcomes[verdict] ?? outcomes[status];
  if (!outcome) return verdict === 'checking' && setTimeout(ask, 1000);
  settled = true;
  by('status').textContent = outcome;
}

function follow() {
  const socket = new WebSocket(refs.websocket_status);
  socket.addEventListener('open', ask);
  socket.addEventListener('message', ({ data }) => {
    const event = JSON.parse(data);
    if (settled) return;
    if (event.message?.startsWith('Welcome')) pay.dataset.connection = 'live';
    if (event.expires_in_seconds) {
      const left = event.expires_in_seconds;
      by('left').textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')} left`;
    }
    const [name] = Object.keys(events).filter((it) => it in event);
    if (name) by('status').textContent = events[name](event[name]);
    if ('signed' in event || 'expired' in event) ask();
  });
  socket.addEventListener('close', () => {
    pay.dataset.connection = 'closed';
    if (!settled) setTimeout(follow, 2000);
  });
}

follow();
