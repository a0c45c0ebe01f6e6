// What a sign request may lead to, where there is no program to judge it: the rules of wasm/payload/link.go. Both are
// tested with wasm/payload/testdata/links.json.
const xaman = ['https://xumm.app', 'https://xaman.app'];
const origin = /^(https:\/\/[a-z0-9.-]+|https?:\/\/(localhost|127\.0\.0\.1|\[::1\]))(:[0-9]{1,5})?$/;
const rest = /^\/[A-Za-z0-9\-._~/?&=+:,;@!$'()*%#]*$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** The UUID in lower case, or undefined if it is none. */
export const parseUUID = (text) => (uuid.test(text) && text.length === 36 ? text.toLowerCase() : undefined);

/** {uuid, link, image} of the platform's create response, or undefined if one of them is not safe to show. */
export function parseCreated(created, allowed = '') {
  const id = parseUUID(created?.uuid);
  const link = created?.next?.always;
  const image = created?.refs?.qr_png || '';
  const origins = [...xaman, ...allowed.split(/\s+/).filter((text) => origin.test(text))];
  if (!id || !safe(link, id, origins) || (image && !safe(image, id, origins))) return undefined;
  return { uuid: id, link, image };
}

// Judged as text, so that no two parsers of URLs can disagree about it.
function safe(url, id, origins) {
  if (typeof url !== 'string') return false;
  const found = origins.find((text) => url.startsWith(`${text}/`));
  if (!found || !rest.test(url.slice(found.length))) return false;
  const path = url.slice(found.length).split(/[?#]/)[0];
  if (/%|\/\/|\/\./.test(path)) return false;
  const named = path.split('/').filter((segment) => parseUUID(segment.slice(0, 36)));
  const ours = (segment) => parseUUID(segment.slice(0, 36)) === id && /^([_.].*)?$/.test(segment.slice(36));
  return named.length > 0 && named.every(ours);
}
