package callback

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
)

// unreached says in a sentence why there was no answer. The error that it wraps is the cause, without the address.
func unreached(err error) error {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err
	}
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("the attempt was cut short: %w", err)
	}
	return fmt.Errorf("%s: %w", cause(err), err)
}

func cause(err error) string {
	var unverified *tls.CertificateVerificationError
	switch name, ok := errors.AsType[*net.DNSError](err); {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), timedOut(err):
		return fmt.Sprintf("the receiver did not answer within %v", timeout)
	case ok && name.IsNotFound:
		return "the receiver's name is not known"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nobody listens at the receiver's address"
	case errors.As(err, &unverified):
		return "the receiver's certificate is not to be trusted"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), strings.Contains(err.Error(), "server closed"):
		return "the receiver ended the connection without an answer"
	case strings.Contains(err.Error(), "malformed"), strings.Contains(err.Error(), "headers exceeded"):
		return "the receiver's answer is not HTTP that can be read"
	}
	return "the receiver was not reached"
}

func timedOut(err error) bool {
	n, ok := errors.AsType[net.Error](err)
	return ok && n.Timeout()
}
