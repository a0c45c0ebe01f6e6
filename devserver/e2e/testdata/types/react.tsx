import { useRef } from 'react';
import type { CreatedPayload, XamanSignRequest } from 'xaman-live';
import { XamanSignRequest as Card } from 'xaman-live/react';

export function Pay({ created, paid }: { created: CreatedPayload; paid: (txid: string) => void }) {
  const card = useRef<XamanSignRequest>(null);
  return (
    <xaman-sign-request ref={card} payload={created} backend="/api" layout="compact" return-url="/" qrLogo="/logo.svg"
      viewKey="k" lang="de" className="till" key="card" texts={{ 'action.start': 'Pay' }}
      onxaman-settled={({ detail }) => { if (detail.phase === 'verified') paid(detail.txid); }}>
      <a href={created.next.always} onClick={() => card.current?.check()}>Pay</a>
    </xaman-sign-request>
  );
}

export const wrapped = <Card uuid={null} viewKey="k" amount="5" backend="/api" onXamanSettled={(detail) => detail.account} />;

// @ts-expect-error no such layout
export const layout = <xaman-sign-request layout="wide" />;
// @ts-expect-error no such attribute
export const attribute = <xaman-sign-request payloads="{}" />;
// @ts-expect-error an event is no detail
export const listener = <xaman-sign-request onxaman-change={(phase: string) => phase} />;
// @ts-expect-error no such level
export const level = <Card errorCorrection="L" />;
