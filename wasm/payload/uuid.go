package payload

import "strings"

// UUID identifies a payload: a version 4 UUID in lower case. The platform's event channel is named after the UUID as
// spelled in the socket's URL, so the spelling matters.
type UUID string

const uuidLength = 36

// ParseUUID returns s as a UUID, or an [*Error] with code [BadUUID].
func ParseUUID(s string) (UUID, error) {
	u := strings.ToLower(s)
	ok := len(u) == uuidLength && u[14] == '4' && strings.IndexByte("89ab", u[19]) >= 0
	for i := 0; ok && i < len(u); i++ {
		switch i {
		case 8, 13, 18, 23:
			ok = u[i] == '-'
		default:
			ok = strings.IndexByte("0123456789abcdef", u[i]) >= 0
		}
	}
	if !ok {
		return "", &Error{BadUUID, "uuid is not a version 4 UUID"}
	}
	return UUID(u), nil
}

// Short is the part of the UUID that people compare between page and phone, and that a log may show: who knows the
// whole UUID may listen to the payload.
func (u UUID) Short() string {
	if len(u) < 4 {
		return ""
	}
	return strings.ToUpper(string(u[:4]))
}
