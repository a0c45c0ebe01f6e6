// The class of <xaman-sign-request>, a live Xaman sign request. What is not shown or asked before the WebAssembly
// program is there is left to it. Where there are no elements, as on a server, it can be imported and does nothing.
import { announce } from './ahead.js';
import { draw, english, say } from './early.js';
import { textsOf } from './languages.js';
import { parsed } from './links.js';
import { load, running } from './loader.js';
import { ask, attributes, createdOf, leave, optionsOf, overlays } from './question.js';
import { make } from './runtime.js';

const stylesheet = () => new URL('./xaman-sign-request.css', import.meta.url); // when needed: CommonJS has none
const property = (attribute) => attribute.replace(/-./g, (start) => start[1].toUpperCase());
const late = 'xaman-live: payload is "[object Object]": it was set as an attribute, or before the element was defined. '
  + 'Import the element first, or give it JSON.';

export class XamanSignRequest extends (globalThis.HTMLElement ?? Object) {
  static observedAttributes = attributes;

  /** Defines the element under a name, and once more under another one as a class derived from this. A name that is
   *  taken stays what it is: two versions of this script may be on one page. */
  static define(name = 'xaman-sign-request') {
    const registry = globalThis.customElements;
    const there = registry?.get(name);
    const foreign = there && there !== this && !(there.prototype instanceof this);
    if (foreign) console.warn(`xaman-live: <${name}> is defined already, and stays so. Call define('another-name').`);
    if (registry && !there) registry.define(name, registry.getName(this) ? class extends this {} : this);
  }

  #card = document.createElement('div');
  #frame = make('div', { part: 'fallback' }); // what is there before the card, or instead of it
  #notice = make('p', { part: 'notice', role: 'status' }); // from the start, or what it says later is not announced
  #styled = false;
  #own = ''; // the page's own texts, JSON
  #run = null; // {key, options, handle, …} of what is shown, a new object for each start
  #settled; // promise, with the uuid of the sign request that the card shows
  #changed = false; // attributes, or the place, since #run is what it is

