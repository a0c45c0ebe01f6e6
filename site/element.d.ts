/** Where a sign request stands. Only `verified` means success. */
export type Phase =
  | 'waiting' | 'pushed' | 'opened' | 'signing' | 'submitting' | 'signed' | 'verified' | 'unverified'
  | 'rejected' | 'expired' | 'cancelled' | 'not-found';

/** How the page hears of changes; independent of the phase. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'polling' | 'offline' | 'closed';

/** Phases that can be an outcome. `signed` is one only if there is no backend, which alone could verify it. */
export type SettledPhase =
  | 'signed' | 'verified' | 'unverified' | 'rejected' | 'expired' | 'cancelled' | 'not-found';

/** What the backend refused or failed at. */
export type BackendErrorCode =
  | 'bad-request' | 'unknown-demo' | 'amount' | 'unauthorized' | 'forbidden' | 'view-key-expired' | 'not-found'
  | 'method-not-allowed' | 'too-large' | 'too-many-requests' | 'internal' | 'platform-refused' | 'platform-unavailable'
  | 'unavailable';

/** What went wrong. A backend may have codes of its own, which are passed on as they are. */
export type ErrorCode =
  | 'bad-uuid' | 'bad-payload' | 'unsafe-link' | 'insecure-socket' | 'frame-too-big' | 'backend-unreachable'
  | 'bad-answer' | 'internal' | 'not-loaded' | BackendErrorCode | (string & {});

/** What is told of a request in one of the phases P: by its `phase`, TypeScript knows the rest. */
export type Detail<P extends Phase> = P extends Phase ? {
  /** Empty while there is no sign request. */
  uuid: string;
  /** `waiting` while there is no sign request. */
  phase: P;
  /** `closed` once there is nothing more to hear. */
  connection: Connection;
  /** Who signed, as the backend verified it; empty in every phase but `verified`. */
  account: P extends 'verified' ? string : '';
  /** Hash of what was signed, likewise. */
  txid: P extends 'verified' ? string : '';
} : never;

export type ChangeDetail = Detail<Phase>;
export type SettledDetail = Detail<SettledPhase>;

export type ErrorDetail = {
  uuid: string;
  /** The last one known, or `waiting`. */
  phase: Phase;
  connection: Connection;
  code: ErrorCode;
  /** For developers, not for visitors: the card tells those what to do. */
  message: string;
  /** There is nothing more to come of this request: `settled` rejects. */
  fatal: boolean;
} & ({ fatal: false } | { fatal: true; connection: 'closed' });

/** The platform's answer to the creation of a payload. */
export interface CreatedPayload {
  uuid: string;
  next: { always: string; no_push_msg_received?: string };
  refs: { qr_png: string; qr_matrix: string; qr_uri_quality_opts: string[]; websocket_status: string };
  pushed: boolean;
}

/** What a support desk needs to know. It holds no secret, and the UUID only in part. */
export interface DebugReport {
  /** Empty if the element shows nothing. */
  phase: Phase | '';
  connection: Connection;
  /** First part of the UUID. */
  request?: string;
  /** Go version that the program was built with. */
  go?: string;
  backend?: string;
  language?: string;
  /** Sockets that were opened, and that ended, and how often the backend was asked. */
  dials?: number;
  closes?: number;
  asks?: number;
  /** Why the latest socket ended. */
  lastClose?: string;
  /** Messages of the socket that were not understood, and the beginning of the latest. */
  unknown?: number;
  lastUnknown?: string;
  history?: { seconds: number; phase: Phase; connection: Connection }[];
  errors?: { seconds: number; code: ErrorCode; message: string }[];
}

/** How much room a card has, and where. */
export type Layout = 'card' | 'compact' | 'dialog' | 'button';

/** How much damage to the code a reader can correct: 15, 25 or 30 %. */
export type ErrorCorrection = 'M' | 'Q' | 'H';

/** The attributes of the element. A change of one of them shows a request anew, unless only the view key is another. */
export interface XamanSignRequestAttributes {
  /** The platform's create response, JSON. */
  payload?: string;
  /** A sign request that the backend knows. */
  uuid?: string;
  /** The name of an offer of the backend, which makes the request. */
  demo?: string;
  /** What the visitor has chosen to pay, for a `demo` that lets him: a decimal number such as `5` or `2.50`. One that the
   *  backend refuses, with the code `amount`, is asked for again once there is another one. */
  amount?: string;
  /** A card from canned data. */
  preview?: string;
  /** Base URL of the contract. The script asks there for a `uuid` or `demo` before the program is loaded. */
  backend?: string;
  /** A key to the request of `uuid` or `payload`, which your program has of the backend. It is sent instead of cookies, so
   *  that the page may be of another site. A new one counts from the next call on; the card stays. `demo` needs none. */
  'view-key'?: string;
  /** Origins, separated by spaces, that a request may lead to besides Xaman's. */
  platform?: string;
  layout?: Layout;
  'error-correction'?: ErrorCorrection;
  /** An image for the middle of the code, whose error correction is then H. */
  'qr-logo'?: string;
  /** Where the visitor goes on when all is well, on the page's own origin or on one of `return-origins`. */
  'return-url'?: string;
  /** Origins, separated by spaces. */
  'return-origins'?: string;
}

