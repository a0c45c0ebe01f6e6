// Which language the card speaks: that of the page around it, or of the visitor. Its texts are a file below languages/.
const names = ['ar', 'de', 'en', 'es', 'fr', 'hi', 'id', 'it', 'ja', 'ko', 'nl', 'pl', 'pt-BR', 'tr', 'vi', 'zh-Hans'];
const files = Object.fromEntries(names.map((name) => [likely(name), name]));
const asked = { en: '' }; // English is in the program
const followers = new Set();
const observer = new MutationObserver(() => followers.forEach((follower) => follower()));

/** Calls `follower` whenever the language around a node may be another one; returns what ends that. */
export function follow(node, follower) {
  for (let root = node.getRootNode(); root; root = root.host?.getRootNode()) {
    observer.observe(root, { subtree: true, attributeFilter: ['lang'] });
  }
  followers.add(follower);
  return () => followers.delete(follower);
}

/** The language tag that counts for a node: the nearest `lang`, or else the visitor's first that there is. */
export function tagOf(node) {
  for (let at = node; at; at = at.parentNode ?? at.host) {
    const tag = at.getAttribute?.('lang');
    if (tag) return tag;
  }
  return navigator.languages.find((tag) => files[likely(tag)]) ?? 'en';
}

/** Resolves with the file for a tag, as text; it is empty where the texts are English. Each is asked for once. */
export async function textsOf(tag) {
  const name = files[likely(tag)] ?? 'en';
  return (asked[name] ??= ask(new URL(`./languages/${name}.json`, import.meta.url)));
}

async function ask(url) {
  try {
    const response = await fetch(url, { redirect: 'error' });
    if (!response.ok) throw new Error(response.status);
    return await response.text();
  } catch (error) {
    console.warn(`xaman-live: ${url.pathname}: ${error.message}: the texts are English`);
    return '';
  }
}

// The language and the script that people who use a tag most likely read: Traditional Chinese is not Simplified.
function likely(tag) {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    return `${language}-${script}`;
  } catch {
    return ''; // it is no tag
  }
}
