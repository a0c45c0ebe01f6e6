// Where the backend is, as this server reaches it. Browsers ask it under this site's own origin, see proxy.ts.
export const backend = process.env.BACKEND ?? 'http://127.0.0.1:8080';

// The headers of a call for the backend. Of a page of this site it need not hear the origin: it sees another host than
// browsers do, and would take the page for a foreign one. Without TLS, browsers say nothing else of where a call is from.
export function passedOn(headers: Headers) {
  const passed = new Headers(headers);
  if (headers.get('Origin')?.split('://').at(-1) === headers.get('Host')) passed.delete('Origin');
  return passed;
}
