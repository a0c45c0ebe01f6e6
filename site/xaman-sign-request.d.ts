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
  phase: Phase;
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
}

/** The platform's answer to the creation of a payload. */
export interface CreatedPayload {
  uuid: string;
  next: { always: string; no_push_msg_received?: string };
  refs: { qr_png: string; qr_matrix: string; qr_uri_quality_opts: string[]; websocket_status: string };
  pushed: boolean;
}

export class XamanSignRequest extends HTMLElement {
  static define(name?: string): void;
  payload: CreatedPayload | null;
}

export interface XamanSignRequestEventMap {
  'xaman-change': CustomEvent<ChangeDetail>;
  'xaman-settled': CustomEvent<SettledDetail>;
  'xaman-error': CustomEvent<ErrorDetail>;
}

declare global {
  interface HTMLElementTagNameMap {
    'xaman-sign-request': XamanSignRequest;
  }
  interface HTMLElementEventMap extends XamanSignRequestEventMap {}
}
