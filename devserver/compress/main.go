// Command compress writes a brotli and a gzip variant beside each file that it is given, for servers that hand out
// precompressed files, and prints what each costs on the wire.
//
//	compress [-budget bytes] file...
//
// A variant that is newer than its file is kept. With a budget it fails if any file needs more bytes as brotli.
package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/andybalholm/brotli"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "compress:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("compress", flag.ContinueOnError)
	flags.SetOutput(stderr)
	budget := flags.Int64("budget", 0, "most `bytes` that a file may need as brotli; 0: any number")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var over []error
	for _, name := range flags.Args() {
		raw, err := os.Stat(name)
		if err != nil {
			return err
		}
		gz, err := variant(raw, name, ".gz", func(w io.Writer) io.WriteCloser {
			z, _ := gzip.NewWriterLevel(w, gzip.BestCompression) // fails for other levels alone
			return z
		})
		if err != nil {
			return err
		}
		br, err := variant(raw, name, ".br", func(w io.Writer) io.WriteCloser {
			return brotli.NewWriterOptions(w, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 24})
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(stdout, "%s: %d bytes, gzip %d, brotli %d\n", name, raw.Size(), gz, br)
		if *budget > 0 && br > *budget {
			over = append(over, fmt.Errorf("%s needs %d bytes as brotli, %d more than its budget", name, br, br-*budget))
		}
	}
	return errors.Join(over...)
}

// variant compresses the file name to a sibling with that ending, unless that is up to date, and returns its size.
func variant(source fs.FileInfo, name, ending string, encoder func(io.Writer) io.WriteCloser) (int64, error) {
	to := name + ending
	if done, err := os.Stat(to); err == nil && !done.ModTime().Before(source.ModTime()) {
		return done.Size(), nil
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	var out bytes.Buffer
	w := encoder(&out)
	if _, err := w.Write(content); err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	// A reader must never see half a file.
	if err := os.WriteFile(to+".tmp", out.Bytes(), 0o666); err != nil {
		return 0, err
	}
	return int64(out.Len()), os.Rename(to+".tmp", to)
}
