// Types for what the script that defines <xaman-sign-request> brings along: for scripts, and for frameworks. A project
// need not have these: TypeScript is told to ignore that one is missing.
import type { XamanSignRequest, XamanSignRequestEventMap, XamanSignRequestProperties } from './element.js';

export * from './element.js';

type Listener<Name extends keyof XamanSignRequestEventMap> = (event: XamanSignRequestEventMap[Name]) => void;
type Listeners = { [Name in keyof XamanSignRequestEventMap as `on${Name}`]?: Listener<Name> | undefined };
type VueListeners = {
  onXamanChange?: Listener<'xaman-change'>;
  onXamanSettled?: Listener<'xaman-settled'>;
  onXamanError?: Listener<'xaman-error'>;
};

declare global {
  interface HTMLElementTagNameMap {
    'xaman-sign-request': XamanSignRequest;
  }
}

// @ts-ignore
type ReactProps = import('react').DetailedHTMLProps<import('react').HTMLAttributes<XamanSignRequest>, XamanSignRequest>;
// @ts-ignore
type PreactProps = import('preact').HTMLAttributes<XamanSignRequest>;
// @ts-ignore
type VueProps = import('vue').HTMLAttributes;
// @ts-ignore
type SvelteProps = import('svelte/elements').HTMLAttributes<XamanSignRequest>;

// @ts-ignore
declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'xaman-sign-request': ReactProps & XamanSignRequestProperties & Listeners;
    }
  }
}

// @ts-ignore
declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'xaman-sign-request': PreactProps & XamanSignRequestProperties & Listeners;
    }
  }
}

// @ts-ignore
declare module 'vue' {
  interface GlobalComponents {
    'xaman-sign-request': new () => { $props: VueProps & XamanSignRequestProperties & VueListeners };
  }
}

// @ts-ignore
declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'xaman-sign-request': SvelteProps & XamanSignRequestProperties & Listeners;
  }
}
