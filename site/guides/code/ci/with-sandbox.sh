#!/bin/sh
# Runs a command beside a dev server and its sandbox: sh with-sandbox.sh npm test
# The command finds their addresses in BACKEND and SANDBOX. It gets no input.
set -eu
data=$(mktemp -d)
# With the credentials of a job, the server would use the real platform.
env -u XAMAN_API_KEY -u XAMAN_API_SECRET -u XAMAN_LIVE_KEY \
	"${XAMAN_LIVE:-./xaman-live}" -addr 127.0.0.1:0 -sandbox-addr 127.0.0.1:0 -site "$data" -data "$data" \
	>"$data/out" 2>"$data/log" &
server=$!
command=
trap 'kill $command "$server" 2>/dev/null || true; wait; rm -r "$data"' EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM
until grep -qs '^Sandbox' "$data/out"; do
	kill -0 "$server" 2>/dev/null || { cat "$data/log"; exit 1; }
	sleep 0.1
done
BACKEND=$(sed -n 's,^Open \(.*\)/$,\1,p' "$data/out")
SANDBOX=$(sed -n 's,^Sandbox \([^ ]*\)/ .*,\1,p' "$data/out")
export BACKEND SANDBOX
"$@" & # a shell hears no signal while it waits for a command that is not in the background
command=$!
wait "$command"
