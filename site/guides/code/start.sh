# snippet: serve
./build.sh serve
# end
