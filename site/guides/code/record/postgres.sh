# snippet: start
createuser shop
createdb --owner=shop orders
devserver -record postgres://shop@db.example/orders -origin https://shop.example
# end
