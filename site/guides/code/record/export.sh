# snippet: export
xaman-live export -data /var/lib/xaman-live > orders.jsonl
xaman-live export -record postgres://shop@db.example/orders > orders.jsonl
# end
