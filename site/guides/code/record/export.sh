# snippet: export
devserver export -data /var/lib/xaman-live > orders.jsonl
devserver export -record postgres://shop@db.example/orders > orders.jsonl
# end
