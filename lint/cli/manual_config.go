package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"mx46/lint"
	"mx46/lint/config"
	"mx46/rules"
)

// configPage is the name of the configuration's manual page.
const configPage = "mx46.yaml"

// writeConfigPage writes that page, out of what the JSON Schema says of the keys.
func writeConfigPage(w io.Writer, date time.Time) error {
	keys, err := config.Keys(lint.Names(rules.All()))
	if err != nil {
		return err
	}
	var b strings.Builder
	roffPage(&b, configPage, "5", date)
	fmt.Fprintf(&b, ".SH NAME\n%s \\- the configuration of mx46\n.SH SYNOPSIS\n.B %s\n", configPage, config.FileName)
	roffSection(&b, "DESCRIPTION")
	roffParagraphs(&b, []string{
		"mx46 reads " + config.FileName + " in the working folder or above it, up to the root of the repository. " +
			"It is YAML. Paths and globs in it are relative to its folder and stay below the root. Every key is optional, " +
			"and an unknown one is an error.",
		`"mx46 init" writes a first one, "mx46 config show FILE" prints what applies to a file and why, and ` +
			`"mx46 config schema" the JSON Schema, for editors.`,
	})
	roffSection(&b, "KEYS")
	roffKeys(&b, keys)
	roffSection(&b, "EXAMPLES")
	roffParagraphs(&b, []string{" " + strings.ReplaceAll(strings.TrimSpace(config.Example()), "\n", "\n ")})
	roffSeeAlso(&b, []string{"mx46(1)", "mx46-lint(1)", "mx46-init(1)", "mx46-config-show(1)"})
	_, err = io.WriteString(w, b.String())
	return err
}

func roffKeys(b *strings.Builder, keys []config.Key) {
	for _, k := range keys {
		fmt.Fprintf(b, ".TP\n\\fB%s\\fR\n%s\n", roff(k.Name), roff(k.About))
		if len(k.Keys) > 0 {
			b.WriteString(".RS\n")
			roffKeys(b, k.Keys)
			b.WriteString(".RE\n")
		}
	}
}
