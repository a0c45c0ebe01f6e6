package main

import (
	"encoding/json"
	"fmt"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// bom is a bill of materials in the format CycloneDX 1.6, as far as it is used here. It has no time and no serial
// number: the same release makes the same bytes.
type bom struct {
	Format     string      `json:"bomFormat"`
	Spec       string      `json:"specVersion"`
	Version    int         `json:"version"`
	Metadata   metadata    `json:"metadata"`
	Components []component `json:"components"`
	Depends    []depends   `json:"dependencies"`
}

type metadata struct {
	Component component `json:"component"`
}

type component struct {
	Type     string     `json:"type"`
	Ref      string     `json:"bom-ref"`
	Name     string     `json:"name"`
	Version  string     `json:"version"`
	Licences []licensed `json:"licenses"`
	PURL     string     `json:"purl"`
}

type licensed struct {
	Licence struct {
		ID string `json:"id"`
	} `json:"license"`
}

type depends struct {
	Ref string   `json:"ref"`
	On  []string `json:"dependsOn"`
}

func newComponent(kind, name, version, purl, licence string) component {
	c := component{Type: kind, Ref: purl, Name: name, Version: version, PURL: purl, Licences: make([]licensed, 1)}
	c.Licences[0].Licence.ID = licence
	return c
}

// materials lists the modules that a released thing is made of.
func materials(purl string, modules []module) ([]byte, error) {
	whole := newComponent("application", "xaman-live", api.Version, purl, "MIT")
	b := bom{Format: "CycloneDX", Spec: "1.6", Version: 1, Metadata: metadata{whole}, Depends: []depends{{Ref: whole.Ref}}}
	for _, m := range modules {
		l, err := m.licence()
		if err != nil {
			return nil, err
		}
		c := newComponent("library", m.Path, m.Version, fmt.Sprintf("pkg:golang/%s@%s", m.Path, m.Version), l.id)
		b.Components = append(b.Components, c)
		b.Depends[0].On = append(b.Depends[0].On, c.Ref)
	}
	text, err := json.MarshalIndent(b, "", "  ")
	return append(text, '\n'), err
}
