package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// This file writes manual pages, in the macros of groff_man(7). What cobra has for it takes Markdown apart with regular
// expressions, whose compiling was a sixth of the time of linting a small zone.

// roffPage begins a page of a section; one without a date may be of any day.
func roffPage(b *strings.Builder, name, section string, date time.Time) {
	day := ""
	if !date.IsZero() {
		day = date.UTC().Format(time.DateOnly)
	}
	fmt.Fprintf(b, ".TH %q %s %q mx46\n", strings.ToUpper(name), section, day)
}

// roffSection begins a section of a page.
func roffSection(b *strings.Builder, heading string) { fmt.Fprintf(b, ".SH %s\n", heading) }

// roffParagraphs writes the paragraphs of a section; what is indented stays as it is.
func roffParagraphs(b *strings.Builder, paragraphs []string) {
	for i, paragraph := range paragraphs {
		if i > 0 {
			b.WriteString(".PP\n")
		}
		if strings.HasPrefix(paragraph, " ") || strings.HasPrefix(paragraph, "\t") {
			fmt.Fprintf(b, ".nf\n%s\n.fi\n", roff(paragraph))
		} else {
			fmt.Fprintf(b, "%s\n", roff(paragraph))
		}
	}
}

// roffTerms writes a section with terms and what is said of each, if there are any.
func roffTerms(b *strings.Builder, heading string, terms []manTerm) {
	if len(terms) == 0 {
		return
	}
	roffSection(b, heading)
	for _, t := range terms {
		fmt.Fprintf(b, ".TP\n\\fB%s\\fR\n%s\n", roff(t.name), roff(t.text))
	}
}

// roffSeeAlso names other pages, as name(section).
func roffSeeAlso(b *strings.Builder, pages []string) {
	slices.Sort(pages)
	roffSection(b, "SEE ALSO")
	for i, page := range pages {
		comma := ","
		if i == len(pages)-1 {
			comma = ""
		}
		name, section, _ := strings.Cut(page, "(")
		fmt.Fprintf(b, ".BR %s (%s%s\n", roff(name), section, comma)
	}
}

// writeRoff writes a command's page.
func writeRoff(w io.Writer, cmd *cobra.Command, date time.Time) error {
	var b strings.Builder
	name := manName(cmd)
	roffPage(&b, name, "1", date)
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n.SH SYNOPSIS\n.B %s\n", roff(name), roff(cmd.Short), roff(cmd.UseLine()))
	about, status := aboutAndStatus(cmd)
	roffSection(&b, "DESCRIPTION")
	roffParagraphs(&b, about)
	writeRoffFlags(&b, "OPTIONS", cmd.NonInheritedFlags())
	writeRoffFlags(&b, "OPTIONS OF ALL COMMANDS", cmd.InheritedFlags())
	roffSection(&b, "EXIT STATUS")
	roffParagraphs(&b, status)
	roffTerms(&b, "ENVIRONMENT", termsOf(manEnvironment(), cmd))
	roffTerms(&b, "FILES", termsOf(manFiles(), cmd))
	if cmd.Example != "" {
		fmt.Fprintf(&b, ".SH EXAMPLES\n.nf\n%s\n.fi\n", roff(cmd.Example))
	}
	var others []string
	if cmd.HasParent() {
		others = append(others, manName(cmd.Parent())+"(1)")
	}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			others = append(others, manName(c)+"(1)")
		}
	}
	roffSeeAlso(&b, append(others, configPage+"(5)"))
	_, err := io.WriteString(w, b.String())
	return err
}

func writeRoffFlags(b *strings.Builder, heading string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	roffSection(b, heading)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		if f.Shorthand != "" {
			fmt.Fprintf(b, ".TP\n\\fB\\-%s\\fR, \\fB\\-\\-%s\\fR \\fI%s\\fR\n", f.Shorthand, roff(f.Name), roff(value))
		} else {
			fmt.Fprintf(b, ".TP\n\\fB\\-\\-%s\\fR \\fI%s\\fR\n", roff(f.Name), roff(value))
		}
		b.WriteString(roff(usage))
		if !slices.Contains([]string{"", "false", "0", "[]"}, f.DefValue) {
			fmt.Fprintf(b, " (default: %s)", roff(f.DefValue))
		}
		b.WriteByte('\n')
	})
}

// manName is the name of a command's page.
func manName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// roff is text in which no character commands anything.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
