// The shop's own server, on another site than the backend. It orders what a visitor is to sign, and writes the card into
// his page, with a key to that request. Browsers need no cookie of the backend then, which they keep from other sites.
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const {
  PORT = '5173',
  BACKEND = 'http://127.0.0.1:8080', // what browsers reach
  PLATFORM = 'http://127.0.0.1:8081', // with Xaman's own: https://xumm.app
  ORDERS = 'http://127.0.0.1:8082', // what only this program reaches
  XAMAN_LIVE_KEY = '5a6d0c1e-0000-4000-8000-000000000003', // that of a sandbox, which everybody knows
} = process.env;

const types = {
  '.css': 'text/css', '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};
// Links, pictures and sockets may be Xaman's own, whichever platform there is; so are the icons of applications.
const platforms = [...new Set([PLATFORM, 'https://xumm.app', 'https://xaman.app'])].join(' ');
const policy = [
  "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'",
  `img-src 'self' ${platforms} https://xumm-cdn.imgix.net`,
  `connect-src 'self' ${BACKEND} ${platforms.replaceAll('http', 'ws')}`, "form-action 'self'", "base-uri 'none'",
  "require-trusted-types-for 'script'", "trusted-types 'none'",
].join('; ');

const files = new Map(); // what `npm run build` has made, by its path
for (const entry of await readdir('dist', { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile()) files.set(path.slice('dist'.length).replaceAll('\\', '/'), await readFile(path));
}
const page = files.get('/index.html').toString();
const visitors = new Map(); // whose order it is, by its UUID; a shop has that in its database

async function call(path, body) {
  const response = await fetch(`${ORDERS}/api/orders${path}`, {
    method: 'POST',
    headers: { 'Authorization': `Bearer ${XAMAN_LIVE_KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
  return answer;
}

async function answer(method, path, visitor = randomUUID()) {
  if (method === 'POST' && path === '/orders') {
    const { uuid } = await call('', { offer: 'sign-in', reference: visitor });
    visitors.set(uuid, visitor);
    const cookie = `visitor=${visitor}; Path=/; HttpOnly; SameSite=Lax`; // of this site, for this site
    return [303, { 'Location': `/orders/${uuid}`, 'Set-Cookie': cookie }];
  }
  const [, uuid, wanted] = /^\/orders\/([\w-]+)(\/key)?$/.exec(path) ?? [];
  if (uuid && visitors.get(uuid) === visitor) { // an order is shown to its visitor alone, with a new key each time
    const { view_key: key, html } = await call(`/${uuid}/view-keys`, {});
    if (wanted) return [200, { 'Content-Type': types['.json'], 'Cache-Control': 'no-store' }, JSON.stringify(key)];
    const shown = page.replace('<!-- card -->', () => html);
    return [200, { 'Content-Type': types['.html'], 'Cache-Control': 'no-store' }, shown];
  }
  const file = files.get(path === '/' ? '/index.html' : path);
  return file ? [200, { 'Content-Type': types[extname(path)] ?? types['.html'] }, file] : [404, {}, 'There is no such page.'];
}

createServer(async ({ method, url, headers }, response) => {
  const visitor = /\bvisitor=([\w-]+)/.exec(headers.cookie)?.[1];
  const [status, header, body] = await answer(method, url.split('?')[0], visitor).catch((error) => {
    console.error(error);
    return [502, {}, 'Nothing can be ordered at the moment.'];
  });
  response.writeHead(status, { 'Content-Security-Policy': policy, ...header }).end(body);
}).listen(PORT, 'localhost', () => console.log(`The shop is at http://localhost:${PORT}`));
