package ledger

import (
	"context"
	"time"
)

// Status is the state of a node, with what matters only to those who look after it.
type Status struct {
	Server
	Age  time.Duration // of the newest validated ledger; 0: not known
	Time time.Time     // by the node's clock; zero: not known
}

// Status asks for the node's state.
func (c *Client) Status(ctx context.Context) (Status, error) {
	info, err := c.info(ctx)
	if err != nil {
		return Status{}, err
	}
	seconds, _ := field[uint32](info.object("validated_ledger"), "age")
	clock, _ := time.Parse("2006-Jan-02 15:04:05.999999 MST", info.text("time"))
	return Status{c.server(info), time.Duration(seconds) * time.Second, clock}, nil
}
