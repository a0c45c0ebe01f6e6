const pay = document.querySelector('#pay');
const done = document.querySelector('#done');
const card = document.querySelector('xaman-sign-request');

// Nothing is asked for before this: `demo` names an offer of the backend, `uuid` a request that it has made.
function show(attribute, value) {
  card.setAttribute(attribute, value);
  card.parentElement.hidden = false;
  pay.hidden = true;
}

pay.addEventListener('click', () => show('demo', 'pay'));

// The address names the request: after a reload, or when the wallet leads back, it is shown again, not made again.
const request = new URLSearchParams(location.search).get('request');
if (request) show('uuid', request);
card.addEventListener('xaman-change', ({ detail }) => {
  if (detail.uuid) history.replaceState(null, '', `?request=${detail.uuid}`);
});

// What has been paid for is handed out by the server, which knows. The page only says so.
card.addEventListener('xaman-settled', ({ detail }) => {
  done.hidden = detail.phase !== 'verified';
  done.textContent = `Paid by ${detail.account}. Your coffees are on their way.`;
});
