// snippet: verify
import { createHmac, timingSafeEqual } from 'node:crypto';

// The platform signs time stamp and raw body with the secret of the application, without the secret's first hyphen.
export function genuine(secret, headers, rawBody, now = Date.now() / 1000) {
  const stamp = headers['x-xumm-request-timestamp'] ?? '';
  const signature = Buffer.from(headers['x-xumm-request-signature'] ?? '');
  const hmac = createHmac('sha1', secret.replace('-', '')).update(stamp).update(rawBody);
  const expected = Buffer.from(hmac.digest('hex'));
  const recent = Math.abs(now - Number(stamp)) <= 300;
  return recent && signature.length === expected.length && timingSafeEqual(signature, expected);
}
// end
