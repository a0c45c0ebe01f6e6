// Defines <xaman-sign-request>. The class alone, for those who name the element themselves, is in element.js.
import { XamanSignRequest } from './element.js';

export { XamanSignRequest };
XamanSignRequest.define();
