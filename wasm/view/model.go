package view

import (
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Input is all that a card depends on.
type Input struct {
	State      payload.State
	Connection payload.Connection
	Now        time.Time
	Language   string // BCP 47 tag; an unknown language is shown in English

	Link    string       // opens the request in the wallet; "" while the request is being made
	Failure payload.Code // why there is no request to show; "" if there is one
	Trying  bool         // Failure may be over soon: it is being tried again
	Known   bool         // the page was given the UUID of the request, as when the wallet leads back to it

	Touch     bool // the device is probably the phone itself
	ShowQR    bool // the visitor asked for the code where it is not shown at once
	ShowLink  bool // the link could not be copied
	Renewable bool // the backend can be asked for a new request of the same kind

	CopiedUntil time.Time // until when to say that the link has been copied

	Began      time.Time // when the page began to follow the request
	Unanswered int       // questions to the backend in a row that were not answered
	Kept       Kept      // why the visitor did not get the new request that he wanted

	// Epoch is an instant that all cards of a page share. Their countdowns step at whole seconds since then, and so all at
	// once.
	Epoch time.Time
}

// Kept is what stands in the way of a new request: the old one might be signed besides it.
type Kept string

const (
	KeptOpen   Kept = "open"   // a phone has it
	KeptSigned Kept = "signed" // it is signed already
	KeptUnsure Kept = "unsure" // nobody can say
)

// Tone is the colour and the icon of the card's status. The texts say the same.
type Tone string

const (
	Neutral Tone = "neutral"
	Busy    Tone = "busy" // somebody is at work
	Good    Tone = "good"
	Warn    Tone = "warn" // the visitor should do something
	Bad     Tone = "bad"
)

// Model is what the card shows. Empty texts are not shown.
type Model struct {
	Phase      payload.Phase
	Connection payload.Connection
	Tone       Tone

	Title  string
	Line   string
	Guide  []string // numbered instructions
	Notice string   // a standing warning above everything

	QR        bool   // show the code
	QRDim     bool   // the code has served its purpose
	QRLabel   string // for those who cannot see it
	Link      Link
	Field     bool // show the link as text to be copied by hand
	Countdown Countdown
	Facts     []Fact
	Steps     []Step
	Checks    []Check
	Proof     Proof
	Actions   []Action
	Status    string // of the connection, when it is not as it should be
	Spoken    string // for a live region: changes only when the visitor should hear of it
	Urgent    bool   // interrupt whatever is being read

	Next time.Time // when the card is another one by the passing of time alone; zero: never
}

// Link is the way into the wallet on this device.
type Link struct {
	Label   string // "": no link
	Primary bool   // the main action, as on a phone
}

// Proof is where everybody can see the transaction.
type Proof struct{ Label, URL string } // zero: nowhere

// Countdown is the time left to open the request.
type Countdown struct {
	Label string // "": no countdown
	Time  string // m:ss, or h:mm:ss
}

// Fact is one line of what is being signed, or was.
type Fact struct{ Label, Value string }

// Progress is how far a step is.
type Progress string

const (
	Todo    Progress = "todo"
	Current Progress = "current"
	Done    Progress = "done"
)

// Step is one stage on the way to the result.
type Step struct {
	Label    string
	Progress Progress
}

// Check is one check of the backend.
type Check struct {
	Label   string
	Outcome payload.Outcome
	Word    string // the outcome, in words
	Detail  string
}

// ActionID names what the visitor can do besides following the link.
type ActionID string

const (
	Copy    ActionID = "copy"
	Reveal  ActionID = "reveal" // show the code
	Renew   ActionID = "renew"  // a new request of the same kind
	Cancel  ActionID = "cancel"
	Recheck ActionID = "recheck" // ask the backend, look for a socket
)

// Action is a button.
type Action struct {
	ID      ActionID
	Label   string
	Primary bool
	Pressed Pressed
}

// Pressed is the state of a button that shows and hides something.
type Pressed string

const (
	NoToggle Pressed = ""
	Hidden   Pressed = "false"
	Shown    Pressed = "true"
)
