// A backend in Node: Express answers the card, the vendor's SDK makes the payloads, a server beside it verifies them.
// XAMAN_API_KEY=… XAMAN_API_SECRET=… XAMAN_LIVE_KEY=… node server.mjs
import { createHash, createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import express from 'express';
import { XummSdk } from 'xumm-sdk';

const sdk = new XummSdk(process.env.XAMAN_API_KEY, process.env.XAMAN_API_SECRET);
const platform = process.env.PLATFORM; // origin of another platform than Xaman's, such as the sandbox
if (platform) sdk.setEndpoint(platform);

// snippet: offers
// What is signed carries a mark that nobody else's has, so that one payment answers one order.
const random = (bytes) => randomBytes(bytes).toString('hex').toUpperCase();
const offers = {
  coffee: {
    label: 'Two coffees',
    txjson: () => ({
      TransactionType: 'Payment', Destination: 'rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe', DestinationTag: 4711,
      Amount: '2500000', InvoiceID: random(32),
    }),
  },
  'sign-in': {
    label: 'Sign in',
    txjson: () => ({
      TransactionType: 'SignIn',
      Memos: [{ Memo: { MemoType: Buffer.from('coffee-shop/sign-in').toString('hex'), MemoData: random(16) } }],
    }),
  },
};
// end

// snippet: verify
// The server beside this one, on its private address. What a visitor may be told of a failure is passed on.
const orders = process.env.ORDERS ?? 'http://127.0.0.1:8082/api/orders';
const said = ['not-found', 'too-many-requests', 'platform-refused', 'platform-unavailable', 'unavailable'];

class Refusal extends Error {
  constructor(status, code, message, headers = {}) {
    super(message);
    Object.assign(this, { status, code, headers });
  }
}

async function ask(method, path, body) {
  let answer, content;
  try {
    answer = await fetch(orders + path, {
      method, body: body && JSON.stringify(body), signal: AbortSignal.timeout(10_000),
      headers: { Authorization: `Bearer ${process.env.XAMAN_LIVE_KEY}`, 'Content-Type': 'application/json' },
    });
    content = await answer.json();
  } catch (error) {
    console.error('the server beside does not answer in JSON:', error);
    throw new Refusal(503, 'unavailable', 'The shop cannot ask Xaman. Try again in a moment.', { 'Retry-After': '5' });
  }
  if (answer.ok) return content;
  const { code, message } = content.error;
  if (!said.includes(code)) throw new Error(`${method} ${path}: ${message}`);
  const wait = answer.headers.get('Retry-After');
  throw new Refusal(answer.status, code, message, wait ? { 'Retry-After': wait } : {});
}
// end

// snippet: create
// The SDK makes the payload, and the server beside gets the order: what was asked for, and what the platform answered.
async function create(name) {
  const txjson = offers[name].txjson();
  const options = { submit: txjson.TransactionType !== 'SignIn', expire: 5, force_network: 'TESTNET' };
  const made = await sdk.payload.create({ txjson, options }, true).catch((error) => {
    console.error('Xaman did not make a payload:', error.message);
    throw /^Error code \d/.test(error.message)
      ? new Refusal(502, 'platform-refused', 'Xaman did not accept the request.')
      : new Refusal(503, 'platform-unavailable', 'Xaman does not answer. Try again in a moment.');
  });
  // A UUID that is known is a repeated answer of the platform's: the payload is that of another order.
  if (created.has(made.uuid)) throw new Refusal(502, 'platform-refused', 'Xaman did not accept the request.');
  const { submit } = options;
  try {
    return remember(await adopt({ txjson, created: made, options: { submit }, reference: randomUUID() }), made);
  } catch (error) {
    await sdk.payload.cancel(made.uuid).catch(() => {}); // what nobody verifies must not be paid
    throw error;
  }
}

// The platform may not answer the server beside for a moment, and what it has made must not be lost.
async function adopt(order) {
  for (let tries = 1; ; tries++) {
    try {
      return await ask('POST', '', order);
    } catch (error) {
      if (tries === 8 || error.code !== 'platform-unavailable') throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
}
// end

// snippet: orders
const created = new Map(); // by UUID, what the platform answered; a database in life
const open = new Set(); // UUIDs of orders that have not come to their end
const booked = new Set(); // UUIDs of orders that were paid

function remember(order, made) {
  created.set(order.uuid, made);
  open.add(order.uuid);
  return order;
}

// What the card is told of an order. What is verified is booked once, whoever asked for it, and however late.
function known(order) {
  const { uuid, status, verdict, checks, result, summary } = order;
  const left = Math.floor((Date.parse(order.expires_at) - Date.now()) / 1000);
  if (verdict === 'verified' && !booked.has(uuid)) {
    booked.add(uuid);
    console.log(`paid ${uuid} ${result.amount ?? ''} ${result.currency ?? ''}`);
  }
  // What has expired may be signed for an hour by a phone that had it open, and to verify that may take longer.
  if (order.final || (left < -3600 && verdict !== 'checking')) open.delete(uuid);
  return { uuid, status, verdict, checks, result, summary, expires_in: left, payload: created.get(uuid), platform };
}

// Orders of visitors who have left come to their end as well.
setInterval(() => {
  for (const uuid of open) {
    ask('GET', `/${uuid}`).then(known).catch((error) => console.error('cannot settle', uuid, error.message));
  }
}, 30_000).unref();
// end

// snippet: owners
// A browser shows by a cookie that it has made a request. With a new secret, nobody sees his old ones.
const secret = process.env.SECRET ?? randomBytes(32);
const proof = (uuid) => createHmac('sha256', secret).update(`request ${uuid}`).digest('hex');
const secure = process.env.ORIGIN?.startsWith('https:') ?? false;

function cookie(request, name) {
  for (const pair of (request.get('Cookie') ?? '').split('; ')) {
    if (pair.startsWith(`${name}=`)) return pair.slice(name.length + 1);
  }
  return '';
}

function session(request, response) {
  const known = cookie(request, 'session') || randomUUID();
  if (!cookie(request, 'session')) response.cookie('session', known, { httpOnly: true, sameSite: 'lax', secure });
  return known;
}

// The UUID in the path, if it is of a request that this browser has made.
function own(request) {
  const { uuid } = request.params;
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuid)) {
    throw new Refusal(400, 'bad-request', 'That is not the UUID of a sign request.');
  }
  const [shown, right] = [cookie(request, `request-${uuid}`), proof(uuid)].map((text) => Buffer.from(text));
  if (!created.has(uuid) || shown.length !== right.length || !timingSafeEqual(shown, right)) {
    throw new Refusal(404, 'not-found', 'There is no such sign request.');
  }
  return uuid;
}
// end

// snippet: bodies
// What a page asks for: a member that is there twice, or that nobody knows, is not what it says it is.
function wanted(request) {
  if (typeof request.body !== 'string') {
    throw new Refusal(400, 'bad-request', 'The Content-Type has to be application/json.');
  }
  let asked;
  try {
    asked = JSON.parse(request.body);
  } catch {
    throw new Refusal(400, 'bad-request', 'The body is not JSON.');
  }
  const plain = asked instanceof Object && !Array.isArray(asked) && typeof (asked.demo ?? '') === 'string';
  if (plain && !Object.hasOwn(offers, asked.demo)) {
    throw new Refusal(400, 'unknown-demo', 'The shop has no offer of that name.');
  }
  if (!plain || Object.keys(asked).some((name) => !['demo', 'amount'].includes(name)) ||
      JSON.stringify(asked) !== request.body.replace(/\s/g, '')) {
    throw new Refusal(400, 'bad-request', 'The body has to be an object with the name of an offer in demo.');
  }
  if ('amount' in asked) throw new Refusal(400, 'amount', 'The price of this offer is fixed.');
  return asked.demo;
}

// A call that is repeated with its key makes one request; the second waits for the first. Without a key each makes one.
const byKey = new Map();

function once(request, response, name) {
  const key = request.get('Idempotency-Key');
  const visitor = session(request, response);
  if (key === undefined) return create(name);
  if (!/^[!-~]{1,64}$/.test(key)) {
    throw new Refusal(400, 'bad-request', 'The Idempotency-Key has to be 1 to 64 visible ASCII characters.');
  }
  const mark = createHash('sha256').update(`${visitor} ${name} ${key}`).digest('hex');
  if (byKey.has(mark)) return byKey.get(mark).then(({ uuid }) => ask('GET', `/${uuid}`));
  const order = create(name);
  byKey.set(mark, order);
  order.catch(() => byKey.delete(mark));
  return order;
}
// end

// snippet: calls
const app = express();
app.disable('x-powered-by').disable('etag');
app.use((request, response, next) => {
  response.set('Cache-Control', 'no-store');
  const site = request.get('Sec-Fetch-Site');
  const origin = request.get('Origin');
  const named = !origin || origin.split('://').at(-1) === request.get('Host');
  const own = site ? ['same-origin', 'none'].includes(site) : named;
  if (!own && ['POST', 'DELETE'].includes(request.method)) {
    throw new Refusal(403, 'forbidden', 'Pages of other sites may not do this.');
  }
  next();
});
app.use(express.text({ type: 'application/json', limit: 4096 }));

app.route('/api/sign-requests')
  .get((request, response) => {
    session(request, response);
    const list = [];
    for (const [name, { label, txjson }] of Object.entries(offers)) {
      list.push({ name, label, type: txjson().TransactionType });
    }
    response.json({ demos: list.map(({ name }) => name), offers: list });
  })
  .post(async (request, response) => {
    const order = await once(request, response, wanted(request));
    response.cookie(`request-${order.uuid}`, proof(order.uuid), {
      path: `/api/sign-requests/${order.uuid}`, httpOnly: true, sameSite: 'lax', secure,
    });
    response.status(201).json(known(order));
  })
  .all(notAllowed('GET, POST'));

app.route('/api/sign-requests/:uuid')
  .get(async (request, response) => response.json(known(await ask('GET', `/${own(request)}`))))
  .delete(async (request, response) => {
    const order = await ask('DELETE', `/${own(request)}`);
    response.json({ ...known(order), cancelled: order.cancelled, reason: order.reason });
  })
  .all(notAllowed('GET, DELETE'));

function notAllowed(methods) {
  return () => {
    throw new Refusal(405, 'method-not-allowed', `This can only be done with ${methods}.`, { Allow: methods });
  };
}

app.use((error, request, response, next) => {
  let refusal = error;
  if (error.type === 'entity.too.large') refusal = new Refusal(413, 'too-large', 'The body is too large.');
  if (!(refusal instanceof Refusal)) {
    console.error('a call failed:', error);
    refusal = new Refusal(500, 'internal', 'Something went wrong in the shop.');
  }
  const { status, code, message, headers } = refusal;
  response.status(status).set(headers).json({ error: { code, message } });
});
// end

const server = app.listen(process.env.PORT ?? 3000, '127.0.0.1', (error) => {
  if (error) throw error;
  console.log(`Backend http://127.0.0.1:${server.address().port}/api`);
});
