#!/bin/sh
# Everything there is to do with this project; `./build.sh help` lists it.
set -eu
cd -- "$(dirname "$0")"

out=.build     # what is made along the way
# What runs a test binary in a browser, with its memory written as that of what ships.
run="sh -c '$PWD/$out/segments \"\$1\" \"\$1\" && GOROOT=$PWD/$out/goroot exec $PWD/$out/wasmbrowsertest \"\$@\"' run"
budget=700000  # bytes that the program may cost on the wire, as brotli
rest=15000     # and everything else that a page with the element loads
staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.7.0
eslint=eslint@10.15.0
axe=axe-core@4.14.1
# Packages without goroutines, for which the race detector would take its time and find nothing.
sequential='/(devserver/(config|guides|openapi|overlay|publish|release|sandbox/engine|segments|size|strictjson|verify)|wasm/(decimal|payload|qr|view))$'
frameworks='typescript@7.0.2 @types/react@19.3.0 react@19.3.1 react-dom@19.3.1 preact@11.2.0 vue@3.5.45 svelte@5.57.3'
sdk=xumm-sdk@1.11.2
express=express@5.3.0
peers="$sdk lean-qr@2.7.4 qrcode-generator@2.0.4 verify-xrpl-signature@9.0.0" # what bench compares with

help() {
	cat <<-'TEXT'
		./build.sh serve [flags]  start the demo site with its offline platform, and print the URL to open, and a call
		                          with which programs order
		./build.sh test           run every test: native, in a headless browser, end to end
		./build.sh build          make the site, in site/dist, and print what it costs on the wire
		./build.sh release [-check] [os/arch ...]
		                          make what others install, in .build/release: the npm package, a folder for any web
		                          server, and the server for these targets or for all; with -check, make it of the last
		                          commit in two places, and compare all bytes
		./build.sh lint           format, vet and static checks, for both targets and for the JavaScript
		./build.sh size           print what weighs what in the program, by package
		./build.sh bench          run the benchmarks, and print what things cost beside others that do the same
		./build.sh pictures       take pictures of every card and page, in .build/pictures, with a sheet for each group
		./build.sh animation      make the moving pictures of the card that the README shows, in .github
		./build.sh mutate PACKAGE [flags]
		                          change the package's source in one place at a time, and print what its tests do not
		                          notice; -help lists the flags
	TEXT
}

die() {
	echo "build.sh: $*" >&2
	exit 1
}

# The browser's builds do with stand-ins of some packages, see wasm/standin.
overlay() {
	go run ./devserver/overlay "$(go env GOROOT)" wasm/standin >"$out/overlay.json"
	go run ./devserver/overlay -test "$(go env GOROOT)" wasm/standin >"$out/overlay-test.json"
}

# insert writes the file $3 with the file $2 in place of the comment $1.
insert() {
	sed -e "\\|^ *// $1\$|{" -e "r $2" -e d -e '}' "$3"
}

# The test runner takes its loader from the toolchain's folder, as a script. It gets what ships.
toolchain() {
	mkdir -p "$out/goroot/lib/wasm"
	sed 's/^export default /const exec = /' "$out/exec.js" >"$out/script.js"
	insert site/exec.js "$out/script.js" wasm/browser/testdata/runner.js >"$out/runner.js"
	sed 's/^export //' site/runtime.js >"$out/script.js"
	insert site/runtime.js "$out/script.js" "$out/runner.js" >"$out/goroot/lib/wasm/wasm_exec.js"
}

# Inlining would cost 84 kB on the wire. The 3 kB of it that matter are in the program: codes take half the time, and a
# call of the page keeps its arguments on the stack. What Go would stamp in of the repository makes a clone and an
# archive of the same files build different bytes. An address of the heap that nobody can guess takes 2 kB, and protects
# nothing in a memory that begins at 0. The collector that reads memory in larger pieces takes 8 kB, and gains nothing in
# a heap this small.
build() {
	mkdir -p "$out"
	overlay
	insert lib/wasm/wasm_exec.js "$(go env GOROOT)/lib/wasm/wasm_exec.js" site/exec.js >"$out/exec.js"
	GOEXPERIMENT=norandomizedheapbase64,nogreenteagc GOOS=js GOARCH=wasm \
		go build -buildvcs=false -overlay="$out/overlay.json" -gcflags=all=-l \
		-gcflags=syscall/js= -gcflags=github.com/skip2/go-qrcode/...= -gcflags=github.com/xaman-live/xaman-live/wasm/qr= \
		-trimpath -ldflags='-s -w' -o "$out/linked.wasm" ./wasm
	go run ./devserver/segments "$out/linked.wasm" "$out/program.wasm"
	go run ./devserver/release program "$out/program.wasm" >"$out/program.js"
	publish -program "$budget" -element "$rest" site site/dist
}

