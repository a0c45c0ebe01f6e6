// The language around an element, and its texts: English is in the program, each other language is a file of its own.
const names = ['ar', 'de', 'en', 'es', 'fr', 'hi', 'id', 'it', 'ja', 'ko', 'nl', 'pl', 'pt-BR', 'tr', 'vi', 'zh-Hans'];
const asked = { en: '' };

/** Resolves with {tags, file}: the language tags that count for a node, and the texts for the first that has a file. */
export async function textsOf(node) {
  const tags = tagsOf(node);
  const name = tags.flatMap((tag) => names.filter((it) => likely(it) === likely(tag)))[0] ?? 'en';
  const url = new URL(`./languages/${name}.json`, import.meta.url);
  asked[name] ??= fetch(url, { redirect: 'error' }).then((response) => response.text());
  return { tags, file: await asked[name] };
}

function tagsOf(node) {
  const near = node.closest('[lang]:not([lang=""])');
  const { host } = node.getRootNode();
  if (near) return [near.getAttribute('lang')];
  return host ? tagsOf(host) : navigator.languages;
}

// Language and script, as in zh-Hant: readers of Traditional Chinese are better served in English than in Simplified.
const likely = (tag) => new Intl.Locale(tag).maximize().baseName.split('-', 2).join('-');
