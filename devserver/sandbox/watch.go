package sandbox

import (
	"context"
	"net/http"
	"strings"

	"github.com/coder/websocket"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// watch shows a payload's lines, see [line].
func (s *Sandbox) watch(w http.ResponseWriter, r *http.Request) {
	uuid := strings.ToLower(r.PathValue("uuid"))
	lines, ok := s.wire.since(uuid, 0)
	switch {
	case !ok:
		complain(w, http.StatusNotFound, "not-found", "Nothing is kept of a payload with this uuid.")
		return
	case !strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
		respond(w, http.StatusOK, map[string][]line{"lines": append([]line{}, lines...)})
		return
	}
	one, leave := s.wire.watch(uuid)
	if one == nil {
		complain(w, http.StatusServiceUnavailable, "too-many", "Too many watch this payload.")
		return
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // forSites has seen its origin
	if err != nil {
		leave()
		return
	}
	s.life.wg.Go(func() {
		defer leave()
		conn.Close(s.show(conn, uuid, one), "")
	})
}

// show sends lines until the watcher has gone or there will be no more, and returns why.
func (s *Sandbox) show(conn *websocket.Conn, uuid string, one *watcher) websocket.StatusCode {
	gone := conn.CloseRead(context.WithoutCancel(s.life.ctx)) // which leaves the connection for a close frame
	for seq := 0; ; {
		lines, _ := s.wire.since(uuid, seq)
		for _, l := range lines {
			ctx, cancel := context.WithTimeout(s.life.ctx, writeTimeout)
			err := conn.Write(ctx, websocket.MessageText, engine.JSON(l))
			cancel()
			if err != nil {
				return websocket.StatusGoingAway
			}
			seq = l.Seq
		}
		select {
		case <-one.news:
		case <-one.end:
			return websocket.StatusNormalClosure
		case <-gone.Done():
			return websocket.StatusNormalClosure
		case <-s.life.ctx.Done():
			return websocket.StatusGoingAway
		}
	}
}
