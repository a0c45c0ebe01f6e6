// The theming page: what its controls say, as CSS for the card on the page and to be copied.
import { by, make } from './page.js';

const card = by('card');
const controls = by('controls').elements;
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets.push(sheet);
const darkness = matchMedia('(prefers-color-scheme: dark)');

// The defaults of the card's style sheet, light and dark. What is as by default is left out of the CSS.
const defaults = {
  accent: ['#2f5bea', '#8ea6ff'], 'on-accent': ['#ffffff', '#0d1226'], surface: ['#ffffff', '#17191e'],
  text: ['#14171f', '#eceef2'], muted: ['#59606e', '#a2a9b6'], line: ['#e2e5eb', '#2d313a'],
  tint: ['#f4f5f8', '#20232a'],
  good: ['#0b7a4b', '#4ccb8d'], warn: ['#8a5300', '#e6b34d'], bad: ['#c02530', '#ff8085'],
  'qr-dark': ['#000000', '#000000'], 'qr-light': ['#ffffff', '#ffffff'],
};
const lengths = { radius: 20, width: 400, 'qr-size': 264 };

const themes = {
  standard: {},
  ink: { accent: '#14171f', 'on-accent': '#ffffff', surface: '#ffffff', text: '#14171f', radius: 4, scheme: 'light' },
  forest: {
    accent: '#7bd88f', 'on-accent': '#0b2112', surface: '#10241a', text: '#eef6ef', muted: '#a8c0ae', line: '#264233',
    tint: '#173023', radius: 20, scheme: 'dark',
  },
  paper: {
    accent: '#8c3b1f', 'on-accent': '#ffffff', surface: '#fbf6ec', text: '#2b2118', muted: '#6a5a49', line: '#e6dac5',
    tint: '#f3ead9', radius: 10, font: 'Georgia, serif', scheme: 'light', 'qr-dark': '#2b2118',
  },
  contrast: {
    accent: '#000000', 'on-accent': '#ffffff', surface: '#ffffff', text: '#000000', muted: '#303030', line: '#000000',
    radius: 0, scheme: 'light',
  },
  unsafe: { 'qr-dark': '#9fb4ff', 'qr-light': '#dfe6ff' },
};

// What has to be told apart, and how well: WCAG 2.2 asks 4.5 of text and 3 of what shows a control or a state.
const pairs = [
  ['text', 'surface', 4.5, 'Text'], ['muted', 'surface', 4.5, 'Quiet text'],
  ['muted', 'tint', 4.5, 'Text in quiet areas'],
  ['on-accent', 'accent', 4.5, 'Main button'], ['accent', 'surface', 3, 'Progress and focus'],
  ['good', 'surface', 4.5, 'Good outcome'], ['warn', 'surface', 4.5, 'Warning'], ['bad', 'surface', 4.5, 'Bad outcome'],
  ['qr-dark', 'qr-light', 7, 'QR code'],
];

const chosen = {}; // by name of the property, without --xaman-

function luminance(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

// Readers of codes know dark modules on a light ground only.
function legible() {
  const [dark, light] = [colour('qr-dark'), colour('qr-light')];
  return luminance(dark) < luminance(light) && contrast(dark, light) >= 7;
}

const isDark = () => (chosen.scheme ? chosen.scheme === 'dark' : darkness.matches);
const colour = (name) => chosen[name] ?? defaults[name][isDark() ? 1 : 0];

function css() {
  const rules = [];
  if (chosen.scheme) rules.push(`color-scheme: ${chosen.scheme}`);
  for (const name of [...Object.keys(defaults), 'font', ...Object.keys(lengths)]) {
    if (chosen[name] !== undefined) rules.push(`--xaman-${name}: ${chosen[name]}${name in lengths ? 'px' : ''}`);
  }
  return rules.length ? `xaman-sign-request {\n${rules.map((rule) => `  ${rule};\n`).join('')}}` : '';
}

function html() {
  const attributes = [['backend', '/api'], ['demo', 'pay']];
  if (controls.layout.value !== 'card') attributes.push(['layout', controls.layout.value]);
  if (controls.correction.value) attributes.push(['error-correction', controls.correction.value]);
  const page = controls.lang.value === 'en' ? '' : `<html lang="${controls.lang.value}">\n…\n`;
  return `${page}<xaman-sign-request ${attributes.map(([name, value]) => `${name}="${value}"`).join(' ')}>`
    + '</xaman-sign-request>';
}

function draw() {
  const text = css();
  sheet.replaceSync(text);
  by('css').textContent = text || '/* Nothing is changed: the card needs no CSS. */';
  by('html').textContent = html();
  for (const name of Object.keys(defaults)) controls[name].value = colour(name);
  for (const [name, usual] of Object.entries(lengths)) {
    controls[name].value = chosen[name] ?? usual;
    by(`${name}-is`).textContent = `${controls[name].value} px`;
  }
  const refused = !legible();
  by('refused').textContent = refused ? 'Phones could not read a code in these colours. The card refuses them: the '
    + 'code stays black on white.' : '';
  by('figures').replaceChildren(...pairs.map(([one, other, least, what]) => {
    const ratio = contrast(colour(one), colour(other));
    const code = one === 'qr-dark';
    const safe = code ? legible() : ratio >= least;
    return make('tr', { data: { enough: safe } }, make('th', { scope: 'row', textContent: what }),
      make('td', { textContent: `${(Math.floor(ratio * 10) / 10).toFixed(1)} : 1` }),
      make('td', { textContent: safe ? `enough (${least})` : code ? 'refused by the card' : `too little (${least})` }));
  }));
}

function preview() {
  card.setAttribute('preview', controls.preview.value);
  // A dialog would cover the controls: it is shown with the button that opens it.
  card.setAttribute('layout', controls.layout.value === 'dialog' ? 'button' : controls.layout.value);
  if (controls.correction.value) card.setAttribute('error-correction', controls.correction.value);
  else card.removeAttribute('error-correction');
  card.lang = controls.lang.value;
}

by('controls').addEventListener('input', ({ target: { name, value, dataset } }) => {
  if (name in defaults || name in lengths) chosen[name] = value;
  if (name === 'font' || name === 'scheme') {
    if (value) chosen[name] = value;
    else delete chosen[name];
  }
  if ('preview' in dataset) preview();
  draw();
});

for (const button of document.querySelectorAll('[data-theme]')) {
  button.addEventListener('click', () => {
    for (const name of Object.keys(chosen)) delete chosen[name];
    Object.assign(chosen, themes[button.dataset.theme]);
    controls.font.value = chosen.font ?? '';
    controls.scheme.value = chosen.scheme ?? '';
    draw();
  });
}

darkness.addEventListener('change', draw);
draw();
