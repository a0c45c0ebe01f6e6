// Watching a request that was made elsewhere, from whatever the visitor has of it.
import { parseUUID } from './links.js';
import { ask, by, make } from './page.js';

const card = by('card');
// Where a platform on this machine is unless it was told otherwise.
const usual = ['http://127.0.0.1:8081', 'http://localhost:8081'];
const address = /^(https?|wss?|xumm|xaman):\/\/([^/?#]+)\/sign\/([0-9a-f-]{36})(?![0-9a-f])[^\s]*$/i;
const local = /^(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?$/;

/**
 * What the platform would have answered to creating the request that a text names, as {created, found, platform}, or
 * {found} if it names none. `home` is the platform's origin for a UUID that comes alone.
 */
export function understand(text, home) {
  const said = text.trim();
  if (said.startsWith('{')) return { created: said, found: '', platform: '' };
  const alone = parseUUID(said);
  if (alone) {
    const found = `A UUID does not tell where the request was made. It is looked for at ${new URL(home).host}.`;
    return { created: derive(home, alone), found, platform: '' };
  }
  const [, scheme, host, id] = said.match(address) ?? [];
  const uuid = parseUUID(id ?? '');
  if (!uuid) {
    return { found: 'This is no create response, no address or link of a sign request, and no UUID.' };
  }
  const origin = `${local.test(host) && /^(http|ws)$/i.test(scheme) ? 'http' : 'https'}://${host.toLowerCase()}`;
  const found = 'Code and addresses are derived from what you pasted, as the platform spells them. Who asks, and for '
    + 'what, is not known here.';
  return { created: derive(origin, uuid), found, platform: local.test(host) ? origin : '' };
}

function derive(origin, uuid) {
  const page = `${origin}/sign/${uuid}`;
  return JSON.stringify({
    uuid,
    next: { always: page },
    refs: {
      qr_png: `${page}_q.png`,
      qr_matrix: `${page}_q.json`,
      qr_uri_quality_opts: ['m', 'q', 'h'],
      websocket_status: page.replace(/^http/, 'ws'),
    },
    pushed: false,
  });
}

for (const type of ['xaman-change', 'xaman-settled', 'xaman-error']) {
  card.addEventListener(type, ({ detail }) => by('log').append(make('li', {
    textContent: `${type} ${JSON.stringify(detail)}`,
  })));
}

const offers = ask('/api/sign-requests');

by('paste').addEventListener('submit', async (event) => {
  event.preventDefault();
  const own = (await offers)?.platform;
  const { created, found, platform } = understand(by('created').value, own || 'https://xumm.app');
  by('found').textContent = found;
  by('found').hidden = !found;
  by('log').replaceChildren();
  for (const name of ['payload', 'platform']) card.removeAttribute(name);
  by('empty').hidden = !!created;
  if (!created) return;
  card.setAttribute('platform', [...usual, own, platform].filter(Boolean).join(' '));
  card.setAttribute('payload', created);
  if (card.getBoundingClientRect().top > innerHeight * 0.7) card.scrollIntoView({ block: 'start' });
});
