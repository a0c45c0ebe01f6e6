import 'xaman-live';
import 'xaman-live/fallback.css';
import './style.css';

const signIn = document.querySelector('#sign-in');
const done = document.querySelector('#done');
const card = document.querySelector('xaman-sign-request');

// Nothing is asked for before this: `demo` names an offer of the backend, `uuid` a request that it has made.
function show(attribute, value) {
  card.setAttribute(attribute, value);
  card.parentElement.hidden = false;
  signIn.hidden = true;
}

signIn.addEventListener('click', () => show('demo', 'sign-in'));

// The address names the request: after a reload it is shown again, not made again.
const request = new URLSearchParams(location.search).get('request');
if (request) show('uuid', request);
card.addEventListener('xaman-change', ({ detail }) => {
  if (detail.uuid) history.replaceState(null, '', `?request=${detail.uuid}`);
});

// Who is signed in is known by the server. The page only says so.
card.addEventListener('xaman-settled', ({ detail }) => {
  done.hidden = detail.phase !== 'verified';
  done.textContent = `Welcome, ${detail.account}.`;
});
