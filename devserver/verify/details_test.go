package verify

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/Peersyst/xrpl-go/binary-codec/definitions"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// A page has a sentence for each code of the contract: none is missing in the list, and none is there that no check
// has.
func TestEveryDetailOfTheContractIsInUse(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var checks string
	for _, name := range names {
		if !strings.HasSuffix(name, "_test.go") {
			checks += read(t, name)
		}
	}
	declared := regexp.MustCompile(`(?m)^\t(\w+) +Detail = "(.*?)"`).
		FindAllStringSubmatch(read(t, "../../wasm/api/details.go"), -1)
	var codes []api.Detail
	for _, d := range declared {
		name, code := d[1], d[2]
		codes = append(codes, api.Detail(code))
		if !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(code) ||
			!strings.EqualFold(strings.ReplaceAll(code, "-", ""), name) {
			t.Errorf("the code of %s is %q", name, code)
		}
		if !regexp.MustCompile(`api\.` + name + `\b`).MatchString(checks) {
			t.Errorf("no check has the code %s", code)
		}
	}
	if !slices.Equal(api.Details, codes) || len(codes) == 0 {
		t.Errorf("got the list\n%q, want all codes as they are declared\n%q", api.Details, codes)
	}
}

// Nobody is asked to sign what the card has no words for.
func TestEveryTransactionHasASentence(t *testing.T) {
	texts := read(t, "../../wasm/view/english.json")
	for kind := range definitions.Get().TransactionTypes {
		if supported(kind) && !strings.Contains(texts, `"type.`+kind+`": "`) {
			t.Errorf("no text says what a %s is", kind)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
