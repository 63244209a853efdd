package cli_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "mx46"

// arrows are the packages of this module that each may import. They point one way: main -> cli -> rules -> lint -> mail
// -> delivery -> dns -> zonefiles.
var arrows = map[string][]string{
	module:               {"mx46/lint/cli"},
	"mx46/lint/cli":      {"mx46/rules", "mx46/lint", "mx46/lint/", "mx46/zonefiles", "mx46/zonefiles/"},
	"mx46/rules":         {"mx46/lint", "mx46/lint/mail", "mx46/lint/mtasts", "mx46/lint/observed", "mx46/lint/delivery", "mx46/lint/dns", "mx46/lint/lock", "mx46/lint/spf", "mx46/lint/text", "mx46/zonefiles"},
	"mx46/lint":          {"mx46/lint/mail", "mx46/lint/spf", "mx46/lint/observed", "mx46/lint/delivery", "mx46/lint/dns", "mx46/lint/text", "mx46/zonefiles"},
	"mx46/lint/mail":     {"mx46/lint/delivery", "mx46/lint/dns", "mx46/lint/lock", "mx46/lint/mtasts", "mx46/lint/spf", "mx46/zonefiles"},
	"mx46/lint/mtasts":   {"mx46/zonefiles"},
	"mx46/lint/lock":     {"mx46/lint/delivery", "mx46/zonefiles"},
	"mx46/lint/live":     {"mx46/lint/delivery", "mx46/lint/dns", "mx46/lint/lock", "mx46/lint/mtasts", "mx46/lint/observed", "mx46/zonefiles", "mx46/zonefiles/disk"},
	"mx46/lint/survey":   {"mx46/lint", "mx46/lint/delivery", "mx46/lint/live", "mx46/lint/mail", "mx46/lint/text", "mx46/lint/workspace", "mx46/zonefiles"},
	"mx46/lint/observed": {"mx46/lint/delivery", "mx46/zonefiles"},
	"mx46/lint/delivery": {"mx46/lint/dns", "mx46/zonefiles"},
	"mx46/lint/spf":      {"mx46/lint/delivery", "mx46/lint/dns", "mx46/zonefiles"},
	"mx46/lint/dns":      {"mx46/zonefiles"},
	"mx46/lint/text":     {},
	"mx46/lint/workspace": {
		"mx46/lint", "mx46/lint/baseline", "mx46/lint/config", "mx46/lint/delivery", "mx46/lint/dns", "mx46/lint/lock", "mx46/lint/mail", "mx46/lint/mtasts", "mx46/lint/observed",
		"mx46/lint/text", "mx46/lint/trace",
		"mx46/zonefiles", "mx46/zonefiles/",
	},
	"mx46/lint/config": {"mx46/lint", "mx46/lint/", "mx46/zonefiles", "mx46/zonefiles/disk", "mx46/zonefiles/serverconf"},
	"mx46/lint/fix":    {"mx46/lint", "mx46/lint/workspace", "mx46/zonefiles", "mx46/zonefiles/serverconf"},
	"mx46/lint/":       {"mx46/lint", "mx46/lint/", "mx46/zonefiles"},
	"mx46/zonefiles":   {"mx46/zonefiles/disk"},
	"mx46/zonefiles/":  {"mx46/zonefiles", "mx46/zonefiles/disk"},
	"mx46/testdata/":   {"mx46/testdata/", "mx46/zonefiles/disk"},

	"mx46/zonefiles/discover": {"mx46/zonefiles", "mx46/zonefiles/disk", "mx46/zonefiles/serverconf"},
}

