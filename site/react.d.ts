import type { HTMLAttributes, ReactElement, ReactNode, Ref } from 'react';
import type {
  ChangeDetail, CreatedPayload, ErrorCorrection, ErrorDetail, Layout, SettledDetail,
  XamanSignRequest as XamanSignRequestElement,
} from './xaman-sign-request.js';

/** What is shown and how, as with the attributes of the element; everything else goes to the element as it is. */
export interface XamanSignRequestProps extends HTMLAttributes<XamanSignRequestElement> {
  /** The platform's create response, from which link and code are there before and without the program. */
  payload?: CreatedPayload | null | undefined;
  /** A sign request that the backend knows. */
  uuid?: string | null | undefined;
  /** The name of an offer of the backend, which makes the request. */
  demo?: string | null | undefined;
  /** What the visitor has chosen to pay, for a `demo` that lets him. */
  amount?: string | null | undefined;
  /** A card from canned data. */
  preview?: string | null | undefined;
  /** Base URL of the contract, for instance `/api`. */
  backend?: string | null | undefined;
  /** A key to the request of `uuid` or `payload`, sent instead of cookies. A new one leaves the card as it is. */
  viewKey?: string | null | undefined;
  /** Origins, separated by spaces, that a request may lead to besides Xaman's. */
  platform?: string | null | undefined;
  layout?: Layout | undefined;
  errorCorrection?: ErrorCorrection | null | undefined;
  /** An image for the middle of the code. */
  qrLogo?: string | null | undefined;
  returnUrl?: string | null | undefined;
  /** Origins, separated by spaces. */
  returnOrigins?: string | null | undefined;
  /** Texts in the place of the card's own, by the keys of a file below languages/. */
  texts?: Record<string, string> | null | undefined;
  /** In the place of the link and the code that are made of `payload`. */
  fallback?: ReactNode;
  /** Content for the slots `header`, `logo`, `success` and `footer`. */
  children?: ReactNode;
  /** The request, the phase or the connection has changed. */
  onXamanChange?: ((detail: ChangeDetail) => void) | undefined;
  /** The outcome of a request is final. Only the phase `verified` is success. */
  onXamanSettled?: ((detail: SettledDetail) => void) | undefined;
  /** Something went wrong. */
  onXamanError?: ((detail: ErrorDetail) => void) | undefined;
  /** The element, with its methods. */
  ref?: Ref<XamanSignRequestElement>;
}

export function XamanSignRequest(props: XamanSignRequestProps): ReactElement;
