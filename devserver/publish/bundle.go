package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// hashed is the name of an asset with the first half of its content's SHA-256 before the last dot.
func hashed(name string, content []byte) string {
	sum := sha256.Sum256(content)
	ending := path.Ext(name)
	return strings.TrimSuffix(name, ending) + "." + hex.EncodeToString(sum[:8]) + ending
}

// reference is how a script names a file that comes with it, so that all bundlers can tell, and imported a module.
var (
	reference = regexp.MustCompile("new URL\\([\"'`]\\./([^\"'`$]+)[\"'`], ?import\\.meta\\.url\\)")
	imported  = regexp.MustCompile(`(from|import)"\./([^"]+)"`)
)

const address = "import.meta.url"

// script makes one script of a module and all that it imports, but for the module apart.
func (a *assets) script(name, apart string) ([]byte, error) {
	site, err := filepath.Abs(a.Site)
	if err != nil {
		return nil, err
	}
	return output(api.Build(api.BuildOptions{
		AbsWorkingDir: site, EntryPoints: []string{"./" + name}, Plugins: []api.Plugin{a.built(site, apart)},
		Bundle: true, Format: api.FormatESModule, Platform: api.PlatformBrowser, Target: api.ESNext, Charset: api.CharsetUTF8,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LegalComments: api.LegalCommentsNone,
	}))
}

// bundle makes such a script in which other files have their names with a hash, and says which these are.
func (a *assets) bundle(name, apart string) (script []byte, refers []string, err error) {
	script, err = a.script(name, apart)
	if err != nil {
		return nil, nil, err
	}
	found := reference.FindAllSubmatch(script, -1)
	if strings.Count(string(script), address) != len(found) {
		return nil, nil, fmt.Errorf("%s is used for something else than new URL('./name', %[1]s)", address)
	}
	var failures []error
	add := func(other string) (hashed string) {
		refers = append(refers, other)
		made, err := a.add(other)
		if err != nil {
			failures = append(failures, err)
			return other
		}
		return made.hashed
	}
	script = imported.ReplaceAllFunc(script, func(expression []byte) []byte {
		found := imported.FindSubmatch(expression)
		return fmt.Appendf(nil, `%s"./%s"`, found[1], add(string(found[2])))
	})
	script = reference.ReplaceAllFunc(script, func(expression []byte) []byte {
		return fmt.Appendf(nil, `new URL("./%s",%s)`, add(string(reference.FindSubmatch(expression)[1])), address)
	})
	return script, refers, errors.Join(failures...)
}

// built has modules read from where they are built, and leaves the one that is apart where it is.
func (a *assets) built(site, apart string) api.Plugin {
	return api.Plugin{Name: "built", Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: `^\.`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			file := filepath.Join(args.ResolveDir, args.Path)
			name, err := filepath.Rel(site, file)
			name = filepath.ToSlash(name)
			if name == apart && args.Kind != api.ResolveEntryPoint {
				return api.OnResolveResult{Path: "./" + name, External: true}, nil
			}
			if _, ok := a.Built[name]; !ok || err != nil {
				return api.OnResolveResult{}, err
			}
			return api.OnResolveResult{Path: file}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: `\.js$`}, func(args api.OnLoadArgs) (result api.OnLoadResult, err error) {
			name, err := filepath.Rel(site, args.Path)
			if err != nil {
				return result, err
			}
			content, err := os.ReadFile(a.file(filepath.ToSlash(name)))
			text := string(content)
			result.Contents = &text
			return result, err
		})
	}}
}

func (a *assets) styleSheet(name string) ([]byte, error) {
	content, err := os.ReadFile(a.file(name))
	if err != nil {
		return nil, err
	}
	if regexp.MustCompile(`@import|url\(`).Match(content) {
		return nil, errors.New("style sheets that refer to other files are not supported")
	}
	result := api.Transform(string(content), api.TransformOptions{
		Loader: api.LoaderCSS, Target: api.ESNext, Charset: api.CharsetUTF8,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
	})
	return result.Code, failure(append(result.Errors, result.Warnings...))
}

func output(result api.BuildResult) ([]byte, error) {
	if err := failure(append(result.Errors, result.Warnings...)); err != nil {
		return nil, err
	}
	return result.OutputFiles[0].Contents, nil
}

func failure(messages []api.Message) error {
	if len(messages) == 0 {
		return nil
	}
	return errors.New(strings.Join(api.FormatMessages(messages, api.FormatMessagesOptions{}), ""))
}
