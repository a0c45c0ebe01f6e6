// The guides: buttons that copy code, a search in an index that the site has beside the pages, and a form.
import { ask, by, make } from './page.js';
import { showPolicy } from './policy.js';

for (const button of document.querySelectorAll('[data-copy]')) button.hidden = false;
if (by('hosts')) showPolicy(by('hosts'), by('policy'));

const query = by('query');
const results = by('results');
let entries = null; // a promise of the index, once somebody searches

by('search').hidden = false;
query.addEventListener('focus', fetchIndex, { once: true });
query.addEventListener('input', search);
by('search').addEventListener('keydown', move);
document.addEventListener('keydown', (event) => {
  const typing = event.target.closest('input, textarea, select');
  if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  query.focus();
});

function fetchIndex() {
  entries ??= ask(by('search').dataset.index).then((list) => list?.map((entry) => ({
    ...entry, weighed: [entry.guide, entry.section, entry.text].map((text) => text.toLowerCase()),
  })) ?? []);
  return entries;
}

// A word in a title counts for more than one in a text, and all of them together for most. Each has to be somewhere.
function score({ weighed }, words) {
  const of = (word) => weighed.reduce((sum, text, i) => sum + (text.includes(word) ? [4, 6, 1][i] : 0), 0);
  const points = words.map(of);
  const title = weighed[1] || weighed[0];
  const whole = words.join(' ');
  const bonus = title === whole ? 40 : title.includes(whole) ? 10 : 0;
  return points.includes(0) ? 0 : points.reduce((sum, point) => sum + point, bonus);
}

async function search() {
  const asked = query.value;
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
  const list = await fetchIndex();
  if (asked !== query.value) return; // there is more by now
  const found = words.length === 0 ? [] : list.map((entry) => ({ entry, points: score(entry, words) }))
    .filter(({ points }) => points > 0).sort((a, b) => b.points - a.points);
  by('found').textContent = words.length === 0 ? ''
    : found.length === 0 ? 'Nothing found.' : `${found.length} ${found.length === 1 ? 'section' : 'sections'} found.`;
  results.replaceChildren(...found.slice(0, 8).map(({ entry }) => result(entry, words)));
}

function result({ page, guide, section, text }, words) {
  return make('li', {}, make('a', { href: page },
    make('strong', {}, ...marked(section || guide, words)),
    make('span', {}, ...(section ? [`${guide}: `] : []), ...marked(excerpt(text, words), words))));
}

// Some words around the first that was searched for.
function excerpt(text, words) {
  const at = Math.max(0, Math.min(...words.map((word) => text.toLowerCase().indexOf(word)).filter((i) => i >= 0)));
  const begin = !Number.isFinite(at) || at < 40 ? 0 : text.indexOf(' ', at - 40) + 1;
  const end = begin + 110 < text.length ? text.lastIndexOf(' ', begin + 110) : text.length;
  return `${begin > 0 ? '… ' : ''}${text.slice(begin, end)}${end < text.length ? ' …' : ''}`;
}

function marked(text, words) {
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return text.split(new RegExp(`(${escaped.join('|')})`, 'i'))
    .map((part, i) => (i % 2 ? make('mark', { textContent: part }) : part));
}

// The arrow keys lead from the field through the results and back; Enter in the field takes the first.
function move(event) {
  const links = [query, ...results.querySelectorAll('a')];
  const at = links.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && links[at + step]) {
    event.preventDefault();
    links[at + step].focus();
  } else if (event.key === 'Enter' && at === 0 && links[1]) {
    links[1].click();
  } else if (event.key === 'Escape') {
    query.value = '';
    query.focus();
    search();
  }
}
