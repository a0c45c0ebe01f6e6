// What ESLint looks for in the JavaScript that ships; `./build.sh lint` runs it.
const browser = `
  AbortController CSSStyleSheet CustomEvent DOMException EventTarget HTMLElement Intl URL URLSearchParams
  WebAssembly WebSocket btoa clearTimeout console crypto document fetch getSelection history innerHeight location
  matchMedia navigator performance queueMicrotask requestAnimationFrame sessionStorage setTimeout`;
const policy = ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'style']; // does not let a page use these
const rules = [
  'eqeqeq', 'no-const-assign', 'no-dupe-class-members', 'no-dupe-keys', 'no-eval', 'no-implied-eval', 'no-new-func',
  'no-shadow', 'no-undef', 'no-unreachable', 'no-unused-private-class-members', 'no-var', 'prefer-const', 'require-await',
];

export default [{
  languageOptions: { globals: Object.fromEntries(browser.trim().split(/\s+/).map((name) => [name, 'readonly'])) },
  rules: {
    ...Object.fromEntries(rules.map((name) => [name, 'error'])),
    'max-len': ['error', 120],
    'no-restricted-properties': ['error', ...policy.map((property) => ({ property }))],
    'no-unused-vars': ['error', { args: 'none', ignoreRestSiblings: true }],
  },
}];
