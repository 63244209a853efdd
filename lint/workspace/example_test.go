package workspace_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"mx46/lint"
	"mx46/lint/workspace"
	"mx46/rules"
)

// Lint the zones of a folder, and print what is found. Then let the text of an editor take the place of a file's, and lint again.
func Example() {
	dir, err := os.MkdirTemp("", "zones")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	zone := `@   SOA  ns hostmaster 1 7200 3600 1209600 300
@   NS   ns.example.net.
@   MX   10 mail
mail A   192.0.32.25
@    TXT "v=spf1 mx -all"
`
	if err := os.WriteFile(filepath.Join(dir, "db.example.org"), []byte(zone), 0o600); err != nil {
		log.Fatal(err)
	}

	ctx := context.Background()
	w, err := workspace.Open(workspace.Options{Root: dir, Catalog: rules.All()})
	if err != nil {
		log.Fatal(err)
	}
	defer w.Close()
	sources, err := w.Find(workspace.Selection{Folder: "."})
	if err != nil {
		log.Fatal(err)
	}
	if err := w.Read(ctx, sources); err != nil {
		log.Fatal(err)
	}
	print := func() {
		result, err := w.Lint(ctx, workspace.LintOptions{})
		if err != nil {
			log.Fatal(err)
		}
		for _, f := range result.Findings {
			if f.Severity >= lint.Warning {
				fmt.Printf("%s: %s: %s\n", w.Position(f.Span), f.Rule.Name, f.Message)
			}
		}
		fmt.Println("findings:", len(result.Findings))
	}
	print()

	if err := w.Replace(map[string][]byte{"db.example.org": []byte(zone + "mail AAAA 2001:500:88::25\n")}); err != nil {
		log.Fatal(err)
	}
	print()

	// Output:
	// db.example.org:3:13: mx-primary-single-stack: the primary MX of example.org, mail.example.org, has only IPv4 addresses
	// findings: 1
	// findings: 0
}
