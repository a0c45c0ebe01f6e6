package recordtest

import (
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
)

var limits = map[string]func(*tester){
	"hold for all together": func(t *tester) {
		const most = 10
		booked := t.atOnce(2*most, func(int) (bool, error) {
			wait, err := t.Spend(t.Context(), t.now, record.Spending{Most: most})
			return wait == 0, err
		})
		if booked != most {
			t.Errorf("got %d booked, want %d", booked, most)
		}
		t.wantWait(30*time.Second, record.Spending{Most: most}, 5*time.Second)
		t.wantWait(59*time.Second, record.Spending{Most: most + 1}, 0)
		t.wantWait(60*time.Second, record.Spending{Most: most}, 0)
	},
	"hold for each share": func(t *tester) {
		mine := record.Spending{Most: 100, Shares: []record.Share{{Of: "mine", Burst: 3, Every: time.Second}}}
		both := record.Spending{Most: 100, Shares: []record.Share{
			{Of: "yours", Burst: 1, Every: time.Minute}, {Of: "mine", Burst: 3, Every: time.Second},
		}}
		for range 3 {
			t.wantWait(0, mine, 0)
		}
		t.wantWait(0, mine, time.Second)
		t.wantWait(0, both, time.Second) // and nothing of it is booked
		t.wantWait(time.Second, both, 0)
		t.wantWait(2*time.Second, both, 59*time.Second)
		t.wantWait(time.Hour, mine, 0)
		t.wantWait(time.Hour, mine, 0)
	},
	"hold for a share of all at once": func(t *tester) {
		s := record.Spending{Most: 100, Shares: []record.Share{
			{Of: "a", Burst: 4, Every: time.Minute}, {Of: "b", Burst: 7, Every: time.Minute},
		}}
		booked := t.atOnce(16, func(int) (bool, error) {
			wait, err := t.Spend(t.Context(), t.now, s)
			return wait == 0, err
		})
		if booked != 4 {
			t.Errorf("got %d booked, want 4", booked)
		}
	},
	// Time servers set a clock back by seconds, and a person by hours.
	"hold when the clock is set back, for two minutes at most": func(t *tester) {
		s := record.Spending{Most: 100, Shares: []record.Share{{Of: "mine", Burst: 2, Every: time.Minute}}}
		t.wantWait(0, s, 0)
		t.wantWait(0, s, 0)
		for _, back := range []time.Duration{time.Second, 59 * time.Second} {
			t.wantWait(-back, record.Spending{Most: 2}, 5*time.Second)
			t.wantWait(-back, s, time.Minute+back)
		}
		t.wantWait(-time.Hour, record.Spending{Most: 1}, 0)
		t.wantWait(-time.Hour, s, 0)
		t.wantWait(-time.Hour, record.Spending{Most: 2}, 5*time.Second)
		t.wantWait(-time.Hour, s, 0)
		t.wantWait(-time.Hour, s, time.Minute)
	},
	"last when old ones are forgotten": func(t *tester) {
		s := record.Spending{Most: 100, Shares: []record.Share{{Of: "mine", Burst: 1, Every: time.Minute}}}
		t.wantWait(0, s, 0)
		if _, err := t.Purge(t.Context(), t.now.Add(30*time.Second), record.Ages{}, 10); err != nil {
			t.Error(err)
		}
		t.wantWait(30*time.Second, s, 30*time.Second)
		t.wantWait(30*time.Second, record.Spending{Most: 1}, 5*time.Second)
		if _, err := t.Purge(t.Context(), t.now.Add(2*time.Minute), record.Ages{}, 10); err != nil {
			t.Error(err)
		}
		t.wantWait(2*time.Minute, s, 0)
	},
}

// wantWait fails the test unless a spending, some time from now, has to wait so long.
func (t *tester) wantWait(after time.Duration, s record.Spending, want time.Duration) {
	t.Helper()
	if got, err := t.Spend(t.Context(), t.now.Add(after), s); err != nil || got != want {
		t.Errorf("after %v: got %v, %v, want %v", after, got, err, want)
	}
}
