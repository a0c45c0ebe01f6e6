'use client';
// The element as a React component. On a server it is what there is without the program: a link and a code.
import { createElement, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { XamanSignRequest as Element } from './element.js';
import { parseCreated } from './links.js';

const attributes = {
  payload: 'payload', uuid: 'uuid', demo: 'demo', amount: 'amount', preview: 'preview', backend: 'backend',
  viewKey: 'view-key', platform: 'platform',
  errorCorrection: 'error-correction', qrLogo: 'qr-logo', returnUrl: 'return-url', returnOrigins: 'return-origins',
};
const callbacks = { onXamanChange: 'xaman-change', onXamanSettled: 'xaman-settled', onXamanError: 'xaman-error' };
const own = new Set([...Object.keys(attributes), ...Object.keys(callbacks)]);

export function XamanSignRequest({ ref, texts, fallback, children, ...props }) {
  const element = useRef(null);
  const latest = useRef(props);
  useImperativeHandle(ref, () => element.current, []);
  useLayoutEffect(() => { latest.current = props; });

  useLayoutEffect(() => {
    const it = element.current;
    const listeners = Object.entries(callbacks).map(([name, type]) => [type, (e) => latest.current[name]?.(e.detail)]);
    listeners.forEach((listener) => it.addEventListener(...listener));
    Element.define();
    return () => listeners.forEach((listener) => it.removeEventListener(...listener));
  }, []);

  // React leaves the attributes of a server's HTML as they are, and cannot write an object as one. An element that has
  // none asks for nothing before the component listens to it.
  useLayoutEffect(() => {
    for (const [name, attribute] of Object.entries(attributes)) {
      const value = name === 'payload' && props.payload ? JSON.stringify(props.payload) : props[name];
      if (value === undefined || value === null) element.current.removeAttribute(attribute);
      else element.current.setAttribute(attribute, value);
    }
  });
  useLayoutEffect(() => { element.current.texts = texts ?? null; }, [texts]);

  const rest = Object.fromEntries(Object.entries(props).filter(([name]) => !own.has(name)));
  return createElement(
    'xaman-sign-request',
    { ...rest, ref: element, suppressHydrationWarning: true }, // the element writes on itself how the request stands
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
