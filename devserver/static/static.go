// Package static serves the files of a site: compressed where a compressed copy lies beside a file, with types and
// cache rules that do not depend on the system. [Handler] is all of it, but for [IsPage].
package static

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
	"syscall"
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
		etag := fmt.Sprintf("%x-%x", info.ModTime().UnixNano(), info.Size())
		for _, c := range accepted(r.Header.Get("Accept-Encoding")) {
			// One that is older than its file was made from another.
			if z, zinfo, err := open(root, name+c.suffix); err == nil {
				defer z.Close()
				if zinfo.ModTime().Before(info.ModTime()) {
					continue
				}
				f = z
				etag += c.suffix
				h.Set("Content-Encoding", c.name)
				break
			}
		}
		h.Set("ETag", `"`+etag+`"`)
		http.ServeContent(w, r, name, info.ModTime(), f)
	})
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

var hashed = regexp.MustCompile(`[.-][0-9a-f]{8,64}\.`)

// cacheControl lets a browser keep what is named after its content, and makes it ask about the rest.
func cacheControl(name string) string {
	if hashed.MatchString(path.Base(name)) {
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
