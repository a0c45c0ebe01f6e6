//go:build unix

// Package postgrestest starts a PostgreSQL server of a test's own: a program that is installed, with an empty folder
// that goes when it ends, and a socket that nobody else knows.
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a running server, whose user postgres may do everything.
type Server struct {
	programs string
	dir      string
	process  *exec.Cmd
	ended    chan error
}

// starting is how long a server may take until it answers.
const starting = 30 * time.Second

// Start makes a server and starts it. The caller stops it with Remove.
func Start() (*Server, error) {
	programs, err := find()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "postgres")
	if err != nil {
		return nil, err
	}
	s := &Server{programs: programs, dir: dir}
	if err := s.make(); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

func (s *Server) make() error {
	if os.Geteuid() == 0 {
		owner, err := owner()
		if err != nil {
			return err
		}
		if err := os.Chown(s.dir, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	initdb, err := s.command("initdb", "--no-sync", "--no-instructions", "--auth=trust", "--username=postgres",
		"--encoding=UTF8", "--no-locale", "--pgdata="+s.data())
	if err != nil {
		return err
	}
	if output, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, output)
	}
	return s.Resume()
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// find returns the folder of the newest server that is installed.
func find() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // where Debian has it
	if err != nil || len(found) == 0 {
		return "", errors.New("there is no PostgreSQL: install it (Debian: sudo apt-get install postgresql)")
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(strings.Split(path, "/")[4])
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
}

// command is a program of the server's. It refuses to run as root.
func (s *Server) command(name string, args ...string) (*exec.Cmd, error) {
	cmd := exec.Command(filepath.Join(s.programs, name), args...)
	cmd.Dir, cmd.SysProcAttr = s.dir, &syscall.SysProcAttr{}
	endWithParent(cmd.SysProcAttr)
	if os.Geteuid() == 0 {
		owner, err := owner()
		if err != nil {
			return nil, err
		}
		cmd.SysProcAttr.Credential = owner
	}
	return cmd, nil
}

// owner is whom the package of the server has made for it.
func owner() (*syscall.Credential, error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

// URL is that of a database.
func (s *Server) URL(database string) string {
	return "postgres://postgres@/" + database + "?host=" + s.dir
}

// Create makes a database that is a copy of another one, or empty, and returns its URL.
func (s *Server) Create(ctx context.Context, database, template string) (url string, err error) {
	c, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return "", err
	}
	defer c.Close(ctx)
	if template == "" {
		template = "template0"
	}
	_, err = c.Exec(ctx, "create database "+pgx.Identifier{database}.Sanitize()+
		" template "+pgx.Identifier{template}.Sanitize())
	return s.URL(database), err
}

// Resume starts a server that was stopped, and waits until it answers.
func (s *Server) Resume() error {
	cmd, err := s.command("postgres", "-D", s.data(), "-k", s.dir, "-c", "listen_addresses=", "-c", "fsync=off",
		"-c", "max_connections=200", "-c", "log_min_messages=fatal")
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	s.process, s.ended = cmd, ended
	ctx, cancel := context.WithTimeout(context.Background(), starting)
	defer cancel()
	for {
		err := s.answers(ctx)
		if err == nil {
			return nil
		}
		select {
		case died := <-ended:
			return fmt.Errorf("postgres has ended: %w", died)
		case <-ctx.Done():
			return errors.Join(err, s.Stop())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (s *Server) answers(ctx context.Context) error {
	c, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	return c.Close(ctx)
}

// Stop ends the server at once, as a crash would: who is connected loses the connection.
func (s *Server) Stop() error {
	if err := s.process.Process.Signal(syscall.SIGQUIT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-s.ended
	return nil
}

// Remove ends the server and removes what it has kept.
func (s *Server) Remove() error {
	err := s.Stop()
	if remove := os.RemoveAll(s.dir); !errors.Is(remove, fs.ErrNotExist) {
		err = errors.Join(err, remove)
	}
	return err
}