// owners are the only places that may import a library.
var owners = map[string]func(file string) bool{
	"github.com/miekg/dns": func(file string) bool {
		return strings.HasPrefix(file, "zonefiles/rdata") || strings.HasPrefix(file, "lint/live/")
	},
	"github.com/creachadair/jrpc2":         func(file string) bool { return strings.HasPrefix(file, "lint/lsp/") },
	"github.com/creachadair/jrpc2/channel": func(file string) bool { return strings.HasPrefix(file, "lint/lsp/") },
	"github.com/creachadair/jrpc2/handler": func(file string) bool { return strings.HasPrefix(file, "lint/lsp/") },
	"golang.org/x/time/rate":               func(file string) bool { return strings.HasPrefix(file, "lint/live/") },
	"blitiri.com.ar/go/spf":                func(file string) bool { return strings.HasPrefix(file, "lint/spf/") },
	"net": func(file string) bool { // nothing else opens a socket, and lint/spf knows the types alone
		return strings.HasPrefix(file, "lint/live/") || strings.HasPrefix(file, "lint/spf/") || strings.HasPrefix(file, "testdata/")
	},
	"net/http":   func(file string) bool { return strings.HasPrefix(file, "lint/live/") },
	"crypto/tls": func(file string) bool { return strings.HasPrefix(file, "lint/live/") },
	"golang.org/x/net/idna": func(file string) bool {
		return file == "lint/cli/domain.go" || file == "lint/text/readable.go"
	},
	"gopkg.in/yaml.v3": func(file string) bool { return strings.HasPrefix(file, "lint/config/") },
}

// eachFile parses each file of the program, without tests.
func eachFile(t *testing.T, mode parser.Mode, look func(rel string, syntax *ast.File)) {
	t.Helper()
	root := filepath.Join("..", "..")
	files := 0
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), name, nil, mode)
		if err != nil {
			return err
		}
		files++
		look(filepath.ToSlash(rel), syntax)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Errorf("only %d files were looked at", files)
	}
}

func TestImportsPointOneWay(t *testing.T) {
	eachFile(t, parser.ImportsOnly, func(rel string, syntax *ast.File) {
		from := path.Join(module, path.Dir(rel))
		for _, spec := range syntax.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if allowed, ok := owners[imported]; ok && !allowed(rel) {
				t.Errorf("%s imports %s, which is another file's to know", rel, imported)
			}
			if strings.HasPrefix(imported, module) && !allows(from, imported) {
				t.Errorf("%s imports %s against the arrows", rel, imported)
			}
		}
	})
}

// harmless is all of the packages that can open files that the program may use: what opens none.
var harmless = map[string][]string{
	"os": {
		"Args", "ErrDeadlineExceeded", "Exit", "File", "FindProcess", "Getenv", "Getpid", "Getwd", "Interrupt", "SameFile", "Signal", "Stderr", "Stdin", "Stdout", "UserHomeDir",
	},
	"path/filepath": {"Abs", "Base", "Clean", "Dir", "FromSlash", "IsLocal", "Join", "Rel", "ToSlash"},
	"syscall":       {"EACCES", "EHOSTUNREACH", "EADDRNOTAVAIL", "EAFNOSUPPORT", "ENETUNREACH", "ECONNREFUSED", "ECONNRESET", "EPIPE", "MADV_HUGEPAGE", "Madvise", "SIGTERM", "Signal"},
	"os/exec":       nil,
	"io/ioutil":     nil,
}

func TestFilesAreOpenedThroughOneDoor(t *testing.T) {
	eachFile(t, 0, func(rel string, syntax *ast.File) {
		if path.Dir(rel) == "zonefiles/disk" || strings.HasPrefix(rel, "testdata/") {
			return
		}
		uses := map[string][]string{} // by the local name of the package
		for _, spec := range syntax.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if allowed, ok := harmless[imported]; ok && spec.Name == nil {
				uses[path.Base(imported)] = allowed
			} else if ok || strings.HasPrefix(imported, "golang.org/x/sys/") {
				t.Errorf("%s imports %s, which can open files, under another name or at all", rel, imported)
			}
		}
		ast.Inspect(syntax, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if of, ok := selector.X.(*ast.Ident); ok {
				if allowed, ok := uses[of.Name]; ok && !slices.Contains(allowed, selector.Sel.Name) {
					t.Errorf("%s uses %s.%s: only zonefiles/disk opens files", rel, of.Name, selector.Sel.Name)
				}
			}
			return true
		})
	})
}

// allows looks a package up, or else the folder that it lies in.
func allows(from, imported string) bool {
	targets, ok := arrows[from]
	for folder := path.Dir(from); !ok && folder != "."; folder = path.Dir(folder) {
		targets, ok = arrows[folder+"/"]
	}
	return slices.Contains(targets, imported) || slices.ContainsFunc(targets, func(t string) bool {
		return strings.HasSuffix(t, "/") && strings.HasPrefix(imported, t)
	})
}
