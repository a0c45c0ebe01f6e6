// What comes with the script that defines <xaman-sign-request>.
import type { XamanSignRequest } from './element.js';

export * from './element.js';

declare global {
  interface HTMLElementTagNameMap {
    'xaman-sign-request': XamanSignRequest;
  }
}
