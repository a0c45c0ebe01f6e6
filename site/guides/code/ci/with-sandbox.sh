#!/bin/sh
# Runs a command beside a dev server and its sandbox: sh with-sandbox.sh npm test
# The command finds their addresses in BACKEND and SANDBOX.
set -eu
data=$(mktemp -d)
"${XAMAN_LIVE:-./xaman-live}" -addr 127.0.0.1:0 -sandbox-addr 127.0.0.1:0 -site "$data" -data "$data" \
	>"$data/out" 2>"$data/log" &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" || true; rm -r "$data"' EXIT
until grep -q '^Sandbox' "$data/out"; do
	kill -0 "$server" 2>/dev/null || { cat "$data/log"; exit 1; }
	sleep 0.1
done
BACKEND=$(sed -n 's,^Open \(.*\)/$,\1,p' "$data/out")
SANDBOX=$(sed -n 's,^Sandbox \([^ ]*\)/ .*,\1,p' "$data/out")
export BACKEND SANDBOX
"$@"