# release makes the server for all targets, or for those that are named.
release() {
	if [ "${1-}" = -check ]; then
		shift
		reproduce "$@"
		return
	fi
	build
	package
	go run ./devserver/release all site/dist "$out/release" "$@"
}

# reproduce makes the release in a clone, and in what an archive has, where every path is another one.
reproduce() {
	rm -rf "$out/copies"
	mkdir -p "$out/copies/of/an/archive"
	git clone -q . "$out/copies/clone"
	git archive HEAD | tar -x -C "$out/copies/of/an/archive"
	(cd "$out/copies/clone" && ./build.sh release "$@" >/dev/null) &
	clone=$!
	(cd "$out/copies/of/an/archive" && ./build.sh release "$@" >/dev/null) || die 'an archive cannot be released'
	wait "$clone" || die 'a clone cannot be released'
	diff -r "$out/copies/clone/$out/release" "$out/copies/of/an/archive/$out/release" ||
		die 'a clone and an archive made other bytes'
	echo "build.sh: a clone and an archive made the same release, $(du -sk "$out/copies/clone/$out/release" | cut -f1) kB"
	rm -rf "$out/copies"
}

# package makes the npm package of what was built.
package() {
	rm -rf "$out/release"
	publish -package site "$out/release/npm"
	go run ./devserver/release npm "$out/release"
}

publish() {
	go run ./devserver/publish "$@" \
		"exec.js=$out/exec.js" "program.js=$out/program.js" "xaman-sign-request.wasm=$out/program.wasm"
}

# The server is started without a child process in between, so that it gets the signals meant for it.
serve() {
	build
	go build -buildvcs=false -o "$out/devserver" ./devserver
	if [ -z "${XAMAN_API_KEY-}" ] || [ -n "${XAMAN_LIVE_KEY-}" ]; then # else there is no key to order with
		set -- -private-addr 127.0.0.1:8082 "$@"
	fi
	exec "$out/devserver" "$@"
}

# install_packages does so where it may.
install_packages() {
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
	echo "installing $* for the tests"
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
}

# browser makes sure that there is one for the tests.
browser() {
	for name in google-chrome chromium chromium-browser headless-shell; do
		if command -v "$name" >/dev/null; then return; fi
	done
	install_packages chromium ||
		die 'the tests need a browser: install Chromium or Google Chrome (Debian: sudo apt-get install chromium) and try again'
}

# engines makes sure of what each browser engine needs. Without it the journeys there are not run, except where changes
# are judged.
engines() {
	missing=
	engine chromium chromium-driver chromedriver
	engine firefox firefox-esr firefox-esr firefox
	engine webkit webkit2gtk-driver WebKitWebDriver
	engine webkit xvfb Xvfb
}

# engine takes an engine, the package it needs, and the names under which what that brings may be there.
engine() {
	name=$1 package=$2
	shift 2
	for program; do
		if command -v "$program" >/dev/null; then return; fi
	done
	install_packages "$package" && return
	[ -z "${CI-}" ] || die "there is no $1, which the journeys in $name need (Debian: sudo apt-get install $package)"
	missing="$missing
build.sh: the journeys in $name were NOT run: there is no $1 (Debian: sudo apt-get install $package)"
	skip="${skip:+$skip|}^TestEndToEndEngines\$/^$name\$"
}

# programs makes sure of what runs the programs that the guides show in other languages. Without it they are not run,
# except where changes are judged.
programs() {
	language node nodejs node
	language python python3 python3
	language php php-cli php
	export XUMM_SDK="$PWD/$out/xumm-sdk"
	fetch_packages "$XUMM_SDK" "$sdk" "$express" ||
		leave_out "what the guides show with $sdk was" npm '^TestEndToEndSubscribe$|^TestEndToEndConform(Late|Down)?$/^node$'
	command -v node >/dev/null || leave_out "the workflow of the guides was" node '^TestEndToEndWorkflow$'
}