/** The element. Link and code are there before the program, as soon as its script has run and the request is known;
 *  `::part()` styles them as those of the card. It has the slots `header`, `logo`, `success` and `footer`, and one for
 *  what is shown without it. Each attribute is a property as well, which is empty if the attribute is missing. What is
 *  set before the element is defined counts as soon as it is. */
export class XamanSignRequest extends HTMLElement {
  /** Defines the element under a name, `xaman-sign-request` if none is given. One that is taken stays what it is, and
   *  the console tells. Does nothing where there are no elements, as on a server. */
  static define(name?: string): void;

  /** What the browser calls. A class of the page's own that has such a method too calls the one of here as well. */
  static observedAttributes: string[];
  connectedCallback(): void;
  disconnectedCallback(): void;
  attributeChangedCallback(name: string, before: string | null, after: string | null): void;

  /** Takes JSON as well. Null if the attribute is missing or cannot be read. */
  get payload(): CreatedPayload | null;
  set payload(created: CreatedPayload | string | null | undefined);
  get uuid(): string;
  set uuid(uuid: string | null | undefined);
  get demo(): string;
  set demo(name: string | null | undefined);
  get amount(): string;
  set amount(amount: string | null | undefined);
  get preview(): string;
  set preview(name: string | null | undefined);
  get backend(): string;
  set backend(url: string | null | undefined);
  get viewKey(): string;
  set viewKey(key: string | null | undefined);
  get platform(): string;
  set platform(origins: string | null | undefined);
  get layout(): Layout | '';
  set layout(layout: Layout | '' | null | undefined);
  get errorCorrection(): ErrorCorrection | '';
  set errorCorrection(level: ErrorCorrection | '' | null | undefined);
  get qrLogo(): string;
  set qrLogo(url: string | null | undefined);
  get returnUrl(): string;
  set returnUrl(url: string | null | undefined);
  get returnOrigins(): string;
  set returnOrigins(origins: string | null | undefined);
  /** Texts in the place of the card's own, by the keys of a file below languages/. */
  get texts(): Record<string, string> | null;
  set texts(texts: Record<string, string> | null | undefined);

  /** Resolves with the detail of `xaman-settled`, for the request that the attributes ask for just now. Rejects after a
   *  fatal error, and with an AbortError once the card is removed, is closed (a dialog that is closed goes on) or has
   *  another request. Read while there is no request, also after that, it is the promise of the next one, and waits for
   *  it. */
  readonly settled: Promise<SettledDetail>;

  /** Has the backend cancel the request, as soon as there is one. One that a phone has open or has signed stays: what
   *  becomes of it is told by events. */
  cancel(): void;
  /** Puts a new request in the place of one that was made for `demo`, if the backend says that the old one is over, for
   *  which it is cancelled first. Does nothing once that is signed. */
  renew(): void;
  /** Asks the backend now. */
  check(): void;
  /** Closes a dialog, whose request goes on and whose button opens it again. Any other card is taken off the page until
   *  an attribute changes or the element is put in anew. The request stays as it is: see `cancel`. */
  close(): void;
  getDebugReport(): DebugReport;
}

export interface XamanSignRequestEventMap {
  'xaman-change': CustomEvent<ChangeDetail>;
  'xaman-settled': CustomEvent<SettledDetail>;
  'xaman-error': CustomEvent<ErrorDetail>;
}

/** What JSX and templates may give the element. */
export type XamanSignRequestProperties = {
  [Name in keyof XamanSignRequestAttributes]?:
    XamanSignRequestAttributes[Name] | (Name extends 'payload' ? CreatedPayload : never) | null | undefined;
} & {
  [Name in 'viewKey' | 'errorCorrection' | 'qrLogo' | 'returnUrl' | 'returnOrigins' | 'texts']?:
    XamanSignRequest[Name] | null | undefined;
};

declare global {
  /** The events bubble: listeners on whatever is around an element know their details. */
  interface GlobalEventHandlersEventMap extends XamanSignRequestEventMap {}
}