  constructor() {
    super();
    this.#expect();
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: stylesheet() });
    link.onload = link.onerror = () => { this.#styled = true; this.#show(); };
    this.attachShadow({ mode: 'open' }).append(link, this.#frame, this.#card);
    draw(this.#frame, this.#notice);
    this.#show();
  }

  /** The platform's create response, as an object; null if there is none, or one that cannot be read. */
  get payload() { return parsed(this.getAttribute('payload')); }
  set payload(created) {
    reflect(this, 'payload', created && typeof created === 'object' ? JSON.stringify(created) : created);
  }

  /** Texts in the place of the card's own, by the keys of a language's file. */
  get texts() { return parsed(this.#own); }
  set texts(texts) {
    this.#own = texts ? JSON.stringify(texts) : '';
    this.#run?.handle?.speak(this.#own);
    this.#paint();
  }

  /** Resolves with the detail of xaman-settled. Rejects if that cannot be: with an AbortError if the card is gone. */
  get settled() { this.#update(); return this.#settled.promise; }
  /** What a support desk needs to know. It holds no secret, and the UUID only in part. */
  getDebugReport() {
    return this.#update()?.handle?.report() ?? { phase: this.dataset.phase ?? '', connection: 'closed' };
  }

  // What the buttons of a card do, if it has any of them. What comes of it is told by events.
  cancel() { this.#act('cancel'); }
  renew() { this.#act('renew'); }
  check() { this.#act('recheck'); }

  /** Closes a dialog. A card in the page is taken off it until an attribute changes. The request is left alone. */
  close() {
    const run = this.#update();
    if (overlays.includes(run?.options.layout)) this.#act('dismiss');
    else if (run) {
      this.#end();
      this.dataset.closed = '';
      this.#run = { key: run.key, options: {}, shown: true };
      this.#show();
    }
  }

  connectedCallback() {
    for (const name of [...attributes.map(property), 'texts']) { // what was set before the element was defined
      if (!Object.hasOwn(this, name)) continue;
      const { [name]: value } = this;
      delete this[name];
      this[name] = value;
    }
    this.#restart();
    setTimeout(() => load().catch(() => {})); // also without a request, which is to come
  }

  disconnectedCallback() { this.#restart(); }
  attributeChangedCallback(name, before, after) { if (before !== after) this.#restart(); }

  // Several attributes set at once make one restart, and a move within the document none, unless a script asks between.
  #restart() {
    this.#changed = true;
    queueMicrotask(() => this.#update());
  }

  #update() {
    if (!this.#changed) return this.#run;
    this.#changed = false;
    const { options, key } = optionsOf(this);
    if (key === this.#run?.key) { // it may have moved, or have another view key, which is read for each call
      const renewed = key && options['view-key'] !== this.#run.options['view-key'];
      if (renewed) { Object.assign(this.#run.options, options); this.check(); }
      this.#run?.handle?.speak(this.#own);
      return this.#run;
    }
    this.#end();
    if (key) this.#ask(this.#run = { key, options, shown: running, acts: [] }, options);
    this.#paint();
    this.#show();
    if (key) this.#start(this.#run);
    return this.#run;
  }

  // Before the program is there, it is kept for that.
  #act(name) {
    const { handle, acts } = this.#update() ?? {};
    if (handle) handle.act(name);
    else acts?.push(name);
  }

  #end() {
    this.#run?.handle?.close();
    this.#run?.forget?.();
    this.#run?.hangUp?.();
    if (this.#run?.question && !this.#run.told) leave(this.#run.question, this.#run.key);
    if (this.#run?.acts) this.#expect(); // one that is closed has none, and waits for the next request
    this.#run = null;
    this.#notice.textContent = '';
    delete this.#notice.dataset.text;
    for (const name of ['phase', 'connection', 'closed']) delete this.dataset[name];
  }

  async #start(run) {
    const fail = (error) => {
      if (run !== this.#run) return;
      run.handle = null;
      const known = { uuid: this.#settled.uuid ?? '', phase: this.dataset.phase ?? 'waiting', connection: 'closed' };
      this.#emit({ type: 'error', ...known, code: 'not-loaded', message: String(error), fatal: true });
    };
    if (run.options.payload === '[object Object]') console.warn(late);
    await null; // when a script pauses, the browser asks for the images that it has drawn: they go first
    if (run !== this.#run) return;
    this.#announce(run);
    textsOf(this).then(({ file }) => parsed(file), () => null).then((words) => {
      run.words = { ...english, ...words };
      this.#paint();
    });
    try {
      const { mount, onEnd } = await load();
      if (run !== this.#run) return;
      const texts = { own: this.#own, texts: () => textsOf(this) };
      const emit = (detail) => run === this.#run && this.#emit(detail); // a listener may have asked for another one
      run.handle = mount(this.#card, Object.assign(run.options, texts, { asked: run.question, emit }));
      if (!run.handle) throw new Error('xaman-live: the card cannot be shown');
      run.mounted = true;
      run.acts.forEach((name) => run.handle.act(name));
      run.shown ||= run.options.preview; // which tells of nothing
      this.#show();
      onEnd.add(fail);
      run.forget = () => onEnd.delete(fail);
    } catch (error) {
      fail(error);
    }
  }

  #ask(run, options) {
    run.question = ask(options, run.key);
    run.question?.answer.then(async (answer) => {
      run.answer = await answer; // the image that is asked for ahead goes first, then what is drawn, then the socket
      this.#paint();
    }, () => {}).then(() => this.#announce(run));
  }

  // A program that runs dials at once what it need not ask for, and for a button nothing before that is pressed.
  #announce(run) {
    const early = run === this.#run && !run.failed && run.options.layout !== 'button' && (run.answer || !running);
    if (early) run.hangUp ??= announce(createdOf(run)?.socket);
  }

  // What is known of the request is drawn until the card is shown, unless the page has put it there itself.
  #paint() {
    const run = this.#run;
    if (run?.shown) return;
    draw(this.#frame, this.#notice, run && this.#known(run));
    if (run?.words) say(this.#frame, { ...run.words, ...this.texts });
  }

  #known(run) {
    const { options: { backend, layout }, failed } = run;
    const created = createdOf(run);
    const [link, code] = ['a', 'img'].map((name) => this.querySelector(`:scope > ${name}:not([slot])`));
    if ((link && code) || (!created && (link || code || failed))) return null;
    return { created, layout, backend: !!backend, failed };
  }

  // The card takes the place of what was drawn, in one frame. Until then it is there for those who hear it.
  #show() {
    const { mounted, shown, failed } = this.#run ?? {};
    if (shown) draw(this.#frame, this.#notice); // what the page has put into slots goes to the card
    this.#card.hidden = !mounted || !!failed;
    this.#frame.hidden = !!shown || !this.#styled; // without its style sheet it would be in another place
  }

  // Nobody waits in vain for the outcome of a request that is not shown any more.
  #expect(uuid) {
    this.#settled?.reject(new DOMException('The sign request is not shown any more.', 'AbortError'));
    this.#settled = { ...Promise.withResolvers(), uuid };
    this.#settled.promise.catch(() => {}); // nobody has to wait for it
  }

  #emit({ type, ...detail }) {
    Object.assign(this.dataset, { phase: detail.phase, connection: detail.connection });
    const { uuid = detail.uuid } = this.#settled; // empty if it has failed before there was one
    if (detail.uuid && detail.uuid !== uuid) this.#expect(detail.uuid); // the visitor asked for a new one
    else if (detail.uuid || detail.fatal) this.#settled.uuid ||= detail.uuid;
    if (type === 'settled') this.#settled.resolve(detail);
    if (detail.fatal) {
      this.#settled.reject(new Error(detail.message));
      this.#run?.hangUp?.();
    }
    if (detail.fatal && ['not-loaded', 'internal'].includes(detail.code)) this.#fallBack(detail.uuid);
    else this.#takeOver(type, detail);
    this.dispatchEvent(new CustomEvent(`xaman-${type}`, { detail, bubbles: true, composed: true }));
  }

  #takeOver(type, { uuid, fatal }) {
    const run = this.#run;
    if (!run || run.failed) return;
    run.told ||= !!uuid || !!fatal; // the program has the answer
    const waits = this.#frame.dataset.stage !== 'loading' && !overlays.includes(run.options.layout);
    if (run.shown || (waits && !uuid && type !== 'error')) return;
    run.shown = true;
    this.#card.dataset.drawn = '';
    this.#show();
  }

  // Without the program there is still the link and the code: those of the page, or the platform's own.
  #fallBack(uuid) {
    const run = this.#run;
    run.words ??= english;
    Object.assign(run, { failed: true, shown: false });
    this.#notice.dataset.text = 'notice.fallback';
    if (run.told || !run.question) { // the answer of back then may not be so any more
      delete run.answer;
      this.#ask(run, { ...run.options, uuid: uuid || run.options.uuid, layout: null });
    }
    this.#paint();
    this.#show();
  }
}

// Each attribute is a property too, as frameworks set them.
for (const name of attributes.filter((it) => it !== 'payload')) {
  Object.defineProperty(XamanSignRequest.prototype, property(name), {
    configurable: true,
    enumerable: true,
    get() { return this.getAttribute(name) ?? ''; },
    set(value) { reflect(this, name, value); },
  });
}

const reflect = (it, name, value) => (value ? it.setAttribute(name, value) : it.removeAttribute(name));
