// A shop in Node, beside a backend that makes the sign requests and verifies them: node server.mjs
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

// snippet: backend
const backend = process.env.BACKEND ?? 'http://127.0.0.1:8080';
const orders = new Map(); // by the UUID of the sign request; a database in life

// The backend shows a sign request to the client that made it, which it knows by a cookie. Here that is the shop.
async function call(method, uuid, cookie, body) {
  const answer = await fetch(`${backend}/api/sign-requests${uuid ? `/${uuid}` : ''}`, {
    method, body, headers: { 'Content-Type': 'application/json', ...(cookie && { Cookie: cookie }) },
    signal: AbortSignal.timeout(10_000),
  });
  const set = answer.headers.getSetCookie().map((line) => line.split(';')[0]);
  return { status: answer.status, content: await answer.json(), cookie: set.join('; ') };
}

async function order(visitor) {
  const { status, content, cookie } = await call('POST', '', '', JSON.stringify({ demo: 'pay' }));
  if (status !== 201) throw new Error(`the backend answered ${status}: ${content.error?.message}`);
  const { uuid } = content;
  orders.set(uuid, { visitor, cookie, paid: false });
  follow(uuid);
  return uuid;
}
// end

// snippet: follow
// An order is booked once, and only if it is verified: by whoever hears of it first.
function book(uuid, { verdict, result }) {
  const it = orders.get(uuid);
  if (verdict !== 'verified' || it.paid) return;
  Object.assign(it, { paid: true, txid: result.txid });
  console.log(`paid ${uuid} ${result.amount} ${result.currency}`);
}

// The shop asks until an order comes to its end, whether or not the visitor stays. What has expired may still be signed,
// for an hour, by a phone that had it open.
async function follow(uuid) {
  for (let pause = 2000; ;) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    const answer = await call('GET', uuid, orders.get(uuid).cookie).catch(() => null);
    if (answer?.status !== 200) continue; // it may be back later
    const order = answer.content;
    book(uuid, order);
    if (order.verdict === 'checking') continue;
    if (order.verdict !== 'none' || ['rejected', 'cancelled'].includes(order.status)) return;
    if (order.expires_in < -3600) return;
    if (order.status === 'expired') pause = Math.min(2 * pause, 60_000);
  }
}
// end

const page = (title, body) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<script type="module" src="/xaman/xaman-sign-request.js"></script>
<h1>${title}</h1>
${body}
</html>
`;

// snippet: pages
const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://shop');
  const [, visitor = randomUUID()] = /\bvisitor=([\w-]+)/.exec(request.headers.cookie ?? '') ?? [];
  const send = (status, type, body, headers = {}) => {
    response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', ...headers }).end(body);
  };
  const html = (status, title, body) => send(status, 'text/html; charset=utf-8', page(title, body), {
    'Set-Cookie': `visitor=${visitor}; Path=/; HttpOnly; SameSite=Lax`,
  });
  const uuid = pathname.split('/').at(-1);
  const it = orders.get(uuid);
  const own = it?.visitor === visitor;
  try {
    if (request.method === 'POST' && pathname === '/orders') {
      if (request.headers['sec-fetch-site'] === 'cross-site') return html(403, 'No', '');
      send(303, 'text/plain', '', {
        Location: `/orders/${await order(visitor)}`, 'Set-Cookie': `visitor=${visitor}; Path=/; HttpOnly; SameSite=Lax`,
      });
    } else if (pathname === `/orders/${uuid}` && own) {
      html(200, 'Your order', `<xaman-sign-request backend="/api" uuid="${uuid}"></xaman-sign-request>`);
    } else if (pathname === `/api/sign-requests/${uuid}` && own && ['GET', 'DELETE'].includes(request.method)) {
      const { status, content } = await call(request.method, uuid, it.cookie);
      if (status === 200) book(uuid, content);
      send(status, 'application/json', JSON.stringify(content));
    } else if (pathname === '/') {
      html(200, 'Corner Shop', '<form method="post" action="/orders"><button>Two coffees</button></form>');
    } else {
      const error = { code: 'not-found', message: 'There is no such sign request.' };
      send(404, 'application/json', JSON.stringify({ error }));
    }
  } catch (error) {
    console.error(error);
    const refusal = { code: 'unavailable', message: 'The shop cannot ask Xaman. Try again in a moment.' };
    send(503, 'application/json', JSON.stringify({ error: refusal }));
  }
});
// end

server.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
  console.log(`Open http://127.0.0.1:${server.address().port}/`);
});
