#!/bin/sh
# A program's calls, one after the other: PRIVATE is the server's private address, KEY one of its keys.
set -eu

# snippet: call
call() {
	curl -sS -H "Authorization: Bearer $KEY" "$@"
}
# end

# snippet: order
call "$PRIVATE/api/orders" -H 'Idempotency-Key: order-117' -d '{
  "txjson": {
    "TransactionType": "Payment",
    "Destination": "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe",
    "Amount": "2500000"
  },
  "options": { "expire": 10 },
  "custom_meta": { "instruction": "Two coffees" },
  "reference": "order 117"
}' >order.json
# end

uuid=$(sed 's/^{"uuid":"\([^"]*\)".*/\1/' order.json)
pay "$uuid"

# snippet: status
call "$PRIVATE/api/orders/$uuid"
# end

# snippet: reference
call "$PRIVATE/api/orders?reference=order+117"
# end

# snippet: view
call "$PRIVATE/api/orders/$uuid/view-keys" -d '{"expires_in": 3600}'
# end

# snippet: cancel
call -X DELETE "$PRIVATE/api/orders/$uuid"
# end

# snippet: deliveries
call "$PRIVATE/api/deliveries?order=$uuid"
# end
