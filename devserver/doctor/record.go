package doctor

import (
	"context"
	"errors"

	"github.com/xaman-live/xaman-live/devserver/record"
)

func (v *visit) record(ctx context.Context) []Finding {
	f := Finding{About: "record", Well: true, Says: "It can be opened."}
	switch err := v.Record(ctx); {
	case errors.Is(err, record.ErrInUse):
		f.Says = "A server is using it."
	case errors.Is(err, record.ErrAway):
		f.Well, f.Says = false, "The database cannot be reached: look whether it runs, and whether its URL is right."
	case err != nil:
		f.Well, f.Says = false, "It cannot be used: "+err.Error()+"."
	}
	return []Finding{f}
}
