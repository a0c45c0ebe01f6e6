package broken

import "testing"

func TestYes(t *testing.T) {
	if Yes() {
		t.Error("as it should")
	}
}
