'use client';
// The element as a React component. On a server it renders what is there without the program: a link and a code.
import { createElement, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { XamanSignRequest as Element } from './element.js';
import { parseCreated } from './links.js';

// What is asked for is not part of the server's HTML, nor left to React: the element begins when the component listens,
// and an object is written as JSON, whether or not the element is defined by then.
const attributes = {
  payload: 'payload', uuid: 'uuid', demo: 'demo', preview: 'preview', backend: 'backend', platform: 'platform',
  errorCorrection: 'error-correction', qrLogo: 'qr-logo', returnUrl: 'return-url', returnOrigins: 'return-origins',
};
const callbacks = { onXamanChange: 'xaman-change', onXamanSettled: 'xaman-settled', onXamanError: 'xaman-error' };

export function XamanSignRequest({ ref, texts, fallback, children, ...props }) {
  const element = useRef(null);
  const latest = useRef(props);
  useImperativeHandle(ref, () => element.current, []);

  useLayoutEffect(() => {
    latest.current = props;
  });
  useLayoutEffect(() => {
    const listeners = Object.entries(callbacks).map(([callback, type]) => [
      type, ({ detail }) => latest.current[callback]?.(detail),
    ]);
    for (const listener of listeners) element.current.addEventListener(...listener);
    Element.define();
    const it = element.current;
    return () => listeners.forEach((listener) => it.removeEventListener(...listener));
  }, []);
  useLayoutEffect(() => {
    for (const [name, attribute] of Object.entries(attributes)) {
      const value = props[name];
      const text = typeof value === 'object' && value ? JSON.stringify(value) : value;
      if (text === undefined || text === null) element.current.removeAttribute(attribute);
      else element.current.setAttribute(attribute, text);
    }
    element.current.texts = texts ?? null;
  });

  const rest = Object.entries(props).filter(([name]) => !(name in attributes) && !(name in callbacks));
  return createElement(
    'xaman-sign-request',
    // The element notes on itself what has become of the request.
    { ...Object.fromEntries(rest), ref: element, suppressHydrationWarning: true },
    fallback === undefined ? createElement(Fallback, props) : fallback,
    children,
  );
}

function Fallback({ payload, platform }) {
  const safe = parseCreated(payload, platform ?? '');
  if (!safe) return null;
  return [
    createElement('a', { key: 'link', href: safe.link }, 'Open in Xaman'),
    safe.image && createElement('img', { key: 'code', src: safe.image, alt: 'QR code of the link' }),
  ];
}
