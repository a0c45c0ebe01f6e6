package sandbox

import "net/http"

// apiError is an ordinary error of the REST API. It has a code and no text: the real platform shows
// the text in its developer console only.
type apiError struct {
	status int
	code   int
}

var (
	errNoBody             = &apiError{http.StatusBadRequest, 599}
	errNoTemplate         = &apiError{http.StatusBadRequest, 600}
	errBadBlob            = &apiError{http.StatusBadRequest, 601}
	errUnknownTransaction = &apiError{http.StatusBadRequest, 602}
	errNotEncodable       = &apiError{http.StatusBadRequest, 603}
	errTwoTemplates       = &apiError{http.StatusBadRequest, 604}
	errIdentifierTaken    = &apiError{http.StatusBadRequest, 409}
	errMetaTooLong        = &apiError{http.StatusBadRequest, 413}
	errNotFound           = &apiError{http.StatusNotFound, 404}

	errDisabled    = &apiError{http.StatusForbidden, 810}
	errUnknownKey  = &apiError{http.StatusForbidden, 811}
	errNoKey       = &apiError{http.StatusForbidden, 812}
	errWrongSecret = &apiError{http.StatusForbidden, 813}

	// The platform documents that it limits, but not with which status.
	errTooManyCalls = &apiError{http.StatusTooManyRequests, 429}
)

type errorDoc struct {
	Error errorBody `json:"error"`
}

type errorBody struct {
	Reference string `json:"reference"`
	Code      int    `json:"code"`
}

// fatalDoc is the other shape of an error: unknown routes and requests that cannot be read.
type fatalDoc struct {
	Error     bool   `json:"error"`
	Message   string `json:"message"`
	Reference string `json:"reference"`
	Code      int    `json:"code"`
	Req       string `json:"req"`
	Method    string `json:"method"`
}
