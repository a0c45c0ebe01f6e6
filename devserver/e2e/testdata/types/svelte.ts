import type { SvelteHTMLElements } from 'svelte/elements';
import 'xaman-live';

// What a template may give the element.
type Given = SvelteHTMLElements['xaman-sign-request'];

export const given: Given = {
  payload: null, uuid: undefined, backend: '/api', layout: 'button', 'return-url': '/', class: 'till',
  'view-key': 'k', amount: null,
  'onxaman-settled': ({ detail }) => (detail.phase === 'verified' ? detail.txid.length : detail.txid),
};
// @ts-expect-error no such layout
export const layout: Given = { layout: 'wide' };
// @ts-expect-error no such attribute
export const attribute: Given = { payloads: '{}' };
// @ts-expect-error an event is no detail
export const listener: Given = { 'onxaman-change': (phase: string) => phase };
