import { backend, passedOn } from '../../backend';

// Makes the request and leads to its page, also where there is no JavaScript.
export async function POST(request: Request) {
  const headers = new Headers({ 'Content-Type': 'application/json' });
  const passed = passedOn(request.headers);
  // The visitor's session, and what tells the backend that no other site has sent this form.
  for (const name of ['Cookie', 'Origin', 'Sec-Fetch-Site']) {
    const value = passed.get(name);
    if (value) headers.set(name, value);
  }
  const answer = await fetch(`${backend}/api/sign-requests`, {
    method: 'POST', headers, body: JSON.stringify({ demo: 'pay' }), cache: 'no-store',
  });
  if (!answer.ok) return new Response('The payment cannot be asked for at the moment.', { status: answer.status });
  const { uuid, payload, platform } = await answer.json();
  const page = `/pay/${uuid}`;
  const shown = encodeURIComponent(JSON.stringify({ payload, platform }));
  const result = new Headers({ Location: page });
  for (const cookie of answer.headers.getSetCookie()) result.append('Set-Cookie', cookie);
  // For the page to be written with link and code. A shop would keep it with the order.
  result.append('Set-Cookie', `request=${shown}; Path=${page}; Max-Age=3600; HttpOnly; SameSite=Lax`);
  return new Response(null, { status: 303, headers: result });
}
