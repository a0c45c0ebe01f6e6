package godebug

// Setting is a wish of whoever starts a process, by which package time chooses how its timers behave.
type Setting struct{}

// New returns a setting of which nobody has a wish.
func New(name string) *Setting { return &Setting{} }

// Value returns that nothing is wished for.
func (s *Setting) Value() string { return "" }

// IncNonDefault counts a wish that was granted.
func (s *Setting) IncNonDefault() {}
