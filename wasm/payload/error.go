package payload

// Code names a kind of failure for programs. Codes are stable: pages may branch on them.
type Code string

const (
	// BadUUID: what should be a version 4 UUID is not one.
	BadUUID Code = "bad-uuid"
	// BadPayload: the create response is not one.
	BadPayload Code = "bad-payload"
	// UnsafeLink: a link or an image of the create response does not lead to this request at the platform.
	UnsafeLink Code = "unsafe-link"
	// InsecureSocket: the URL of the status socket does not lead to this request at the platform, encrypted.
	InsecureSocket Code = "insecure-socket"
	// FrameTooBig: the status socket sent a frame far larger than any message of the protocol.
	FrameTooBig Code = "frame-too-big"
	// BackendUnreachable: the site's backend did not answer.
	BackendUnreachable Code = "backend-unreachable"
	// BadAnswer: the site's backend answered something that is not part of the contract.
	BadAnswer Code = "bad-answer"
	// Internal: a defect of this program.
	Internal Code = "internal"
)

// Error is a failure that a page can branch on and that its developer can act on. Message is for developers; what the
// visitor is told follows from Code.
type Error struct {
	Code    Code
	Message string
}

func (e *Error) Error() string { return e.Message }
