import 'xaman-live';
import 'xaman-live/fallback.css';
import './style.css';

const signIn = document.querySelector('form');
const done = document.querySelector('#done');
const card = document.querySelector('xaman-sign-request'); // from the shop's server, if there is something to sign
signIn.hidden = !!card;

// A key lasts for a day or so. With another one, the same card goes on.
card?.addEventListener('xaman-error', async ({ detail }) => {
  if (detail.code !== 'view-key-expired') return;
  const answer = await fetch(`${location.pathname}/key`);
  if (answer.ok) card.viewKey = await answer.json();
});

// Who is signed in is known by the server. The page only says so.
card?.addEventListener('xaman-settled', ({ detail }) => {
  done.hidden = detail.phase !== 'verified';
  done.textContent = `Welcome, ${detail.account}.`;
});
