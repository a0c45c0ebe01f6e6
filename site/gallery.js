// The filters of the gallery: what they say becomes attributes of all cards.
import { by } from './page.js';

const cards = document.querySelectorAll('xaman-sign-request');

function apply() {
  const { layout, lang, scheme } = by('filters').elements;
  by('all').classList.remove('light', 'dark');
  if (scheme.value) by('all').classList.add(scheme.value);
  by('all').dataset.layout = layout.value;
  for (const card of cards) {
    card.setAttribute('layout', layout.value);
    card.lang = lang.value;
  }
  const url = new URL(location);
  for (const { name, value } of [layout, lang, scheme]) {
    if (value && value !== 'card' && value !== 'en') url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  if (url.href !== location.href) history.replaceState(history.state, '', url);
}

// The address names what is chosen, so that a link leads to it.
for (const [name, value] of new URLSearchParams(location.search)) {
  const field = by('filters').elements[name];
  if (field && [...field.options].some((option) => option.value === value)) field.value = value;
}
by('filters').addEventListener('input', apply);
if (location.search) apply();
