// <xaman-sign-request>: a live Xaman sign request. Everything but loading is in the WebAssembly program.
import { textsOf } from './languages.js';
import { parseCreated, parseUUID } from './links.js';
import { load } from './loader.js';

const stylesheet = new URL('./xaman-sign-request.css', import.meta.url);
const request = ['payload', 'uuid', 'demo', 'preview'];
const looks = ['layout', 'error-correction', 'qr-logo', 'return-url', 'return-origins'];
const attributes = [...request, ...looks, 'backend', 'platform'];
const fallback = 'Live updates are off in this browser. Come back to this page when you are done in Xaman.';
const parsed = (json) => { try { return JSON.parse(json); } catch { return null; } };

export class XamanSignRequest extends HTMLElement {
  static observedAttributes = attributes;
  static define(name = 'xaman-sign-request') { customElements.get(name) ?? customElements.define(name, this); }

  #card = document.createElement('div');
  #fallback = document.createElement('div');
  #notice = document.createElement('p');
  #handle = null;
  #own = ''; // the page's own texts, JSON
  #words = {}; // what the element says itself, by its key
  #run = null; // {key} of what is shown, a new object for each start
  #settled = deferred(); // with the uuid of the sign request that the card shows
  #generation = 0;

  constructor() {
    super();
    this.#fallback.setAttribute('part', 'fallback');
    this.#notice.setAttribute('part', 'notice');
    this.#notice.setAttribute('role', 'status'); // from the start, or what it says later is not announced
    this.#fallback.append(this.#notice, document.createElement('slot'));
    [this.#card.hidden, this.#fallback.hidden] = [true, true]; // without its style sheet it would be in another place
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: stylesheet });
    link.onload = link.onerror = () => { this.#fallback.hidden = !this.#card.hidden; };
    this.attachShadow({ mode: 'open' }).append(link, this.#fallback, this.#card);
  }

  /** The platform's create response, as an object; null if there is none, or one that cannot be read. */
  get payload() { return parsed(this.getAttribute('payload')); }
  set payload(created) {
    if (created) this.setAttribute('payload', JSON.stringify(created));
    else this.removeAttribute('payload');
  }

  /** Texts in the place of the card's own, by the keys of a language's file. */
  get texts() { return parsed(this.#own); }
  set texts(texts) {
    this.#own = texts ? JSON.stringify(texts) : '';
    this.#handle?.speak(this.#own);
  }

  /** Resolves with the detail of xaman-settled. Rejects if that cannot be: with an AbortError if the card is closed. */
  get settled() { return this.#settled.promise; }
  /** What a support desk needs to know. It holds no secret, and the UUID only in part. */
  getDebugReport() { return this.#handle?.report() ?? { phase: this.dataset.phase ?? '', connection: 'closed' }; }

  connectedCallback() { this.#restart(); }
  disconnectedCallback() { this.#restart(); }
  attributeChangedCallback(name, before, after) { if (before !== after) this.#restart(); }

  // Several attributes set at once make one restart, and a move within the document none.
  #restart() {
    const generation = ++this.#generation;
    queueMicrotask(() => {
      if (generation !== this.#generation) return;
      const options = Object.fromEntries(attributes.map((name) => [name, this.getAttribute(name)]));
      const wanted = this.isConnected && request.some((name) => options[name] !== null);
      const key = wanted ? JSON.stringify(options) : undefined;
      if (key === this.#run?.key) return this.#handle?.speak(this.#own); // it may have moved
      this.#handle?.close();
      this.#handle = null;
      this.#run?.forget?.();
      if (this.#run) this.#expect();
      this.#run = wanted ? { key } : null;
      for (const name of ['phase', 'connection']) delete this.dataset[name];
      if (wanted) this.#start(this.#run, options);
    });
  }

  async #start(run, options) {
    const fail = (error) => {
      if (run !== this.#run) return;
      this.#handle = null;
      const known = { uuid: this.#settled.uuid ?? '', phase: this.dataset.phase ?? 'waiting', connection: 'closed' };
      this.#emit({ type: 'error', ...known, code: 'not-loaded', message: String(error), fatal: true });
    };
    try {
      textsOf(this).catch(() => {}); // so that they come along with the program, which asks again
      const { mount, onEnd } = await load();
      if (run !== this.#run) return;
      const texts = { own: this.#own, texts: () => textsOf(this) };
      this.#handle = mount(this.#card, { ...options, ...texts, emit: (detail) => this.#emit(detail) });
      if (!this.#handle) throw new Error('xaman-live: the card cannot be shown');
      [this.#card.hidden, this.#fallback.hidden] = [false, true];
      onEnd.add(fail);
      run.forget = () => onEnd.delete(fail);
    } catch (error) {
      fail(error);
    }
  }

  // Nobody waits in vain for the outcome of a request that is not shown any more.
  #expect(uuid) {
    this.#settled.reject(new DOMException('The sign request is not shown any more.', 'AbortError'));
    this.#settled = Object.assign(deferred(), { uuid });
  }

  #emit({ type, ...detail }) {
    Object.assign(this.dataset, { phase: detail.phase, connection: detail.connection });
    const { uuid } = this.#settled;
    if (uuid && detail.uuid && detail.uuid !== uuid) this.#expect(detail.uuid); // the visitor asked for a new one
    else this.#settled.uuid ||= detail.uuid;
    if (type === 'settled') this.#settled.resolve(detail);
    if (detail.fatal) this.#settled.reject(new Error(detail.message));
    if (detail.fatal && ['not-loaded', 'internal'].includes(detail.code)) this.#fallBack(detail.uuid);
    this.dispatchEvent(new CustomEvent(`xaman-${type}`, { detail, bubbles: true, composed: true }));
  }

  // Without the program there is still the link and the code: those of the page, or the platform's own.
  async #fallBack(uuid) {
    [this.#card.hidden, this.#fallback.hidden] = [true, false];
    this.#say();
    textsOf(this).then(({ file }) => this.#say(parsed(file)), () => {});
    if (!this.querySelector(':scope > a:not([slot])')) this.append(...await this.#plain(uuid).catch(() => []));
  }

  // Where there is no program, there may yet be its texts.
  #say(words) {
    const it = this.#words = { language: 'en', direction: 'ltr', 'notice.fallback': fallback, ...words, ...this.texts };
    const text = it['notice.fallback'];
    Object.assign(this.#notice, { lang: it.language, dir: it.direction });
    if (this.#notice.textContent !== text) this.#notice.textContent = text; // or it is said again
  }

  async #plain(known) {
    const [backend, demo, own, platform] = ['backend', 'demo', 'uuid', 'platform'].map((it) => this.getAttribute(it));
    const uuid = known || parseUUID(own);
    let [created, allowed] = [this.payload, platform ?? ''];
    if (!created && backend && (uuid || (demo && own === null))) {
      const key = crypto.getRandomValues(new Uint32Array(4)).join('-');
      const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key };
      const call = uuid ? {} : { method: 'POST', body: JSON.stringify({ demo }), headers };
      const url = `${backend}/sign-requests${uuid ? `/${uuid}` : ''}`;
      const answer = await (await fetch(url, { redirect: 'error', cache: 'no-store', ...call })).json();
      created = answer.payload;
      allowed += ` ${answer.platform}`;
    }
    const safe = parseCreated(created, allowed);
    if (!safe || (uuid && uuid !== safe.uuid)) return [];
    const { 'action.open': textContent = 'Open in Xaman', 'code.image': alt = 'QR code of the link' } = this.#words;
    const link = Object.assign(document.createElement('a'), { href: safe.link, textContent });
    return safe.image ? [Object.assign(document.createElement('img'), { src: safe.image, alt }), link] : [link];
  }
}

function deferred() {
  const it = Promise.withResolvers();
  it.promise.catch(() => {}); // nobody has to wait for it
  return it;
}

XamanSignRequest.define();
