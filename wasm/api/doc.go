// Package api is the contract between the page and the site's backend. Any server in any language can implement it:
//
//	GET    {base}/sign-requests                              200 Offers
//	POST   {base}/sign-requests         {"demo":"sign-in"}   201 SignRequest
//	GET    {base}/sign-requests/{uuid}                       200 SignRequest
//	DELETE {base}/sign-requests/{uuid}                       200 Cancellation
//
// A POST for an offer that lets the visitor choose what to pay says that too: {"demo":"donation","amount":"5"}. A POST
// may be repeated: with the same value of the header Idempotency-Key it makes one request. An answer is about the
// request that was asked for, has no key twice, and does not contradict itself: a verified one has every check of
// [Checks] once, each passed, or skipped where it does not apply; an unverified one has a check that failed. What is
// not so is an error of code bad-answer, as is any page that does not come from a backend.
//
// A backend knows by cookies who made a request. Where none reaches it, a GET or a DELETE of one request may carry a
// key to it instead, in the header [ViewKey]: then it is judged by the key alone.
//
// A check says by a code why it has its outcome, see [Detail], and in an English sentence, for developers. What is
// shown of an answer is at most 4 KiB a text, and 100 of a kind. An icon has to be an https: URL, or else is not shown.
//
// A page calls a backend through a [Client].
//
// The page never calls a fifth path, which the platform does: POST {base}/webhook, signed over its raw body. What a
// webhook brings, the page hears of by the second GET.
//
// Bodies are JSON in UTF-8. Failures answer a status of 400 or more with
//
//	{"error":{"code":"not-found","message":"There is no such sign request."}}
//
// A browser may ask for a status often, and many browsers for the same one: the backend answers from memory where it
// can and limits its own calls to the platform.
//
// Bodies are written by encoding/json and read without it, which keeps it out of the browser's download.
package api
