// Command compress writes a brotli and a gzip variant beside each file that it is given, for servers that hand out
// precompressed files, and prints what each costs on the wire.
//
//	compress [-budget bytes] file...
//
// A variant that is newer than its file is kept. With a budget it fails if any file needs more bytes as brotli.
package main

import (
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
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
		raw, err := size(name)
		if err != nil {
			return err
		}
		gz, err := variant(name, name+".gz", func(w io.Writer) (io.WriteCloser, error) {
			return gzip.NewWriterLevel(w, gzip.BestCompression)
		})
		if err != nil {
			return err
		}
		br, err := variant(name, name+".br", func(w io.Writer) (io.WriteCloser, error) {
			return brotli.NewWriterOptions(w, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 24}), nil
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(stdout, "%s: %d bytes, gzip %d, brotli %d\n", name, raw, gz, br)
		if *budget > 0 && br > *budget {
			over = append(over, fmt.Errorf("%s needs %d bytes as brotli, %d more than its budget", name, br, br-*budget))
		}
	}
	return errors.Join(over...)
}

// variant compresses the file name to a file to, unless that is up to date, and returns its size.
func variant(name, to string, encoder func(io.Writer) (io.WriteCloser, error)) (int64, error) {
	source, err := os.Stat(name)
	if err != nil {
		return 0, err
	}
	if done, err := os.Stat(to); err == nil && !done.ModTime().Before(source.ModTime()) {
		return done.Size(), nil
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	// A reader must never see half a file.
	temporary := to + ".tmp"
	out, err := os.Create(temporary)
	if err != nil {
		return 0, err
	}
	defer out.Close()
	w, err := encoder(out)
	if err != nil {
		return 0, err
	}
	if _, err := w.Write(content); err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	if err := out.Close(); err != nil {
		return 0, err
	}
	if err := os.Rename(temporary, to); err != nil {
		return 0, err
	}
	return size(to)
}

func size(name string) (int64, error) {
	info, err := os.Stat(name)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
