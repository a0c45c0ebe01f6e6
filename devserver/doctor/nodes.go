package doctor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
)

const (
	// A ledger is validated every four seconds or so.
	mostBehind = 5
	mostAge    = 30 * time.Second
	// A quorum waits no longer for a node while the others do not agree.
	mostWait = time.Second
)

// answer is what a node said.
type answer struct {
	ledger.Status
	took time.Duration
	err  error
}

func (v *visit) networks(ctx context.Context) []Finding {
	var found []Finding
	for _, n := range v.Networks {
		answers := make([]answer, len(n.Nodes))
		var all sync.WaitGroup
		for i, node := range n.Nodes {
			all.Go(func() {
				before := time.Now()
				s, err := node.Client.Status(ctx)
				after := time.Now()
				v.hears(s.Time, before, after)
				answers[i] = answer{s, after.Sub(before), err}
			})
		}
		all.Wait()
		newest, well := uint32(0), 0
		for _, a := range answers {
			newest = max(newest, a.Validated)
		}
		for i, a := range answers {
			f := n.judge(n.Nodes[i], a, newest)
			if f.Well {
				well++
			}
			found = append(found, f)
		}
		f := Finding{About: "network " + n.Name, Well: well >= n.Quorum}
		f.Says = fmt.Sprintf("Of %d nodes %d are well, and %d have to agree.", len(n.Nodes), well, n.Quorum)
		if !f.Well {
			f.Says = fmt.Sprintf("Of %d nodes %d are well, and %d have to agree, so nothing is verified: name nodes that "+
				"are well.", len(n.Nodes), well, n.Quorum)
		}
		found = append(found, f)
	}
	return found
}

// judge says what is wrong with a node, given the newest ledger that any of its network has.
func (n Network) judge(node Node, a answer, newest uint32) Finding {
	f := Finding{About: "node " + node.Name + " of " + n.Name}
	unusable, useless := errors.AsType[*ledger.UnusableAnswer](a.err)
	switch {
	case useless:
		f.Says = unusable.What
	case a.err != nil:
		f.Says = fmt.Sprintf("It does not answer: look whether its address is right and it is reached from here (%v).",
			cause(a.err))
	case a.NetworkID == nil:
		f.Says = fmt.Sprintf("It does not say which network it is on: name another, or say it with -ledger-network %d.", n.ID)
	case *a.NetworkID != n.ID:
		f.Says = fmt.Sprintf("It is on the network with id %d, and %s has the id %d: name another.", *a.NetworkID, n.Name,
			n.ID)
	case a.Validated == 0:
		f.Says = "It has no validated ledger: wait until it has caught up with its network, or name another."
	case a.Age > mostAge:
		f.Says = fmt.Sprintf("Its newest ledger is %v old: wait until it has caught up, or name another.", a.Age)
	case newest-a.Validated > mostBehind:
		f.Says = fmt.Sprintf("It is %d ledgers behind the others: wait until it has caught up, or name another.",
			newest-a.Validated)
	case a.took > mostWait && len(n.Nodes) > 1:
		f.Says = fmt.Sprintf("It took %v to answer, and others are not waited for so long: name a nearer one.",
			a.took.Round(100*time.Millisecond))
	default:
		f.Well, f.Says = true, fmt.Sprintf("It is at ledger %d, and took %v to answer.", a.Validated,
			a.took.Round(time.Millisecond))
	}
	return f
}
