//go:build !js

package main

import (
	"go/types"
	"os"
	"slices"
	"strings"
	"testing"
)

// The runtime for browsers may overlook a timer that was moved forward; package subscribe has the case.
func TestTimersAreNotReset(t *testing.T) {
	p := loadProgram(t)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	stopped := false
	for name, used := range p.info.Uses {
		at := p.fset.Position(name.Pos())
		f, ok := used.(*types.Func)
		if !ok || !strings.HasPrefix(at.Filename, here) {
			continue
		}
		if slices.Contains([]string{"(*time.Timer).Reset", "(*time.Ticker).Reset"}, f.FullName()) {
			t.Errorf("%s: rule: what is due at another time gets another timer", at)
		}
		stopped = stopped || f.FullName() == "(*time.Timer).Stop"
	}
	if !stopped {
		t.Error("found no timer that is stopped, so that this test sees nothing")
	}
}
