import 'xaman-live';
import type { ChangeDetail, CreatedPayload, DebugReport, ErrorCode, Phase, SettledDetail } from 'xaman-live';
import { XamanSignRequest } from 'xaman-live/element';

// The element is known by its name, and by its class.
const card = document.createElement('xaman-sign-request');
const found: XamanSignRequest | null = document.querySelector('xaman-sign-request');
const same: boolean = card instanceof XamanSignRequest && found === card;
XamanSignRequest.define('pay-here');
class Mine extends XamanSignRequest {}
Mine.define();
// @ts-expect-error a name is a text
XamanSignRequest.define(1);

// Properties take what frameworks set, and say what there is.
declare const created: CreatedPayload;
card.payload = created;
card.payload = JSON.stringify(created);
card.payload = null;
card.uuid = undefined;
card.layout = 'dialog';
card.amount = '2.50';
card.viewKey = null;
card.texts = { 'action.start': 'Pay' };
// @ts-expect-error money is a text
card.amount = 2.5;
const uuid: string = card.uuid;
const link: string | undefined = found?.payload?.next.always;
// @ts-expect-error no such layout
card.layout = 'wide';
// @ts-expect-error no create response
card.payload = { uuid: '' };
// @ts-expect-error no such level
card.errorCorrection = 'L';
// @ts-expect-error there may be none
found?.payload.uuid;
// @ts-expect-error it is for reading
card.settled = Promise.reject();

// Methods tell nothing: events do.
const nothing: void[] = [card.cancel(), card.renew(), card.check(), card.close()];
const report: DebugReport = card.getDebugReport();
const begun: Phase | '' = report.phase;
// @ts-expect-error no such method
card.pay();

// By its phase, a detail is known.
function told(detail: ChangeDetail): string {
  switch (detail.phase) {
    case 'verified':
      return detail.account + detail.txid;
    case 'waiting':
    case 'pushed':
      // @ts-expect-error nobody has signed yet
      return detail.account satisfies 'r…';
    default: {
      const empty: '' = detail.account;
      return empty;
    }
  }
}
card.addEventListener('xaman-change', ({ detail }) => told(detail));
card.addEventListener('xaman-settled', ({ detail, currentTarget }) => {
  const outcome: 'signed' | 'verified' | 'unverified' | 'rejected' | 'expired' | 'cancelled' | 'not-found' = detail.phase;
  // @ts-expect-error that is no outcome
  return outcome === 'opened' ? currentTarget : told(detail);
});
const { account, txid }: SettledDetail = await card.settled;

// Events bubble.
document.addEventListener('xaman-error', ({ detail }) => {
  const code: ErrorCode = detail.code;
  if (detail.fatal) {
    const closed: 'closed' = detail.connection;
    return closed;
  }
  // @ts-expect-error while there is more to come it may be any
  const open: 'live' = detail.connection;
  return code === 'too-many-requests' || code === 'a-code-of-the-backend' ? open : detail.message;
});
document.body.addEventListener('xaman-change', ({ detail }) => told(detail));
window.addEventListener('xaman-change', ({ detail }) => told(detail));
document.addEventListener('xaman-settled', ({ detail }) => {
  // @ts-expect-error errors have codes, outcomes do not
  return detail.code;
});

// A class of the page's own may see what becomes of the element.
class Basket extends XamanSignRequest {
  static override observedAttributes = [...XamanSignRequest.observedAttributes, 'basket'];
  override connectedCallback(): void { super.connectedCallback(); this.title = 'mine'; }
  override disconnectedCallback(): void { super.disconnectedCallback(); }
  override attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    super.attributeChangedCallback(name, before, after);
  }
}
Basket.define('pay-here');

export { account, begun, link, nothing, same, txid, uuid };
