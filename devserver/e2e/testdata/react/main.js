import { createElement, createRef } from 'react';
import { createRoot } from 'react-dom/client';
import { XamanSignRequest } from 'xaman-live/react';

const root = createRoot(document.getElementById('app'));
const ref = createRef();
Object.assign(window, {
  ref,
  told: [],
  render: (props) => root.render(createElement(XamanSignRequest, { ref, ...props })),
  unmount: () => root.unmount(),
});
