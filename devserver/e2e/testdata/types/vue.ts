import type { GlobalComponents } from 'vue';
import 'xaman-live';

// What a template may give the element.
type Given = InstanceType<GlobalComponents['xaman-sign-request']>['$props'];

export const given: Given = {
  payload: null, uuid: undefined, backend: '/api', layout: 'button', 'return-url': '/', class: 'till',
  'view-key': 'k', amount: null,
  onXamanSettled: ({ detail }) => (detail.phase === 'verified' ? detail.txid.length : detail.txid),
};
// @ts-expect-error no such layout
export const layout: Given = { layout: 'wide' };
// @ts-expect-error no such attribute
export const attribute: Given = { payloads: '{}' };
// @ts-expect-error an event is no detail
export const listener: Given = { onXamanChange: (phase: string) => phase };
