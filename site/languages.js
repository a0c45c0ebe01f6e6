// The language around an element, and its texts: English is in the program, each other language is a file of its own.
let known; // the files by language, made when they are needed
const files = () => (known ??= {
  ar: new URL('./languages/ar.json', import.meta.url), de: new URL('./languages/de.json', import.meta.url),
  es: new URL('./languages/es.json', import.meta.url), fr: new URL('./languages/fr.json', import.meta.url),
  hi: new URL('./languages/hi.json', import.meta.url), id: new URL('./languages/id.json', import.meta.url),
  it: new URL('./languages/it.json', import.meta.url), ja: new URL('./languages/ja.json', import.meta.url),
  ko: new URL('./languages/ko.json', import.meta.url), nl: new URL('./languages/nl.json', import.meta.url),
  pl: new URL('./languages/pl.json', import.meta.url), 'pt-BR': new URL('./languages/pt-BR.json', import.meta.url),
  tr: new URL('./languages/tr.json', import.meta.url), vi: new URL('./languages/vi.json', import.meta.url),
  'zh-Hans': new URL('./languages/zh-Hans.json', import.meta.url),
});
const asked = { en: '' };

/** Resolves with {tags, file}: the language tags that count for a node, and the texts for the first that has a file. */
export async function textsOf(node) {
  const tags = tagsOf(node);
  const name = tags.map((tag) => nameOf(tag, ['en', ...Object.keys(files())])).find(Boolean) ?? 'en';
  const failed = (error) => { delete asked[name]; throw error; }; // WebKit ends it once another page is asked for
  asked[name] ??= fetch(files()[name], { redirect: 'error' }).then((response) => response.text()).catch(failed);
  return { tags, file: await asked[name] };
}

function tagsOf(node) {
  const near = node.closest('[lang]:not([lang=""])');
  const { nodeType, host } = node.getRootNode(); // of a document, what the page has named so
  if (near || nodeType === node.DOCUMENT_FRAGMENT_NODE) return near ? [near.getAttribute('lang')] : tagsOf(host);
  // Without a locale, WebKit on Linux has the tag "c".
  return navigator.languages.filter((tag) => /^[a-z]{2,8}(-[a-z\d]{1,8})*$/i.test(tag));
}

// Browsers take long to tell what is likely.
const nameOf = (tag, names) => (names.includes(tag) ? tag : names.find((name) => likely(name) === likely(tag)));

// Language and script, as in zh-Hant: readers of Traditional Chinese are better served in English than in Simplified.
const likely = (tag) => new Intl.Locale(tag).maximize().baseName.split('-', 2).join('-');
