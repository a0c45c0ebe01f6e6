package time

import "internal/strconv"

// RFC3339Nano is what times are marshalled as, which nothing asks for.
const RFC3339Nano = "2006-01-02T15:04:05.999999999Z07:00"

var longDayNames = []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

var longMonthNames = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September",
	"October", "November", "December"}

// String writes a time as seconds since 1970. Nothing shows it.
func (t Time) String() string { return strconv.Itoa(int(t.Unix())) }
