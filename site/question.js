// The first question to the backend. It does not wait for the program, which is handed the outcome and asks no more.
// For elements that a page has in its HTML it does not wait for their script either: tags load this small module first.
import { parseAnswer, parseCreated, parseUUID, parsed } from './links.js';

const request = ['payload', 'uuid', 'demo', 'preview'];
const looks = ['layout', 'error-correction', 'qr-logo', 'return-url', 'return-origins'];
export const attributes = [...request, ...looks, 'amount', 'backend', 'platform', 'view-key'];
export const overlays = ['dialog', 'button'];
const asked = new Set(); // promises of answers
const left = new Map(); // questions whose element is not there, or went before the program had shown a request, by key
export const pause = (time) => new Promise((resolve) => { setTimeout(resolve, time); });
export const touches = () => matchMedia('(pointer: coarse) and (max-width: 700px)').matches;

/** What an element's attributes say, and by which key another one shows the same: undefined if it shows nothing. */
export function optionsOf(element) {
  const options = Object.fromEntries(attributes.map((name) => [name, element.getAttribute(name) || null]));
  options['view-key'] &&= options['view-key'].replace(/[^!-~]/g, '?'); // what cannot be sent, an error would quote
  const wanted = element.isConnected && request.some((name) => options[name]);
  return { options, key: wanted ? JSON.stringify({ ...options, 'view-key': !options['view-key'] }) : undefined };
}

/** The request that options stand for, as links.js returns it: their own, or that of the backend's answer. */
export function createdOf({ options: { platform, payload, uuid, ...others }, answer, failed }) {
  const level = others['qr-logo'] ? 'h' : others['error-correction']?.toLowerCase() ?? 'm';
  return payload ? parseCreated(parsed(payload), platform ?? '', level)
    : answer && parseAnswer(answer, { uuid, allowed: platform ?? '', level, opened: failed });
}

/** Asks for the request that options stand for. Returns {key, answer}: the idempotency key of a creation, and a promise
 *  of {status, text}; undefined if there is nothing to ask. An element that comes in the place of another one, as
 *  frameworks mount them twice, takes up its creation: there is one request, and nobody has to cancel the other. */
export function ask({ payload, preview, uuid, 'view-key': viewKey, demo, amount, backend, layout }, run) {
  const id = parseUUID(uuid);
  const wanted = id || (demo && uuid === null);
  if (payload || preview || !backend || !wanted || layout === 'button') return undefined; // a button asks when pressed
  const earlier = left.get(run);
  left.delete(run);
  if (performance.now() - earlier?.at < 60_000) return earlier;
  const key = id ? '' : crypto.getRandomValues(new Uint32Array(4)).join('-');
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key };
  const create = { method: 'POST', body: JSON.stringify({ demo, amount: amount ?? undefined }), headers };
  const view = viewKey ? { headers: { 'View-Key': viewKey }, credentials: 'omit' } : {};
  const answer = fetch(`${backend}/sign-requests${id ? `/${id}` : ''}`, {
    cache: 'no-store', credentials: 'include', redirect: 'error', ...(id ? view : create),
  }).then(async (response) => ({ status: response.status, text: await response.text() }));
  asked.add(answer);
  answer.catch(() => {}).finally(() => asked.delete(answer)); // the program tells of it
  return { key, answer, at: performance.now() };
}

/** Leaves a question to the next element that asks the same. What is only read is read again. */
export const leave = (question, run) => question.key && left.set(run, question);

/** Asks for an element whose script is not there yet. What a page's script has set on it before may count more than its
 *  attributes: it has to wait. The code's image is held, since a browser asks again for one that it has dropped. */
export function askAhead(it) {
  const { options, key } = optionsOf(it);
  if (!key || left.has(key) || it.matches(':defined') || Object.keys(it).length > 0) return;
  const question = ask(options, key) ?? {};
  left.set(key, question);
  Promise.resolve(question.answer).then((answer) => {
    const { image, pushed } = createdOf({ options, answer }) ?? {};
    const shown = image && !pushed && !touches() && !overlays.includes(options.layout) && !it.querySelector('img');
    if (shown) question.image = Object.assign(document.createElement('img'), { fetchPriority: 'high', src: image });
  }, () => {});
}
globalThis.document?.querySelectorAll('xaman-sign-request').forEach(askAhead);

/** Resolves when all questions are answered and what comes of that is under way, or after some milliseconds: while the
 *  program starts, nothing else is done. */
export async function answers(most) {
  await Promise.race([Promise.allSettled(asked), pause(most)]);
  await pause(0);
}
