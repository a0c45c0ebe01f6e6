package metrics

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// used are counts that all have a value.
func used(t *testing.T) *Metrics {
	m := New()
	m.Requests(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	for _, to := range []string{"platform", "node"} {
		for _, status := range []int{0, 200, 404, 429, 500} {
			through := m.Calls(to, transport(func(*http.Request) (*http.Response, error) {
				if status == 0 {
					return nil, errors.New("nobody listens")
				}
				return &http.Response{StatusCode: status}, nil
			}))
			_, _ = through.RoundTrip(httptest.NewRequest("POST", "/", nil))
		}
	}
	for _, made := range []time.Time{time.Now(), {}} {
		for _, err := range []error{nil, errors.New("broken")} {
			deliver := m.Deliver(func(context.Context, record.Delivery) error { return err })
			_ = deliver(t.Context(), record.Delivery{Made: made})
		}
	}
	for _, name := range api.Checks {
		m.Judged([]payload.Check{{Name: name, Outcome: payload.Pass}, {Name: name, Outcome: payload.Fail},
			{Name: name, Outcome: payload.Pending}, {Name: name, Outcome: payload.Skipped}})
	}
	for event := range strings.FieldsSeq("created opened signed rejected expired cancelled verified unverified") {
		m.Order(event)
	}
	_ = m.Record(broken{record.ErrAway}).Ping(t.Context())
	_ = m.Record(broken{errors.New("disk full")}).Ping(t.Context())
	m.Followed(func() int { return 0 })
	m.Waiting(func(context.Context) (int, error) { return 0, nil })
	return m
}

// The guide has each metric with its labels, and names all of their values, but for those that nobody could list.
func TestTheGuideListsAllMetrics(t *testing.T) {
	guide, err := os.ReadFile("../../site/guides/run.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{} // cells, by the name in the first
	for _, line := range regexp.MustCompile("(?m)^\\| `(xaman_live_[a-z_]+)` \\|(.*)\\|$").FindAllStringSubmatch(
		string(guide), -1) {
		rows[line[1]] = strings.Split(line[2], "|")
	}
	families, err := used(t).registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		name := family.GetName()
		if strings.HasPrefix(name, "go_") || strings.HasPrefix(name, "process_") {
			continue
		}
		cells := rows[name]
		delete(rows, name)
		if len(cells) != 3 || strings.TrimSpace(cells[0]) != strings.ToLower(family.GetType().String()) {
			t.Errorf("the guide has %q of the %v %s", cells, family.GetType(), name)
			continue
		}
		var labels []string
		for _, one := range family.Metric {
			for _, l := range one.Label {
				if !slices.Contains(labels, l.GetName()) {
					labels = append(labels, l.GetName())
				}
				listed := !slices.Contains([]string{"route", "code", "version"}, l.GetName())
				if listed && !strings.Contains(cells[2], "`"+l.GetValue()+"`") {
					t.Errorf("the guide does not say what %s %q of %s is", l.GetName(), l.GetValue(), name)
				}
			}
		}
		said := regexp.MustCompile("`([a-z]+)`").FindAllStringSubmatch(cells[1], -1)
		var got []string
		for _, one := range said {
			got = append(got, one[1])
		}
		slices.Sort(got)
		slices.Sort(labels)
		if !slices.Equal(got, labels) {
			t.Errorf("the guide has the labels %q of %s, want %q", got, name, labels)
		}
	}
	for name := range rows {
		t.Errorf("the guide has %s, which is not counted", name)
	}
}
