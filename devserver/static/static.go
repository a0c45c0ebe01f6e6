// Package static serves the files of a site: compressed where a compressed copy lies beside a file, with types and
// cache rules that do not depend on the system. [Handler] is all of it, but for [IsPage].
package static

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// types are set by hand: the system's table may lack .wasm, and calls .ts a video. A browser refuses to stream a module
// or to run a script of the wrong type.
var types = map[string]string{
	".css":  "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".ico":  "image/x-icon",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json",
	".png":  "image/png",
	".svg":  "image/svg+xml",
	".ts":   "text/plain; charset=utf-8",
	".txt":  "text/plain; charset=utf-8",
	".wasm": "application/wasm",
}

// Handler serves the files below root, and nothing that a link in it points to outside. A file with a sibling of
// the same name and .br or .gz is sent compressed.
func Handler(root *os.Root) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "Files can only be read.", http.StatusMethodNotAllowed)
			return
		}
		name := fileName(r.URL.Path)
		f, info, err := open(root, name)
		if err != nil {
			http.Error(w, "There is no such page.", http.StatusNotFound)
			return
		}
		defer f.Close()
		h := w.Header()
		h.Set("Content-Type", contentType(name))
		h.Set("Cache-Control", cacheControl(name))
		h.Add("Vary", "Accept-Encoding")
		sent, length := f, info.Size()
		for _, c := range accepted(r.Header.Get("Accept-Encoding")) {
			z, zinfo, err := open(root, name+c.suffix)
			if err != nil {
				continue
			}
			defer z.Close()
			if !hashed.MatchString(name) && stale(zinfo, info) {
				continue
			}
			sent, length = z, zinfo.Size()
			h.Set("Content-Encoding", c.name)
			// Without a body there is none to be long, and ServeContent does not take it back for a failed If-Match.
			if r.Header.Get("If-Match") == "" && r.Header.Get("If-Unmodified-Since") == "" {
				h.Set("Content-Length", strconv.FormatInt(length, 10))
			}
			break
		}
		if tag, err := etag(name, sent, length, info.ModTime()); err == nil {
			h.Set("ETag", `"`+tag+h.Get("Content-Encoding")+`"`)
		}
		http.ServeContent(w, r, name, info.ModTime(), sent)
	})
}

// precision is the coarsest in which archives and file systems keep time.
const precision = 2 * time.Second

// stale reports whether a compressed copy was made from an older file.
func stale(copied, file fs.FileInfo) bool {
	return copied.ModTime().Add(precision).Before(file.ModTime())
}

// mostRead is how many bytes are read to tell one content from another.
const mostRead = 256 << 10

// etag tells the contents that a name has had from each other. A site that is copied anew, or to a second server, keeps
// them, unless a file is large and not named after its content.
func etag(name string, f io.ReadSeeker, length int64, changed time.Time) (string, error) {
	if hash := hashed.FindStringSubmatch(name); hash != nil {
		return hash[1], nil
	}
	if length > mostRead {
		return fmt.Sprintf("%x-%x", changed.UnixNano(), length), nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	_, err := f.Seek(0, io.SeekStart)
	return hex.EncodeToString(sum.Sum(nil)[:8]), err
}

// fileName is the file that a URL's path stands for, relative to the site. Files whose name, or whose folder's, begins
// with a dot are no part of a site, and stand for nothing.
func fileName(urlPath string) string {
	if strings.HasSuffix(urlPath, "/") {
		urlPath += "index.html"
	}
	name := strings.TrimPrefix(path.Clean(urlPath), "/")
	if strings.HasPrefix(name, ".") || strings.Contains(name, "/.") {
		return ""
	}
	return name
}

// open opens a regular file. It does not wait, as opening a pipe otherwise would until somebody writes to it.
func open(root *os.Root, name string) (*os.File, fs.FileInfo, error) {
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a file")
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

func contentType(name string) string {
	if t, ok := types[path.Ext(name)]; ok {
		return t
	}
	return "application/octet-stream"
}

// hashed is how devserver/publish names a file after its content.
var hashed = regexp.MustCompile(`\.([0-9a-f]{16})\.[a-z]+$`)

// cacheControl lets a browser keep what is named after its content, and makes it ask about the rest.
func cacheControl(name string) string {
	if hashed.MatchString(name) {
		return "public, max-age=31536000, immutable"
	}
	if path.Ext(name) == page {
		return "private, no-cache" // it may come with a session
	}
	return "no-cache"
}

const page = ".html"

// IsPage reports whether a URL's path stands for a page, there or not.
func IsPage(urlPath string) bool { return path.Ext(fileName(urlPath)) == page }

type coding struct{ name, suffix string }

// accepted lists the codings that an Accept-Encoding header allows, the smallest first.
func accepted(header string) []coding {
	quality := map[string]float64{}
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q="); ok {
			q, _ = strconv.ParseFloat(v, 64)
		}
		quality[strings.ToLower(strings.TrimSpace(name))] = q
	}
	var list []coding
	for _, c := range []coding{{"br", ".br"}, {"gzip", ".gz"}} {
		q, ok := quality[c.name]
		if !ok {
			q = quality["*"]
		}
		if q > 0 {
			list = append(list, c)
		}
	}
	return list
}
