import { h, render } from 'preact';

export function show(place, { settled, ...properties }) {
  const again = (changes) => render(
    h('xaman-sign-request', { ...properties, ...changes, 'onxaman-settled': settled }), place);
  again();
  return again;
}
