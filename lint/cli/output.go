package cli

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mx46/lint/delivery"
	"mx46/lint/relaymap"
	"mx46/lint/report"
	"mx46/lint/trace"
	"mx46/lint/workspace"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// outputFlags say which reports to write, and where.
type outputFlags struct {
	format  string
	outputs []string // FORMAT=FILE
	color   string
	quiet   bool
	all     bool
}

func (f *outputFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&f.format, "format", "f", "", "`format` on standard output: "+strings.Join(report.Formats(), ", "))
	flags.StringArrayVarP(&f.outputs, "output", "o", nil,
		"write a report as `FORMAT=FILE`; - is standard output; repeatable")
	flags.StringVar(&f.color, "color", "auto", "`when` to colour text: auto, always, never")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no summary, and no output if nothing is found")
	flags.BoolVar(&f.all, "all", false,
		"list each finding in text, markdown and github, also those with one cause")
	complete(cmd, "format", words(report.Formats))
	complete(cmd, "output", pairs(words(report.Formats), nil))
	complete(cmd, "color", words(colorWords))
}

// output is one report to write.
type output struct{ format, file string }

// stdoutFile is standard output as FILE.
const stdoutFile = "-"

// parse lists the reports to write: by default text, and in GitHub Actions its annotations too.
func (f *outputFlags) parse(stdio *Stdio) ([]output, error) {
	var outputs []output
	switch {
	case f.format != "":
		outputs = append(outputs, output{f.format, stdoutFile})
	case len(f.outputs) > 0:
	case stdio.Getenv("GITHUB_ACTIONS") == "true":
		outputs = append(outputs, output{"text", stdoutFile}, output{"github", stdoutFile})
	default:
		outputs = append(outputs, output{"text", stdoutFile})
	}
	files := map[string]bool{}
	for _, text := range f.outputs {
		format, file, ok := strings.Cut(text, "=")
		if !ok || file == "" {
			return nil, fmt.Errorf("--output %q is not FORMAT=FILE", text)
		}
		if info, err := disk.StatPath(file); file != stdoutFile && (err != nil || info.Mode().IsRegular()) {
			name := filepath.Clean(disk.RealPath(file))
			if files[name] {
				return nil, fmt.Errorf("--output: two reports cannot go to one file, %s", name)
			}
			files[name] = true
		}
		outputs = append(outputs, output{format, file})
	}
	stdout := slices.DeleteFunc(slices.Clone(outputs), func(o output) bool { return o.file != stdoutFile })
	for _, out := range stdout {
		if len(stdout) > 1 && !report.Shares(out.format) {
			return nil, fmt.Errorf("a %s report needs standard output for itself", out.format)
		}
	}
	for _, out := range outputs {
		if err := oneOf("format", out.format, report.Formats()); err != nil {
			return nil, err
		}
	}
	return outputs, oneOf("--color", f.color, colorWords())
}

// writeAll writes the reports. Notes go to standard error unless a report on standard output has them.
func (f *outputFlags) writeAll(
	stdio *Stdio, w *workspace.Workspace, r *report.Report, outputs []output, suppressed bool,
) error {
	for _, out := range outputs {
		if err := f.write(stdio, w, r, out, suppressed); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(outputs, func(o output) bool { return o.file == stdoutFile && report.HasNotes(o.format) }) {
		return nil
	}
	notes := r.Notes
	if !f.quiet {
		notes = append(notes, report.Caveats(r)...)
	}
	for _, note := range notes {
		stdio.note(note)
	}
	return nil
}

func (f *outputFlags) write(stdio *Stdio, w *workspace.Workspace, r *report.Report, out output, suppressed bool) error {
	options := report.Options{
		Path: w.Shown, Pictures: pictures(w), PictureStyle: relaymap.Style(), Suppressed: suppressed, All: f.all,
		FailOn: w.Config().FailOn.Value, Width: proseWidth,
	}
	if out.file != stdoutFile {
		if err := refuseInput(w, out.file); err != nil {
			return err
		}
		return stdio.write(w.WritePath, out.file, func(file io.Writer) error {
			return report.Write(file, out.format, r, options)
		})
	}
	options.Quiet = f.quiet
	options.Color = useColor(stdio, stdio.Out, f.color)
	options.Width = cmp.Or(stdio.width(stdio.Out), proseWidth)
	_, terminal := stdio.Terminal(stdio.Out)
	options.Links = terminal && options.Color && hasLinks(stdio)
	return report.Write(stdio.Out, out.format, r, options)
}

// refuseInput guards against overwriting an input file with a report.
func refuseInput(w *workspace.Workspace, name string) error {
	target, err := disk.StatPath(name)
	if err != nil {
		return nil // writing will say what is wrong, if anything
	}
	for id := range w.Files().Len() {
		read, err := w.Root().Stat(w.Files().File(zonefiles.FileID(id)).Name)
		if err == nil && os.SameFile(target, read) {
			return fmt.Errorf("%s was read in this run, and is not overwritten", name)
		}
	}
	return nil
}

// write writes a file that the command line names, by Workspace.WritePath or by disk.WritePath where there is none.
func (stdio *Stdio) write(
	by func(string, func(io.Writer) error) error, path string, write func(io.Writer) error,
) error {
	if err := finish(func() error { return by(path, write) }); err != nil {
		return fmt.Errorf("writing %s: %w", path, disk.Reason(err))
	}
	return nil
}

// pictures draws how mail reaches mail domains with MX records, for the formats html and markdown.
func pictures(w *workspace.Workspace) func(view string, domain zonefiles.Name) *report.Picture {
	worlds := w.Worlds()
	return func(view string, domain zonefiles.Name) *report.Picture {
		world := worlds(view, domain)
		if world == nil {
			return nil
		}
		simulation := world.Simulation(domain, delivery.RFC3974, delivery.Outage{})
		picture := relaymap.New(simulation)
		if picture.IsEmpty() {
			return nil
		}
		return &report.Picture{
			Key: picture.Describe(), SVG: picture.Inline,
			Mermaid: func() string {
				var drawn strings.Builder
				_ = picture.Write(&drawn, "mermaid") // a Builder never fails
				return drawn.String()
			},
			Outages: func() [][]string {
				answer, err := world.Ask(trace.Question{Domain: domain, Outages: true})
				if err != nil {
					return nil // no loaded zone holds the domain
				}
				return answer.OutageTable()
			},
		}
	}
}
