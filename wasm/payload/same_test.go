package payload_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Every fact makes a difference, and when it was learned makes none.
func TestSame(t *testing.T) {
	times := []string{"GoneAt", "AnnouncedAt", "AnsweredAt", "SigningAt", "ExpiresIn"}
	var change func(v reflect.Value, name string, check func(name string))
	change = func(v reflect.Value, name string, check func(string)) {
		old := reflect.New(v.Type()).Elem()
		old.Set(v)
		switch v.Kind() {
		case reflect.String:
			v.SetString("x")
		case reflect.Bool:
			v.SetBool(true)
		case reflect.Int:
			v.SetInt(1)
		case reflect.Pointer:
			v.Set(reflect.New(v.Type().Elem()))
		case reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		case reflect.Struct:
			if v.Type() != reflect.TypeFor[time.Time]() {
				for i := range v.NumField() {
					change(v.Field(i), v.Type().Field(i).Name, check)
				}
				return
			}
			v.Set(reflect.ValueOf(time.Unix(1e9, 0)))
		default:
			t.Fatalf("%s is a %s", name, v.Kind())
		}
		check(name)
		v.Set(old)
	}
	var state payload.State
	change(reflect.ValueOf(&state).Elem(), "State", func(name string) {
		if got, want := state.Same(&payload.State{}), slices.Contains(times, name); got != want {
			t.Errorf("with another %s: got same %t, want %t", name, got, want)
		}
	})
	soon, sooner := payload.State{Deadline: noon.Add(time.Second)}, payload.State{Deadline: noon.Add(time.Millisecond)}
	if !soon.Same(&sooner) || soon.Same(&payload.State{Deadline: noon}) {
		t.Error("a second of the deadline makes no difference, or less of it does")
	}
	// What the backend confirmed since decides whether the socket counts.
	announced := payload.State{Announced: payload.AnnouncedSigned}
	later := announced
	later.AnsweredAt = later.AnsweredAt.Add(time.Hour)
	if announced.Same(&later) {
		t.Error("an outcome is the same as one that the backend has not confirmed in an hour")
	}
}
