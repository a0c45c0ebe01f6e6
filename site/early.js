// The card before the program is there: what is known of it, in the places where the program will show it.
import { overlays, touches } from './question.js';
import { make } from './runtime.js';
const outline = 'M16 4h16a4 4 0 0 1 4 4v32a4 4 0 0 1-4 4H16a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4Zm6 35h4M17 13h14M17 19h9';

/** What is said without the program, by its key, until the texts of another language are there. */
export const english = {
  language: 'en',
  direction: 'ltr',
  'waiting.title': 'Scan with Xaman',
  'waiting-touch.title': 'Continue in Xaman',
  'action.open': 'Open in Xaman',
  'action.open-here': 'Open on this device',
  'action.start': 'Continue with Xaman',
  'code.image': 'QR code of the link',
  'notice.fallback': 'Live updates are off in this browser. Come back to this page when you are done in Xaman.',
};

/** Draws {created, layout, backend, failed} into the frame, around its notice: without a request only the places of a
 *  card, and without anything what the page has put into the element. `failed` is that no program will come. */
export function draw(frame, notice, it) {
  const touch = touches();
  const drawn = JSON.stringify([it, touch]);
  if (frame.drawn === drawn) return; // an image that is drawn anew is gone for a moment
  frame.drawn = drawn;
  const { created, layout, failed } = it ?? {};
  const overlaid = overlays.includes(layout);
  const coded = created && (failed || !(touch || created.pushed || overlaid));
  delete frame.dataset.stage;
  if (it && !overlaid) {
    frame.dataset.stage = coded ? 'code' : created ? 'link' : 'loading';
    frame.replaceChildren(...card(it, notice, touch, coded));
  } else if (created && (failed || layout === 'button')) {
    const start = part('action', 'a', { href: created.link, 'data-text': 'action.start', 'data-action': 'start' });
    frame.replaceChildren(notice, ...(coded ? [plate(created)] : []), start);
  } else {
    frame.replaceChildren(notice, make('slot'));
  }
}

/** Writes what is said into what has been drawn. */
export function say(frame, words) {
  for (const it of frame.querySelectorAll('[data-text]')) {
    const text = words[it.dataset.text];
    if (it.role === 'img') it.ariaLabel = text;
    else if (it.textContent !== text) it.textContent = text; // or a notice is said again
    Object.assign(it, { lang: words.language, dir: words.direction });
  }
}

function card({ created, backend, failed }, notice, touch, coded) {
  const primary = !!(touch || failed);
  const title = { 'data-text': touch ? 'waiting-touch.title' : 'waiting.title' };
  const text = primary ? 'action.open' : 'action.open-here';
  const link = { href: created?.link, 'data-text': text, 'data-primary': primary };
  const others = created && !failed ? [true, backend, touch] : []; // as many as there will be
  const phone = created && touch && !coded;
  return [
    make('slot', { name: 'header' }),
    part('header', 'div', {}, make('slot', { name: 'logo' }, part('logo', 'span'))),
    part('steps'),
    part('status', 'div', {}, created && part('title', 'h2', title), notice),
    part('stage', 'div', {}, phone ? part('phone', 'div', {}, drawing(48, outline)) : plate(coded && created)),
    part('caption'),
    part('details'),
    part('actions', 'div', {}, created && part('link', 'a', link), ...others.map((is) => is && part('blank', 'span'))),
    make('slot', { name: 'footer' }),
  ];
}

// The place of the code, with the code as the platform draws it.
function plate(created) {
  if (!created) return part('qr');
  const it = part('qr', 'div', { role: 'img', 'data-text': 'code.image' });
  if (created.image) it.append(make('img', { src: created.image, alt: '', fetchpriority: 'high' }));
  else if (created.matrix) modulesOf(created.matrix).then((code) => it.append(drawing(...code)), () => {});
  return it;
}

// Rows of modules without their margin, the last of them perhaps one too many, as the side of a drawing and its path.
async function modulesOf(url) {
  const { matrix } = await (await fetch(url, { credentials: 'omit', redirect: 'error' })).json();
  const side = matrix[0].length;
  const fits = side > 20 && side < 178 && (matrix.length === side || matrix.length === side + 1);
  if (!fits || !matrix.every((row) => row.length === side)) throw new Error('xaman-live: that is no code');
  const path = matrix.flatMap((row, y) => row.map((dark, x) => (dark === true ? `M${x + 4} ${y + 4}h1v1h-1z` : '')));
  return [side + 8, path.join('')];
}

const drawing = (side, path) => make('svg', { viewBox: `0 0 ${side} ${side}` }, make('path', { d: path }));
const part = (name, tag = 'div', attributes = {}, ...children) => make(tag, { part: name, ...attributes }, ...children);
