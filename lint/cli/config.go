package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/lint/config"
	"mx46/lint/text"
	"mx46/lint/workspace"
	"mx46/rules"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

func newConfigCommand(stdio *Stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Describe the configuration, or the settings of a file",
		Example: `  mx46 config schema > mx46.schema.json
  mx46 config show zones/db.example.org`,
		Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newConfigSchemaCommand(stdio), newConfigShowCommand(stdio))
	return cmd
}

func newConfigSchemaCommand(stdio *Stdio) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of " + config.FileName,
		Long: `schema prints the JSON Schema (draft 2020-12) of .mx46.yaml, for editors that complete
and check YAML. With yaml-language-server, begin the file with:
# yaml-language-server: $schema=mx46.schema.json`,
		Example: `  mx46 config schema > mx46.schema.json`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			schema, err := config.Schema(lint.Names(rules.All()))
			if err != nil {
				return err
			}
			_, err = stdio.Out.Write(schema)
			return err
		},
	}
}

// showFlags are the flags of mx46 config show.
type showFlags struct {
	loadFlags
	settingFlags
	domain string
}

func newConfigShowCommand(stdio *Stdio) *cobra.Command {
	var flags showFlags
	cmd := &cobra.Command{
		Use:   "show FILE",
		Short: "Print the settings of a zone file, and where each comes from",
		Long: `show prints the settings that mx46 lint uses for a zone file, one a line, and where each
comes from: a line of .mx46.yaml, a flag, the file itself, or the default. Of the rules it
names those whose severity is set. A file that serves several zones is shown once for each.`,
		Example: `  mx46 config show zones/db.example.org
  mx46 config show zones/db.example.org --domain lab.example.org
  mx46 config show zones/db.example.org --severity mx-duplicate=error`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("one file has to be named: %s", cmd.UseLine())
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return flags.show(stdio, args[0]) },
	}
	flags.loadFlags.register(cmd)
	flags.settingFlags.register(cmd)
	cmd.Flags().StringVar(&flags.domain, "domain", "", "show the settings of this mail `domain` in the zone")
	return cmd
}

func (f *showFlags) show(stdio *Stdio, file string) error {
	w, names, err := f.open([]string{file})
	if err != nil {
		return err
	}
	defer w.Close()
	if err := f.configure(w); err != nil {
		return err
	}
	chosen, err := f.chosen(w)
	if err != nil {
		return err
	}
	selection, err := f.selection(stdio, names)
	if err != nil {
		return err
	}
	sources, err := w.FindFile(selection)
	if err != nil {
		return err
	}
	return stdio.fitted(0, func(out io.Writer) error {
		for i, s := range sources {
			if i > 0 {
				fmt.Fprintln(out)
			}
			if err := f.showSource(out, w, chosen, s); err != nil {
				return err
			}
		}
		return nil
	})
}

func (f *showFlags) showSource(out io.Writer, w *workspace.Workspace, chosen []*lint.Rule, s workspace.Source) error {
	z := w.ReadZone(s)
	if z.Missing {
		return fmt.Errorf("%s: %w", s.Path, disk.Reason(z.Err))
	}
	forFile := w.Config().For(s.Path)
	origin, originFrom := "not known", "neither given nor in the file or its name"
	switch {
	case s.At != (zonefiles.Span{}):
		originFrom = w.Position(s.At).String()
	case f.origin != "":
		originFrom = "--origin"
	case forFile.Origin.IsSet():
		originFrom = forFile.Origin.From
	case z.OriginKnown:
		originFrom = "the file or its name"
	}
	if z.OriginKnown {
		origin = z.Origin.String()
	}
	view, viewFrom := s.View, forFile.View.From
	if view == "" {
		view, viewFrom = "none", config.Default
	} else if s.At != (zonefiles.Span{}) {
		viewFrom = originFrom
	}
	settings := forFile.In(s.View).At(z.Origin)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(key, value, from string) {
		fmt.Fprintf(table, "%s:\t%s\t# %s\n", key, text.Line(value), text.Line(from))
	}
	line("file", w.Shown(s.Path), "below "+w.RootPath())
	name := w.ConfigName()
	if name == "" {
		name = "none"
	}
	line("configuration", name, "--config, or "+config.FileName+" here or above")
	switch covered, listed := w.Covers(s); {
	case !listed:
	case covered:
		line("covered by zones", "yes", name)
	default:
		line("covered by zones", "no", "no entry of zones in "+name+": lint reads it where it is named or included")
	}
	line("origin", origin, originFrom)
	line("view", view, viewFrom)
	if f.domain != "" {
		domain, err := zonefiles.ParseName([]byte(inDNS(f.domain)), zonefiles.Root)
		if err != nil || !domain.IsAtOrBelow(z.Origin) {
			return fmt.Errorf("--domain %s is not a name in the zone %s", f.domain, origin)
		}
		settings = settings.At(domain)
		line("domain", domain.String(), "--domain")
	}
	line("stack", settings.Stack.Value.Word(), settings.Stack.From)
	line("scope", settings.Scope.Value.String(), settings.Scope.From)
	failOn := w.Config().FailOn.Value.String()
	if w.Config().FailOn.Value == lint.Off {
		failOn = "never"
	}
	line("fail-on", failOn, w.Config().FailOn.From)
	line("min-severity", w.Config().MinSeverity.Value.String(), w.Config().MinSeverity.From)
	showFacts(w, line)
	showLock(w, z, line)
	showRules(w, chosen, settings, line)
	return table.Flush()
}

