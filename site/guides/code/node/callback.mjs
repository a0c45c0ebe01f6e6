// snippet: verify
import { createHmac, timingSafeEqual } from 'node:crypto';

// Whether a callback was sent by somebody who knows the secret, in the last five minutes.
export function genuine(secret, headers, rawBody, now = Date.now() / 1000) {
  const stamp = headers['xaman-live-time'] ?? '';
  const hmac = createHmac('sha256', secret).update(`${stamp}.`).update(rawBody);
  const expected = Buffer.from(`v1=${hmac.digest('hex')}`);
  const recent = /^\d+$/.test(stamp) && Math.abs(now - Number(stamp)) <= 300;
  const signatures = (headers['xaman-live-signature'] ?? '').split(', ').map((one) => Buffer.from(one));
  return recent && signatures.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
}
// end
