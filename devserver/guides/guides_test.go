package guides

import (
	"os"
	"testing"
)

func TestMakeTheGuides(t *testing.T) {
	files, err := Make(os.DirFS("../.."), "site")
	if err != nil {
		t.Fatal(err)
	}
	t.Log(len(files))
}
