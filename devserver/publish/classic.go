package main

import "github.com/evanw/esbuild/pkg/api"

const classic = "classic.js" // the element's script for pages that load it without type="module"

// classic makes that script of the element's module.
func (a *assets) classic() (script []byte, refers []string, err error) {
	module, refers, err := a.bundle(element, "")
	if err != nil {
		return nil, nil, err
	}
	script, err = classicScript(module)
	return script, refers, err
}

// classicScript makes of a module that imports nothing a script for pages without modules. It finds the files that come
// with it from its own address.
func classicScript(module []byte) ([]byte, error) {
	const own = "addressOfThisScript"
	source := "const " + own + " = document.currentScript.src;\n" + string(module)
	result := api.Transform(source, api.TransformOptions{
		Format: api.FormatIIFE, Define: map[string]string{address: own}, Target: api.ESNext, Charset: api.CharsetUTF8,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LegalComments: api.LegalCommentsNone,
	})
	return result.Code, failure(append(result.Errors, result.Warnings...))
}
