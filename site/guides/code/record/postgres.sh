# snippet: start
createuser shop
createdb --owner=shop orders
xaman-live -record postgres://shop@db.example/orders -origin https://shop.example
# end
