// The content policy of a page with the element, for one's own hosts. The rules are those of contentPolicy in
// devserver/site.go, which testdata/policies.json there holds together.
const xaman = ['https://xumm.app', 'https://xaman.app'];
const icons = 'https://xumm-cdn.imgix.net'; // of applications, which the phone shows beside their names

/** Origins, '' where there is none of the kind: of the element's files and of the backend if they are not the page's
 *  own, and of a test platform, whose phone the page may show. */
export function policy({ files, backend, platform, phone }) {
  const platforms = [platform, ...xaman].filter(Boolean);
  const simulated = phone ? platform : '';
  const sockets = platforms.map((origin) => origin.replace(/^http/, 'ws'));
  const list = (...sources) => sources.filter(Boolean).join(' ');
  return [
    "default-src 'none'",
    list("script-src 'self'", files, "'wasm-unsafe-eval'"),
    list("style-src 'self'", files),
    list("img-src 'self'", ...platforms, !simulated && icons),
    list("connect-src 'self'", files, backend !== files && backend, ...sockets, simulated),
    `frame-src ${simulated || "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** The origin of what somebody has typed: '' if it is nothing, null if it is no origin. */
function originOf(typed) {
  if (!typed) return '';
  const url = URL.canParse(typed) ? new URL(typed) : null;
  return url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash ? url.origin : null;
}

/** Has a form say the policy for what is in its fields. */
export function showPolicy(form, output) {
  const show = () => {
    const hosts = { phone: form.elements.phone.checked };
    for (const name of ['files', 'backend', 'platform']) {
      const field = form.elements[name];
      hosts[name] = originOf(field.value.trim());
      field.setCustomValidity(hosts[name] === null ? 'An origin, as in https://shop.example' : '');
    }
    const wrong = Object.values(hosts).includes(null);
    output.textContent = wrong ? 'One of the fields is not an origin, as in https://shop.example' : policy(hosts);
  };
  form.hidden = false;
  form.addEventListener('input', show);
  form.addEventListener('submit', (event) => event.preventDefault());
  show();
}
