// What the shop does with what phones do: sh with-sandbox.sh node --test shop.test.mjs
import assert from 'node:assert/strict';
import { test } from 'node:test';

const { BACKEND, SANDBOX } = process.env;

// snippet: phone
// The phone signs, or errs on purpose: GET /phone/misbehaviours of the sandbox lists all ways to err.
const phone = (uuid, act, misbehave = []) => fetch(`${SANDBOX}/phone/${uuid}/${act}`, {
  method: 'POST', body: JSON.stringify({ misbehave }),
});

async function order() {
  const answer = await fetch(`${BACKEND}/api/sign-requests`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"demo":"pay"}',
  });
  const Cookie = answer.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
  return { ...await answer.json(), headers: { Cookie } };
}

async function settled({ uuid, headers }) {
  for (;;) {
    const answer = await (await fetch(`${BACKEND}/api/sign-requests/${uuid}`, { headers })).json();
    if (['verified', 'unverified'].includes(answer.verdict) || answer.status === 'rejected') return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
// end

// snippet: tests
test('a payment counts', async () => {
  const it = await order();
  await phone(it.uuid, 'accept');
  const { verdict, result } = await settled(it);
  assert.equal(verdict, 'verified');
  assert.equal(result.amount, '2.5');
});

test('a payment of one drop does not count', async () => {
  const it = await order();
  await phone(it.uuid, 'accept', ['wrong-amount']);
  const { verdict, checks } = await settled(it);
  assert.equal(verdict, 'unverified');
  assert.equal(checks.find(({ outcome }) => outcome === 'fail').code, 'other-amount');
});

test('a visitor may decline', async () => {
  const it = await order();
  await phone(it.uuid, 'reject');
  assert.equal((await settled(it)).status, 'rejected');
});
// end
