// The start page: a request for the card, the simulated phone beside it, and what is said between all of them.
import { ask, by, make } from './page.js';
import { askAhead } from './question.js';
import { add, watchWire } from './wire.js';

const card = by('card');
const phone = make('iframe', { id: 'phone', title: 'Simulated phone' }); // in the HTML it would cost a layout
const backend = '/api';
const asked = new URLSearchParams(location.search);
// Where a platform on this machine is unless it was told otherwise. A backend says so itself.
const usual = 'http://127.0.0.1:8081 http://localhost:8081';

let kept = {}; // as long as the tab is open, unless the visitor's browser forbids that
try { kept = sessionStorage; } catch { /* it does */ }

let platform = ''; // the origin of a simulated one
let faults = null; // those of a simulated platform, and with them there are a phone and a wire to show
let ways = [];
const { promise: simulated, resolve: tell } = Promise.withResolvers(); // whether there are

// The address names the request, so that a reload shows it again.
function keep(uuid) {
  const url = new URL(location);
  if (uuid) url.searchParams.set('request', uuid);
  else url.search = '';
  if (url.href !== location.href) history.replaceState(history.state, '', url);
}

function show(attributes) {
  for (const name of ['demo', 'payload', 'uuid', 'backend', 'platform']) card.removeAttribute(name);
  for (const [name, value] of Object.entries(attributes)) card.setAttribute(name, value);
  for (const button of document.querySelectorAll('[data-demo]')) {
    button.setAttribute('aria-pressed', button.dataset.demo === attributes.demo);
  }
  askAhead(card);
}

async function order(demo) {
  keep('');
  for (const name of [...asked.keys()]) asked.delete(name);
  by('chosen').hidden = true;
  if (kept.node && await simulated) await err(); // what this page has made the node do lasts until it ends that
  show({ backend, demo });
  card.addEventListener('xaman-change', scroll);
}

// On a narrow page the card is below what was clicked. Where it is takes a layout, for which the program would wait.
function scroll({ detail }) {
  if (!detail.uuid) return;
  card.removeEventListener('xaman-change', scroll);
  requestAnimationFrame(() => {
    const { top, bottom } = card.getBoundingClientRect();
    if (top < 0 || top + Math.min(bottom - top, 400) > innerHeight) card.scrollIntoView({ block: 'start' });
  });
}

function offer({ name, label, type }) {
  return make('button', { className: 'demo', type: 'button', data: { demo: name } },
    make('strong', { textContent: label }), make('span', { textContent: type }));
}

let now = null; // what the card has told last
let followed = '';
const { promise: connected, resolve: connect } = Promise.withResolvers(); // what is around the card waits for it
card.addEventListener('xaman-change', ({ detail }) => {
  const moved = followed && detail.uuid === followed && detail.phase !== now?.phase;
  now = detail;
  if (detail.uuid) keep(detail.uuid);
  follow();
  if (moved) refresh();
  say('xaman-change', `${detail.phase}, ${detail.connection}`);
  if (detail.connection !== 'connecting') setTimeout(connect);
});

// The phone's page does not know what is done elsewhere: it is loaded again, unless it just was by an act of its own.
let loaded = 0;
phone.addEventListener('load', () => { loaded = performance.now(); });

function refresh() {
  const since = performance.now() - 1000;
  setTimeout(() => {
    if (loaded < since) turn(phone.src);
  }, 500);
}

// A frame that is put in anew is no part of the page's history, which would lead through all that the phone has shown.
function turn(src) {
  phone.remove();
  phone.src = src;
  by('device').append(phone);
}

// The phone and the wire show the request that the card shows.
function follow() {
  if (!faults || !now?.uuid || now.uuid === followed || now.phase === 'not-found') return;
  followed = now.uuid;
  watchWire(platform, followed);
  const wrong = asked.get('misbehave');
  turn(`${platform}/sign/${followed}${wrong ? `?misbehave=${encodeURIComponent(wrong)}` : ''}`);
}