# database makes sure of PostgreSQL, of which the tests start servers of their own. Without it the record there is not
# tested, except where changes are judged.
database() {
	for program in "$(command -v initdb)" /usr/lib/postgresql/*/bin/initdb; do
		if [ -x "$program" ]; then postgres=-tags=postgres && return; fi
	done
	if install_packages postgresql; then postgres=-tags=postgres && return; fi
	leave_out 'the record in PostgreSQL was' 'PostgreSQL (Debian: sudo apt-get install postgresql)' '^TestEndToEndPostgres'
}

# language takes the name of a language, the package it needs, and its program.
language() {
	command -v "$3" >/dev/null || install_packages "$2" ||
		leave_out "the guides' programs in $1 were" "$3 (Debian: sudo apt-get install $2)" \
			"^TestEndToEnd((Beside|Conform)(Late|Down)?|(Webhooks|Callbacks)Elsewhere)\$/^$1\$"
}

# leave_out takes what is not run, what it needs, and the tests, as the test runner selects them.
leave_out() {
	[ -z "${CI-}" ] || die "there is no $2, without which $1 not run"
	missing="$missing
build.sh: $1 NOT run: there is no $2"
	skip="${skip:+$skip|}$3"
}

# examples builds the applications of site/examples as whoever copies them does, with the npm package as it is packed.
# What else they need stays installed. Without npm only the plain page is tried, except where changes are judged.
examples() {
	package
	packed=$(echo "$PWD/$out"/release/xaman-live-*.tgz)
	copy plain
	mkdir "$copied/xaman"
	tar -xzf "$packed" --strip-components=1 -C "$copied/xaman"
	for name in react next vue svelte other-origin; do
		copy "$name"
		if ! (cd "$copied" && npm install --silent --no-audit --no-fund --no-save --ignore-scripts --prefer-offline "$packed"); then
			[ -z "${CI-}" ] || die "npm did not install what site/examples/$name needs"
			missing="$missing
build.sh: the example applications were NOT run: that needs npm"
			skip="${skip:+$skip|}^TestEndToEndExamples"
			return
		fi
		log=$(cd "$copied" && NEXT_TELEMETRY_DISABLED=1 npm run build 2>&1) || die "site/examples/$name cannot be built: $log"
	done
}

# copy makes a copy of an application without what was built there before, but with what is installed.
copy() {
	copied=$out/examples/$1
	mkdir -p "$copied"
	find "$copied" -mindepth 1 -maxdepth 1 ! -name node_modules -exec rm -rf {} +
	cp -R "site/examples/$1/." "$copied"
}

# bundlers builds a page that has the element from the npm package, with each of them.
bundlers() {
	made=$out/bundlers
	mkdir -p "$made"
	cp devserver/e2e/testdata/bundlers/* site/icon.svg "$made"
	if ! (cd "$made" && npm install --silent --no-audit --no-fund --no-save --no-package-lock "$packed"); then
		[ -z "${CI-}" ] || die 'npm did not install the bundlers'
		missing="$missing
build.sh: the bundlers were NOT tried: that needs npm"
		skip="${skip:+$skip|}^TestEndToEndBundlers\$"
		return
	fi
	for name in vite webpack rollup esbuild; do
		log=$(cd "$made" && node build.mjs "$name" "out/$name" 2>&1) || die "$name cannot build a page: $log"
	done
}

# reproducible makes the npm package, the folder for web servers and the server for this machine here, and of a copy of
# the sources under another path, and compares all bytes. `release -check` does so for all targets.
reproducible() {
	target=$(go env GOOS)/$(go env GOARCH)
	there=$out/copy/of/the/sources
	rm -rf "$there"
	mkdir -p "$there"
	tar -c --exclude="./$out" --exclude=./.git --exclude=./.data --exclude=./site/dist . | tar -x -C "$there"
	(cd "$there" && ./build.sh release "$target" >/dev/null) &
	copy=$!
	package
	go run ./devserver/release all site/dist "$out/release" "$target"
	wait "$copy" || die 'a copy cannot be released'
	diff -r "$out/release" "$there/$out/release" || die 'a copy made other bytes'
	rm -rf "$out/copy"
}

# in_browser runs go test for the browser's target. The runner hands its environment to the page, which has little room.
in_browser() {
	env -i PATH="$PATH" HOME="$HOME" GOOS=js GOARCH=wasm GOFLAGS="-overlay=$PWD/$out/overlay-test.json" \
		go test -exec="$run" "$@"
}

runner() {
	browser
	toolchain
	go build -buildvcs=false -o "$out/" ./devserver/segments github.com/agnivade/wasmbrowsertest
}

# rules fetches those by which the tests judge the accessibility of pages. Without them it goes untested, except where
# changes are judged.
rules() {
	export AXE="$PWD/$out/$axe/node_modules/axe-core/axe.min.js"
	skip=
	if [ ! -f "$AXE" ] && ! npm install --silent --no-audit --no-fund --no-save --prefix "$out/$axe" "$axe"; then
		[ -z "${CI-}" ] || die "npm did not install $axe, which the tests of accessibility need"
		skip='^TestEndToEndAxe'
	fi
}

# install_frameworks fetches what the element and its types are tried with. Without npm, and with it Node, they are not,
# except where changes are judged.
install_frameworks() {
	export FRAMEWORKS="$PWD/$out/frameworks/node_modules"
	# shellcheck disable=SC2086 # one argument each
	if ! fetch_packages "$out/frameworks" $frameworks; then
		[ -z "${CI-}" ] || die 'npm did not install the frameworks that the element is tried with'
		missing="$missing
build.sh: the element in frameworks and in Node, and its types, were NOT tested: that needs npm"
		skip="${skip:+$skip|}^TestEndToEndTypes|^TestEndToEndFrameworks|^TestEndToEndImportedInNode"
	fi
}

# fetch_packages has npm install packages in a folder, unless it has them in these versions.
fetch_packages() {
	folder=$1
	shift
	[ "$(cat "$folder/versions" 2>/dev/null)" != "$*" ] || return 0
	npm install --silent --no-audit --no-fund --no-save --prefix "$folder" "$@" && echo "$*" >"$folder/versions"
}

# test ends with what the test runner says, and with what it was not asked.
tests() {
	build
	runner
	rules
	engines
	programs
	database
	examples
	bundlers
	install_frameworks
	reproducible
	go test $(go list ./... | grep -E "$sequential")
	# Some of these wait now and then, so that there may be more of them than processors.
	go test -race -p=4 ${postgres-} $(go list ./... | grep -vE "$sequential")
	go test ./wasm/subscribe -run='^TestModel$' -model.runs=100000 & # has one processor busy, the browser the other
	model=$!
	in_browser ./wasm/card ./wasm/subscribe
	BROWSER_TEST_GOFLAGS="-overlay=$PWD/$out/overlay-test.json" BROWSER_TEST_RUNNER="$run" \
		go test -tags=browser -run='^TestInBrowser$' ./wasm ./wasm/socket
	wait "$model"
	# Journeys wait now and then, so that there may be more of them than processors.
	go test -tags=e2e -timeout=20m -parallel=6 -run='^TestEndToEnd' -skip="$skip" ./devserver/e2e
	[ -f "$AXE" ] || echo 'build.sh: accessibility was NOT tested: that needs npm' >&2
	[ -z "$missing" ] || echo "$missing" >&2
}

lint() {
	unformatted=$(gofmt -l wasm devserver)
	[ -z "$unformatted" ] || die "not formatted: $unformatted"
	go mod tidy -diff
	go mod verify
	go vet -tags=browser,e2e,pictures,bench,postgres ./...
	GOOS=js GOARCH=wasm go vet ./wasm/...
	mkdir -p "$out"
	GOBIN=$PWD/$out go install "$staticcheck"
	"$out/staticcheck" -tags=browser,e2e,pictures,bench,postgres ./...
	GOOS=js GOARCH=wasm "$out/staticcheck" ./wasm/...
	javascript
}

# Without npm the JavaScript goes unchecked, except where changes are judged.
javascript() {
	if ! command -v npm >/dev/null; then
		[ -z "${CI-}" ] || die 'there is no npm, which the check of the JavaScript needs'
		echo 'build.sh: the JavaScript was NOT checked: that needs npm' >&2
		return
	fi
	[ -d "$out/$eslint" ] || npm install --silent --no-audit --no-fund --no-save --prefix "$out/$eslint" "$eslint"
	"$out/$eslint/node_modules/.bin/eslint" --config .ci/eslint.config.mjs site/*.js
}

# compared fetches the packages that do the same, in the versions that were compared.
compared() {
	# shellcheck disable=SC2086 # one argument each
	fetch_packages "$out/peers" $peers || die 'npm did not install what the benchmarks compare with'
}

# What times say depends on the machine, and on what else runs on it: the table is printed, and nothing fails for it.
bench() {
	build
	runner
	compared
	go test -run='^$' -bench=. -benchmem ./...
	in_browser -run='^$' -bench=. ./wasm/browser
	rm -f "$out/bench.txt"
	go test -tags=e2e,bench -count=1 -timeout=30m -run='^TestBench$' ./devserver/e2e || failed=1
	cat "$out/bench.txt"
	[ -z "${failed-}" ] || die 'something could not be measured'
}

size() {
	build
	go run ./devserver/size -budget "$budget" "$out/program.wasm"
}

pictures() {
	build
	browser
	rm -rf "$out/pictures"
	go test -tags=e2e,pictures -count=1 -timeout=15m -run='^TestPictures$' ./devserver/e2e
	ls -d "$PWD/$out/pictures"/*.png
}

animation() {
	build
	browser
	go test -tags=e2e,pictures -count=1 -run='^TestAnimation$' ./devserver/e2e
}

mutate() {
	mkdir -p "$out"
	go build -o "$out/mutate" ./devserver/mutate
	exec "$out/mutate" "$@"
}

verb=${1:-help}
[ $# -eq 0 ] || shift
case $verb in
help | build | release | size | lint | bench | pictures | animation | serve | test | mutate) ;;
*) help >&2; die "there is no $verb" ;;
esac
case $verb in
serve | mutate | release) ;;
*) [ $# -eq 0 ] || die "$verb takes no arguments" ;;
esac
case $verb in
test) tests ;;
*) "$verb" "$@" ;;
esac
