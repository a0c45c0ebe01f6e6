package config

import "strings"

// Secret says where a secret is: in a variable of the environment, or in a file.
type Secret struct {
	Env  string `toml:"env"`
	File string `toml:"file"`
}

// secret reads a secret. Nothing that is said of it quotes it.
func (r *reader) secret(key string, s Secret) string {
	var value string
	switch {
	case (s.Env == "") == (s.File == ""):
		r.wrong(key, `has to say one of env and file, as in { env = "NAME" }`)
		return ""
	case s.Env != "":
		if value = r.getenv(s.Env); value == "" {
			r.wrong(key, "is in %s, which the environment does not have", s.Env)
		}
		return value
	}
	data, err := r.readFile(s.File)
	if err != nil {
		r.wrong(key, "cannot be read: %v", err)
		return ""
	}
	if value = strings.TrimRight(string(data), "\r\n"); value == "" {
		r.wrong(key, "is in %s, which is empty", s.File)
	}
	return value
}