// showRules prints the severities that somebody has set, and says of the other rules that nobody has.
func showRules(
	w *workspace.Workspace, chosen []*lint.Rule, settings config.Settings, line func(key, value, from string),
) {
	others := 0
	var skipped []string
	for _, r := range w.Catalog() {
		switch severity := settings.Severity(r); {
		case !slices.Contains(chosen, r):
			skipped = append(skipped, r.Name)
		case severity.From == config.Default:
			others++
		default:
			line(r.Name, severity.Value.String(), severity.From)
		}
	}
	if len(skipped) > 0 {
		line("rules that do not run", text.Some(skipped, maxSkipped), "--select or --ignore")
	}
	if others > 0 {
		line("other rules", fmt.Sprintf("%d, as mx46 rules lists them", others), config.Default)
	}
}

// maxSkipped is how many of the rules that do not run are named.
const maxSkipped = 10

// showLock prints what the lock says of the hosts that a zone names, and the operator does not speak of.
func showLock(w *workspace.Workspace, z *zonefiles.Zone, line func(key, value, from string)) {
	if w.Lock() == nil {
		line("hosts outside the zones", "not known", "no "+w.LockName()+"; mx46 resolve writes it")
		return
	}
	line("hosts outside the zones", "seen "+w.Lock().Seen.Format(time.DateOnly), w.LockName())
	named := map[zonefiles.Name]bool{}
	for i := range z.Len() {
		field := 0
		switch z.Record(i).Type() {
		case zonefiles.TypeNS, zonefiles.TypeCNAME:
		case zonefiles.TypeMX:
			field = 1
		default:
			continue
		}
		if name, ok := z.Record(i).Name(field); ok {
			named[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		_, isStated := w.Config().Hosts[name]
		if h := w.Lock().Host(name); h != nil && !isStated && !name.IsAtOrBelow(z.Origin) {
			line("host "+name.String(), h.Facts(), w.Position(h.Line).String())
		}
	}
}

// showFacts prints the settings of all files.
func showFacts(w *workspace.Workspace, line func(key, value, from string)) {
	var hosts []zonefiles.Name
	for name := range w.Config().Hosts {
		hosts = append(hosts, name)
	}
	slices.Sort(hosts)
	for _, name := range hosts {
		from, h := w.Config().Hosts[name].From, w.Config().Hosts[name].Value
		var says []string
		if h.HasFamilies {
			says = append(says, "families "+h.Families.Word())
		}
		if h.HasOutbound {
			says = append(says, "outbound "+h.Outbound.Word())
		}
		if h.HasSameHost {
			says = append(says, "same-host "+h.SameHost.String())
		}
		line("host "+name.String(), strings.Join(says, ", "), from)
	}
	for _, l := range w.Config().Links {
		via := ""
		if l.Value.Via != "" {
			via = " via " + l.Value.Via
		}
		line("relay link", fmt.Sprintf("%s to %s%s", l.Value.From, l.Value.To, via), l.From)
	}
	for _, final := range w.Config().Final {
		line("relay final", final.Name.String(), w.Position(final.At).String())
	}
	if len(w.Config().NAT64Prefixes) > 0 {
		var texts []string
		for _, p := range w.Config().NAT64Prefixes {
			texts = append(texts, p.String())
		}
		line("nat64-prefixes", strings.Join(texts, ", "), w.ConfigName())
	}
}
