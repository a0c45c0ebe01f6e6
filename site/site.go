// Package site is the folder of the site's sources. Programs take from it what they compare servers with.
package site

import _ "embed"

// Contract is the document of the contract between a page and a backend, of OpenAPI 3.1. The site serves it, too.
//
//go:embed openapi.json
var Contract []byte