card.addEventListener('xaman-settled', ({ detail }) => say('xaman-settled', `${detail.phase} ${detail.account}`));
card.addEventListener('xaman-error', ({ detail }) => {
  say('xaman-error', `${detail.code}: ${detail.message}`);
  connect();
});

function say(summary, body) {
  if (faults) add({ time: new Date().toISOString(), kind: 'element', from: 'card', to: 'page', summary, body });
}

function listFaults() {
  const groups = [
    ['fault', 'The platform errs', 'Lost, late, doubled and false messages', faults.faults],
    ['misbehave', 'The phone cheats', 'It signs something else, or says that it did', ways],
    ['node', 'The ledger’s node errs', 'It lags, or leaves out what is needed', faults.node],
  ];
  by('wrongs').append(...groups.map(([parameter, title, line, list]) => make('details', { className: 'more' },
    make('summary', {}, title, make('span', { className: 'quiet', textContent: `${list.length} ways. ${line}.` })),
    make('div', { className: 'grid' }, ...list.map(({ name, sentence }) => make('a',
      { className: 'fault', href: `?demo=${/(sign-in|memo)$/.test(name) ? 'sign-in' : 'pay'}&${parameter}=${name}` },
      make('code', { textContent: name }), make('span', { textContent: sentence })))))));
}

// A fault of the node is one for all requests, until this page ends it.
async function err() {
  const put = (of, names) => ask(`${platform}/faults/${of}`, {
    method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ faults: names }),
  });
  const node = asked.get('node');
  if (node || kept.node) await put('node', node ? [node] : []);
  kept.node = node ?? '';
  if (asked.get('fault')) await put('next', [asked.get('fault')]);
  for (const { name, sentence } of [...faults.faults, ...faults.node, ...ways]) {
    if (![...asked.values()].includes(name)) continue;
    by('chosen').replaceChildren(make('strong', { textContent: name }), ` ${sentence}`);
    by('chosen').hidden = false;
  }
}

// What can be ordered in any case can be before the server has said what else there is.
const first = [...by('demos').children];
for (const button of first) button.disabled = false;
document.addEventListener('click', ({ target }) => {
  const { demo } = target.closest('[data-demo]')?.dataset ?? {};
  if (demo) order(demo);
});

// Where the wallet leads back to: the same request as in the tab that was left behind.
const returned = () => asked.get('request');
if (returned()) show({ backend, uuid: returned() });

const offers = await ask(`${backend}/sign-requests`);
if (!offers) {
  show(returned() ? { uuid: returned(), platform: usual } : {});
  by('demos').hidden = true;
  by('unserved').hidden = false;
  by('hint').textContent = 'An example';
}

// Only the simulated platform lets this page make it err.
platform = offers?.sandbox ?? '';
const demo = platform && !returned() && asked.get('demo'); // elsewhere a link alone asks for nothing
const errs = kept.node || ['fault', 'misbehave', 'node'].some((name) => asked.get(name));
if (demo && !errs) show({ backend, demo });
if (offers && ['demo', 'uuid'].some((name) => card.hasAttribute(name))) await connected;
const rest = (offers?.offers ?? []).filter(({ name }) => first.every((button) => button.dataset.demo !== name));
by('more').append(...rest.map(offer));
by('kinds').hidden = rest.length === 0;
if (platform) {
  const [all, ours] = await Promise.all([ask(`${platform}/faults`), ask(`${platform}/phone/misbehaviours`)]);
  faults = all;
  ways = ours?.misbehaviours ?? [];
}
tell(!!faults);
if (faults) {
  listFaults();
  follow();
} else {
  document.body.classList.add('phoneless');
  by('asleep').textContent = offers ? 'Your own phone is the one that signs: scan the code with Xaman.'
    : 'With its server, this page has a simulated phone here, which really signs.';
}
by('faults').hidden = !faults;
for (const link of document.querySelectorAll('.jumps a')) link.hidden = by(link.hash.slice(1)).hidden;
document.body.classList.add('whole');
if (faults && demo && errs && asked.has('demo')) { // nothing else was ordered meanwhile
  await err();
  show({ backend, demo });
}
