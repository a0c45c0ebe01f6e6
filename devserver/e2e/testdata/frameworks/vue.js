import { createApp, h, shallowReactive } from 'vue';

export function show(place, { settled, ...properties }) {
  const given = shallowReactive(properties);
  createApp({ render: () => h('xaman-sign-request', { ...given, onXamanSettled: settled }) }).mount(place);
  return (changes) => Object.assign(given, changes);
}
