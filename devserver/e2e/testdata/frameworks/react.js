import { StrictMode, createElement } from 'react';
import { createRoot } from 'react-dom/client';

export function show(place, { settled, ...properties }) {
  const root = createRoot(place);
  const render = (changes) => root.render(createElement(StrictMode, null,
    createElement('xaman-sign-request', { ...properties, ...changes, 'onxaman-settled': settled })));
  render();
  return render;
}
