// Package subscribe follows one payload until its outcome is known: it listens on the status socket, asks the site's
// backend where the socket's word is not enough, and folds both into a [payload.State].
//
// The socket replays nothing. What happened while nobody listened is lost to it, and a payload that was resolved
// meanwhile looks expired. The backend is therefore asked after every connect, whenever the socket reports an outcome
// or an expiry, and from time to time while there is no socket. Anybody may speak on it, too: what is new is asked at
// once, and what is said again and again less and less often. How often, and when, is decided by schedule.go,
// with the delays of policy.go.
//
// Make a [Subscription] with [New] and call [Subscription.Run]; [Retry] asks the backend for what is to be followed.
//
// It does not touch the page and knows no JavaScript: dialing and asking are functions that the caller brings.
package subscribe
