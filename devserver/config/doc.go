// Package config reads the configuration file of the server: TOML, with offers that need no code, networks with their
// nodes, and where verdicts are told.
//
// Whatever is wrong is refused, in a sentence that names the file, the line, the key, and what would be right: keys
// that are not known, values of another kind, amounts that are not exact. Secrets are not in the file, which names the
// variable of the environment or the file that has each.
//
// The package decides from what it reads, and connects to nothing. The guide "Configuration" explains every key.
package config
