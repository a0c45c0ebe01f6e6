/** Where a sign request stands. Only `verified` means success. */
export type Phase =
  | 'waiting' | 'pushed' | 'opened' | 'signing' | 'submitting' | 'signed' | 'verified' | 'unverified'
  | 'rejected' | 'expired' | 'cancelled' | 'not-found';

/** How the page hears of changes; independent of the phase. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'polling' | 'offline' | 'closed';

/** What went wrong. Codes of the backend (`too-many-requests`, …) are passed on as they are. */
export type ErrorCode =
  | 'bad-uuid' | 'bad-payload' | 'unsafe-link' | 'insecure-socket' | 'frame-too-big' | 'backend-unreachable'
  | 'bad-answer' | 'internal' | 'not-loaded' | (string & {});

export interface ChangeDetail {
  /** Empty while there is no sign request. */
  uuid: string;
  /** `waiting` while there is no sign request. After a fatal error it is the last one known. */
  phase: Phase;
  /** `closed` once there is nothing more to hear, after a fatal error as well. */
  connection: Connection;
}

export interface SettledDetail extends ChangeDetail {
  /** Who signed and with which transaction, as the backend verified it; empty in every phase but `verified`. */
  account: string;
  txid: string;
}

export interface ErrorDetail extends ChangeDetail {
  code: ErrorCode;
  /** For developers, not for visitors: the card tells those what to do. */
  message: string;
  /** There is nothing more to come of this request: `settled` rejects. */
  fatal: boolean;
}

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

/** The attributes of the element. A change of one of them shows a request anew. */
export interface XamanSignRequestAttributes {
  /** The platform's create response, JSON. */
  payload?: string;
  /** A sign request that the backend knows. */
  uuid?: string;
  /** The name of an offer of the backend, which makes the request. */
  demo?: string;
  /** A card from canned data. */
  preview?: string;
  /** Base URL of the contract. The script asks there for a `uuid` or `demo` before the program is loaded. */
  backend?: string;
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
 *  what is shown without it. */
export class XamanSignRequest extends HTMLElement {
  /** Defines the element under a name, `xaman-sign-request` if none is given. One that is taken stays what it is, and the
   *  console tells. Does nothing where there are no elements, as on a server. */
  static define(name?: string): void;
  /** Null if the attribute is missing or cannot be read. */
  payload: CreatedPayload | null;
  /** Texts in the place of the card's own, by the keys of a file below languages/. */
  texts: Record<string, string> | null;
  /** Resolves with the detail of `xaman-settled`. Rejects if that cannot be: with an AbortError if the card is closed. */
  readonly settled: Promise<SettledDetail>;
  getDebugReport(): DebugReport;
}

export interface XamanSignRequestEventMap {
  'xaman-change': CustomEvent<ChangeDetail>;
  'xaman-settled': CustomEvent<SettledDetail>;
  'xaman-error': CustomEvent<ErrorDetail>;
}

declare global {
  interface HTMLElementEventMap extends XamanSignRequestEventMap {}
}
