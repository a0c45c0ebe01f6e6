// Package orders is how a program in any language works with a [backend.Backend] that runs beside it: it orders sign
// requests of its own, hears what has become of them, and lets its visitors see them.
//
//	POST   /api/orders                          an order                  201, 200 if it was made before
//	GET    /api/orders?reference=…              the last of a reference   200
//	GET    /api/orders/{uuid}                   what has become of one    200
//	DELETE /api/orders/{uuid}                   cancel it                 200
//	POST   /api/orders/{uuid}/view-keys         {"expires_in":3600}       201
//	GET    /api/deliveries?order=…&after=…      what callbacks were told  200
//	GET    /api/deliveries/{id}                 one, with its body        200
//	POST   /api/deliveries/{id}/retry           tell it once more         202
//
// Whoever may call may ask anybody for any transaction in the site's name, so the calls are for an address of their
// own, which no browser reaches, and each shows a key:
//
//	Authorization: Bearer …
//
// An order says what is to be signed, as the platform's own POST does, or names an offer of the site:
//
//	{"txjson":{"TransactionType":"Payment",…},"options":{"expire":10},"custom_meta":{"instruction":"Two coffees"},
//	 "reference":"order 117"}
//	{"offer":"coffee","reference":"order 117"}
//
// The answer has a view key, and the element with it as HTML, for the one visitor who is to see the request. With the
// header Idempotency-Key an order may be sent again, and is made once. A program that has made the payload itself, with
// the vendor's SDK, sends the platform's answer along as "created": then nothing is made but the order.
//
// Failures are those of package api, and some more: see [BadOrder] and its neighbours. Bodies are JSON, in which no
// object has a key twice, and what is not known is refused.
package orders
