// What a sign request may lead to, where there is no program to judge it: the rules of wasm/payload/link.go. Both are
// tested with links.json and sockets.json of wasm/payload/testdata.
const xaman = ['https://xumm.app', 'https://xaman.app'];
const origin = /^(https:\/\/[a-z0-9.-]+|https?:\/\/(localhost|127\.0\.0\.1|\[::1\]))(:[0-9]{1,5})?$/;
const rest = /^\/[A-Za-z0-9\-._~/?&=+:,;@!$'()*%#]*$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

export const parsed = (json) => {
  let it;
  try { it = JSON.parse(json); } catch { /* it is none */ }
  return typeof it === 'object' ? it : null;
};

/** The UUID in lower case, or undefined if it is none. */
export const parseUUID = (text) => (uuid.test(text) && text.length === 36 ? text.toLowerCase() : undefined);

/** {uuid, link, pushed, image, matrix, socket} of the platform's create response, or undefined if what is shown of it
 *  is not safe. Of the code's forms only the first is there, and the socket only if it may be dialed. The code's level
 *  of error correction, m, q or h, is a wish. */
export function parseCreated(created, allowed = '', level = '') {
  const id = parseUUID(created?.uuid);
  const { next, refs, pushed } = created ?? {};
  const [link, code] = [next?.always, refs?.qr_png || refs?.qr_matrix || ''];
  const origins = [...xaman, ...allowed.split(/\s+/).filter((text) => origin.test(text))];
  if (!id || !safe(link, id, origins) || (code && !safe(code, id, origins))) return undefined;
  const wished = [refs?.qr_uri_quality_opts].flat().includes(level);
  const url = wished ? code.replace(/_[mqh](\.[a-z]+)$/, `_${level}$1`) : code;
  const socket = [refs?.websocket_status].find((it) => safe(it, id, origins.map((text) => text.replace('http', 'ws'))));
  return { uuid: id, link, pushed: pushed === true, [refs?.qr_png ? 'image' : 'matrix']: url, socket };
}

/** What parseCreated returns for a backend's answer {status, text}, if it is about that request and one that can still
 *  be opened on a phone: nobody is shown the code of one that is over. */
export function parseAnswer({ status, text }, { uuid: wanted, allowed, level, opened }) {
  const answer = parsed(text);
  const { status: state, verdict, expires_in: left } = answer ?? {};
  const open = status >= 200 && status < 300 && verdict === 'none' && !(left <= 0 && left !== null);
  if (!open || !(state === 'pending' || (opened && state === 'opened'))) return undefined;
  const created = parseCreated(answer.payload, `${allowed} ${answer.platform}`, level);
  const same = created?.uuid === parseUUID(answer.uuid) && created?.uuid === (parseUUID(wanted) ?? created?.uuid);
  return same ? created : undefined;
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
