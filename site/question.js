// The first question to the backend. It does not wait for the program, which is handed the outcome and asks no more.
import { parseUUID } from './links.js';

const life = 60_000; // milliseconds
const asked = new Set(); // promises of answers
const left = new Map(); // creations whose element went before the program had shown a request, by what was asked

/** Asks for the request that options stand for. Returns {key, answer}: the idempotency key of a creation, and a promise
 *  of {status, text}; undefined if there is nothing to ask. An element that comes in the place of another one, as
 *  frameworks mount them twice, takes up its creation: there is one request, and nobody has to cancel the other. */
export function ask({ payload, preview, uuid, demo, backend, layout }, run) {
  const id = parseUUID(uuid);
  const wanted = id || (demo && uuid === null);
  if (payload || preview || !backend || !wanted || layout === 'button') return undefined; // a button asks when pressed
  const earlier = left.get(run);
  left.delete(run);
  if (performance.now() - earlier?.at < life) return earlier;
  const key = id ? '' : crypto.getRandomValues(new Uint32Array(4)).join('-');
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key };
  const call = id ? {} : { method: 'POST', body: JSON.stringify({ demo }), headers };
  const answer = fetch(`${backend}/sign-requests${id ? `/${id}` : ''}`, {
    cache: 'no-store', credentials: 'include', redirect: 'error', ...call,
  }).then(async (response) => ({ status: response.status, text: await response.text() }));
  asked.add(answer);
  answer.catch(() => {}).finally(() => asked.delete(answer)); // the program tells of it
  return { key, answer, at: performance.now() };
}

/** Leaves a question to the next element that asks the same. What is only read is read again. */
export const leave = (question, run) => question.key && left.set(run, question);

/** Resolves when all questions are answered and what comes of that is under way, or after some milliseconds: while the
 *  program starts, nothing else is done. */
export async function answers(most) {
  const pause = (time) => new Promise((resolve) => { setTimeout(resolve, time); });
  await Promise.race([Promise.allSettled(asked), pause(most)]);
  await pause(0);
}
