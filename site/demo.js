// The demo page: picks a request for the card, and lists the card's events.
const by = (id) => document.getElementById(id);
const card = by('card');
const backend = '/api';
// Where a platform on this machine is unless it was told otherwise. A backend says so itself.
const platform = 'http://127.0.0.1:8081 http://localhost:8081';

function show(attributes) {
  for (const name of ['demo', 'payload', 'uuid', 'backend', 'platform']) card.removeAttribute(name);
  for (const [name, value] of Object.entries(attributes)) card.setAttribute(name, value);
  by('empty').hidden = true;
  by('log').replaceChildren();
}

// The address names the request, so that a reload shows it again.
function keep(uuid) {
  const url = new URL(location);
  if (uuid) url.searchParams.set('request', uuid);
  else url.searchParams.delete('request');
  if (url.href !== location.href) history.replaceState(history.state, '', url);
}

card.addEventListener('xaman-change', ({ detail }) => {
  if (detail.uuid) keep(detail.uuid);
});

// On a narrow page the card is below what was clicked.
function scroll({ detail }) {
  if (!detail.uuid) return;
  card.removeEventListener('xaman-change', scroll);
  if (matchMedia('(max-width: 900px)').matches) card.scrollIntoView({ block: 'start' });
}

for (const button of by('demos').children) {
  button.addEventListener('click', () => {
    keep('');
    show({ backend, demo: button.dataset.demo });
    card.addEventListener('xaman-change', scroll);
  });
}

by('paste').addEventListener('submit', (event) => {
  event.preventDefault();
  keep('');
  show({ payload: by('created').value, platform });
});

for (const type of ['xaman-change', 'xaman-settled', 'xaman-error']) {
  card.addEventListener(type, ({ detail }) => {
    const entry = document.createElement('li');
    entry.textContent = `${type} ${JSON.stringify(detail)}`;
    by('log').append(entry);
  });
}

// A static host answers this with a page of its own, or with none.
const answer = await fetch(`${backend}/sign-requests`).catch(() => null);
const served = answer?.ok && answer.headers.get('Content-Type')?.startsWith('application/json');
by(served ? 'demos' : 'paste').hidden = false;

// Where the wallet leads back to: the same request as in the tab that was left behind.
const returned = new URLSearchParams(location.search).get('request');
if (returned) show(served ? { backend, uuid: returned } : { uuid: returned, platform });
