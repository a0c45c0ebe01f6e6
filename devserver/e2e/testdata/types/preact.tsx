/** @jsxImportSource preact */
import { createRef } from 'preact';
import type { CreatedPayload, XamanSignRequest } from 'xaman-live';

const card = createRef<XamanSignRequest>();

export function Pay({ created, paid }: { created: CreatedPayload; paid: (txid: string) => void }) {
  return (
    <xaman-sign-request ref={card} payload={created} backend="/api" layout="compact" return-url="/" class="till" view-key="k"
      onxaman-settled={({ detail }) => { if (detail.phase === 'verified') paid(detail.txid); }}>
      <a href={created.next.always} onClick={() => card.current?.check()}>Pay</a>
    </xaman-sign-request>
  );
}

// @ts-expect-error no such layout
export const layout = <xaman-sign-request layout="wide" />;
// @ts-expect-error no such attribute
export const attribute = <xaman-sign-request payloads="{}" />;
// @ts-expect-error an event is no detail
export const listener = <xaman-sign-request onxaman-change={(phase: string) => phase} />;
