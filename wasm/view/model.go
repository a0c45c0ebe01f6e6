package view

import (
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Input is all that a card depends on. Its methods change nothing of it: they take a pointer because it is large.
type Input struct {
	State      payload.State
	Connection payload.Connection
	Now        time.Time

	Texts   Texts   // nil: English
	Formats Formats // nil: [Plain]

	Link    string       // opens the request in the wallet; "" while the request is being made
	Failure payload.Code // why there is no request to show; "" if there is one
	Reason  string       // what the backend says of Failure, a sentence; "": nothing
	Trying  bool         // Failure may be over soon: it is being tried again
	Known   bool         // the page was given the UUID of the request, as when the wallet leads back to it
	Keyed   bool         // the page has a view key, by which any browser may show the request

	Layout    Layout
	Open      bool   // the dialog is, in the layouts that have one
	Continue  string // where a visitor goes on once all is well; "": nowhere
	Touch     bool   // the device is probably the phone itself
	ShowQR    bool   // the visitor asked for the code where it is not shown at once
	ByHand    string // what could not be copied: the link, or details; "": nothing
	Clipped   bool   // part of the code is outside of the window, so that no phone can read it
	Renewable bool   // the backend can be asked for a new request of the same kind

	Copied      ActionID  // what was copied last
	CopiedUntil time.Time // until when to say so

	Began      time.Time // when the page began to follow the request
	Unanswered int       // questions to the backend in a row that were not answered
	Outdated   bool      // the last of them was not, as the page's view key has expired: only the page can get another
	Kept       Kept      // why the visitor did not get the new request that he wanted, or the old one cancelled

	// Epoch is an instant that all cards of a page share. Their countdowns step at whole seconds since then, and so
	// all at once.
	Epoch time.Time
}

// Layout is how much room a card has. It changes what is shown at once, never what can be found.
type Layout string

const (
	LayoutCard    Layout = "card" // also the empty one
	LayoutCompact Layout = "compact"
	LayoutDialog  Layout = "dialog" // a card over the page
	LayoutButton  Layout = "button" // a button that opens that
)

// Kept is what stands in the way of a new request, or of the end of the old one: it might be signed besides.
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

// Stage is what the middle of the card shows. All stages of a layout are equally high.
type Stage string

const (
	StageLoading  Stage = "loading"  // the place of the code
	StageCode     Stage = "code"     // [Model.Code]; dim where it has served its purpose
	StageLink     Stage = "link"     // on the phone itself: [Model.Link] is the way on
	StageProgress Stage = "progress" // somebody is at work: a sign that turns
	StageResult   Stage = "result"   // an outcome: the sign of [Model.Tone]
	StageReceipt  Stage = "receipt"  // [Model.Receipt]
)

// Model is what the card shows. Empty texts are not shown.
type Model struct {
	Phase      payload.Phase
	Connection payload.Connection
	Tone       Tone
	Language   string // BCP 47 tag of the texts
	Direction  string // "ltr" or "rtl"
	Open       bool   // the dialog is, in the layouts that have one

	Site   Site
	Title  string
	Line   string
	Notice string // a standing warning above everything
	Danger string // what the request would give away, for one that gives power over the account

	Stage     Stage
	Code      Code
	Guide     []string // numbered instructions
	Link      Link
	Field     Field
	Countdown Countdown
	Receipt   Receipt
	Facts     []Fact // what is signed, the important ones first
	More      More   // what is signed, the rest of it
	Steps     []Step
	Checks    Checks
	Actions   []Action
	Status    string // of the connection, when it is not as it should be

	Next time.Time // when the card is another one by the passing of time alone, see [Model.Tick]; zero: never

	deadline, change time.Time // what the countdown leads to, and when something else changes; zero: never
	spoken           spoken
}

// Site is who asks, as the phone shows it.
type Site struct {
	Name    string
	Icon    string // URL; "": none
	Network string // badge of a network that is not Mainnet, else ""
	Label   string // of Request
	Request string // first four characters of the UUID, to match screen and phone
}

// Code is the QR code.
type Code struct {
	Dim     bool   // it has served its purpose
	Label   string // for those who cannot see it
	Warning string // why it cannot be scanned as it is
}

// Link is the way into the wallet on this device.
type Link struct {
	Label   string // "": no link
	Host    string // where it leads
	Primary bool   // the main action, as on a phone
}

// Field is a text to be copied by hand, where the clipboard cannot be written: the link, or what a support desk needs.
type Field struct{ Label, Text string } // no Label: not shown

// Receipt is what is left when all is well.
type Receipt struct {
	Amount   string // "": nothing was paid
	Facts    []Fact // payer, payee, when
	Hash     Fact   // of the transaction; zero: there is none
	Proof    Anchor // where everybody can see the transaction
	Continue Anchor
}

// Anchor is a link to somewhere else; zero: nowhere.
type Anchor struct{ Label, URL string }

// Countdown is the time left to open the request.
type Countdown struct {
	Label string // "": no countdown
	Time  string // m:ss, or h:mm:ss
	Left  time.Duration
}

// Fact is one line of what is being signed, or was. Value is not text of a language if it is Exact: an address or a
// hash, which reads from left to right everywhere.
type Fact struct {
	Label, Value string
	Exact        bool
}

// More are facts that are folded, as there is no room for all.
type More struct {
	Summary string // "": there are none
	Facts   []Fact
}

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

// Checks are the backend's checks, folded.
type Checks struct {
	Summary string // "10 of 10 checks passed"; "": there are none
	Open    bool   // one of them says what is wrong
	List    []Check
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
	Start       ActionID = "start"        // open the dialog; in the layout button this is what asks for a request
	Dismiss     ActionID = "dismiss"      // close the dialog
	Renew       ActionID = "renew"        // a new request of the same kind
	Recheck     ActionID = "recheck"      // ask the backend, look for a socket
	Reveal      ActionID = "reveal"       // show the code, or hide it
	Copy        ActionID = "copy"         // the link
	CopyHash    ActionID = "copy-hash"    // of the transaction
	CopyDetails ActionID = "copy-details" // what a support desk needs to know
	Cancel      ActionID = "cancel"
)

// ActionIDs are all of them in the order in which they stand on a card. The actions of a model are in this order too,
// so that no button ever has to be moved, which would take the focus from it.
var ActionIDs = []ActionID{Start, Dismiss, Renew, Recheck, Reveal, Copy, CopyHash, CopyDetails, Cancel}

// Action is a button. The same ID is the same button from one model to the next, wherever it stands.
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

// Speech is what is said to those who cannot see that the card has changed; empty: nothing.
type Speech struct {
	Polite string // when nothing else is being read
	Alert  string // at once
}
