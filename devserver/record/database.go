package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// DatabaseFile is the name of the file in its folder.
const DatabaseFile = "devserver.db"

// ErrInUse is what an error of [Open] matches if another program has the record open.
var ErrInUse = errors.New("another server is using it: end that one, or choose another folder")

var (
	errDamaged  = errors.New("the database is damaged")
	errVanished = errors.New("the database has vanished, or was replaced")
)

// database is a file of buckets. A damaged file, which makes bbolt panic, and one that is not in its place any more, to
// which it would go on writing, are errors. The function lost is told of both, since nothing can be remembered then.
// Opening reads the ends of each bucket and nothing else, however much there is: damage further inside is met by
// whoever needs what is there.
type database struct {
	bolt *bbolt.DB
	path string
	file fs.FileInfo
	lost func(error)

	waiting changesWaiting

	mu     sync.Mutex // orders all that follows, since bbolt keeps its own locks when it panics
	broken error      // why it cannot be used any more
}

// openDatabase opens the database in dir, or makes one there that has the buckets. A file without the first of them is
// another program's. Its errors are sentences that say what a person can do.
func openDatabase(dir string, buckets [][]byte, lost func(error)) (*database, error) {
	d := &database{path: filepath.Join(dir, DatabaseFile), lost: lost}
	err := d.inspect(dir)
	if err == nil {
		err = guarded(func() error { return d.open(buckets) })
	}
	if err == nil {
		return d, nil
	}
	if d.bolt != nil && !errors.Is(err, errDamaged) { // which closing might wait for
		d.bolt.Close()
	}
	return nil, fmt.Errorf("open -data %s: %w", dir, advice(err))
}

// advice puts what a person can do in the place of an error that is no help.
func advice(err error) error {
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return ErrInUse
	case oneOf(err, fs.ErrPermission, syscall.EROFS, bolterrors.ErrDatabaseReadOnly):
		return errors.New("this server may not write there: make the folder and what is in it its own, or choose " +
			"another folder")
	case oneOf(err, errDamaged, bolterrors.ErrInvalid, bolterrors.ErrVersionMismatch, bolterrors.ErrChecksum):
		return errors.New(DatabaseFile + " is damaged or not this server's: put a good copy in its place, or move it " +
			"away to begin anew, without any record of what has counted")
	}
	return err
}

func oneOf(err error, targets ...error) bool {
	return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
}

// inspect looks at what is to be opened, without opening it.
func (d *database) inspect(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if info, err := os.Stat(dir); err != nil {
		return err
	} else if modes && info.Mode().Perm()&0o022 != 0 {
		return errors.New("others may write there: take that away with chmod 700, or choose another folder")
	}
	info, err := os.Lstat(d.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a file: move it away, or choose another folder", DatabaseFile)
	case modes && info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("others may use %s: take that away with chmod 600, or choose another folder", DatabaseFile)
	}
	return nil
}

// modes tells whether the permissions of a file mean something on this system.
const modes = runtime.GOOS != "windows"

func (d *database) open(buckets [][]byte) error {
	var err error
	if d.bolt, err = bbolt.Open(d.path, 0o600, &bbolt.Options{Timeout: time.Second}); err != nil {
		return err
	}
	if d.file, err = os.Stat(d.path); err != nil {
		return err
	}
	return d.bolt.Update(func(tx *bbolt.Tx) error {
		if d.file.Size() < tx.Size() {
			return errDamaged // reading what is cut off would be a fault
		}
		if first, _ := tx.Cursor().First(); first != nil && tx.Bucket(buckets[0]) == nil {
			return errDamaged // another program's
		}
		for _, name := range buckets {
			b, err := tx.CreateBucketIfNotExists(name)
			if err != nil {
				return err
			}
			b.Cursor().First()
			b.Cursor().Last()
		}
		return nil
	})
}

func (d *database) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.broken != nil {
		return d.broken // and closing would wait for ever
	}
	return d.bolt.Close()
}

func (d *database) view(read func(*bbolt.Tx) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.use(func() error { return d.bolt.View(read) })
}

// use does something with the database. The caller holds the lock.
func (d *database) use(f func() error) error {
	if d.broken != nil {
		return d.broken
	}
	err := guarded(f)
	switch {
	case errors.Is(err, errDamaged):
		d.broken = err
		fallthrough
	case errors.Is(err, errVanished):
		d.lost(fmt.Errorf("stop, since nothing can be remembered: %s: %w: put it back and start again", d.path, err))
	}
	return err
}

// guarded makes an error of a panic, and of a fault while reading the file, of which bbolt keeps a map in memory.
func guarded(use func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errDamaged, p)
		}
	}()
	return use()
}
