package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"mx46/lint/text"
	"mx46/lint/trace"
	"mx46/zonefiles"
)

// traceFlags are the flags of mx46 trace.
type traceFlags struct {
	loadFlags
	view      string
	from      []string
	as        string
	down      []string
	servFail  []string
	aaaa      []string
	tempFail  []string
	reject    []string
	algorithm string
	resolver  string
	reach     string
	outages   bool
	format    string
}

func newTraceCommand(stdio *Stdio) *cobra.Command {
	var flags traceFlags
	cmd := &cobra.Command{
		Use:   "trace DOMAIN [PATH...]",
		Short: "Follow mail to a domain step by step (RFC 3974 section 3)",
		Long: `trace simulates a mail to DOMAIN by the nine steps of RFC 3974 section 3, and on from
relay to relay until it reaches the mailbox or is stuck. Each step shows the line of the
zone file that decides it.

Who looks names up is taken to reach name servers over both families. With
--resolver-family, resolvers have one alone: they look up nothing in a zone all of whose
name servers are known and lack it, or have names in such zones.

Resolvers differ in what they make of name servers that answer wrongly for AAAA (--aaaa,
RFC 4074), and DNS64 of IPv4-mapped addresses (RFC 6147): trace takes the one that serves
the sender worst, and says what the others do. --resolver chooses one.

Without --from and --as, trace shows how the mail of each class of senders ends. PATH is
as for mx46 lint --alone.

The exit code is 1 if any of these mails is not delivered, 2 if mx46 cannot do its work,
and 0 otherwise. What --outages shows does not count.`,
		Example: `  mx46 trace example.org zones/
  mx46 trace example.org db.example.org --from ipv4
  mx46 trace example.org db.example.org --as mx10.example.org
  mx46 trace example.org --from dual --down mx1.example.org --down ipv6
  mx46 trace example.org --servfail mx1.example.org/AAAA --algorithm rfc5321
  mx46 trace example.org --from nat64 --aaaa mx1.example.org=nxdomain --resolver bind
  mx46 trace example.org --tempfail mx1.example.org --reject mx10.example.org
  mx46 trace example.org zones/ --resolver-family ipv6
  mx46 trace example.org --outages --format json`,
		Args: namesDomain,
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, stdio, args[0], args[1:]) },
	}
	flags.register(cmd)
	cmd.ValidArgsFunction = flags.completeDomain(stdio)
	f := cmd.Flags()
	f.StringVar(&flags.view, "view", "", "`view` of the name server's configuration, if several hold the domain")
	f.StringSliceVar(&flags.from, "from", nil,
		"`class` of the sender: "+strings.Join(trace.SenderWords(), ", ")+"; repeatable")
	f.StringVar(&flags.as, "as", "", "MX `host` of the domain that already has the mail")
	f.StringArrayVar(&flags.down, "down", nil,
		"`what` is down: an MX host, ipv4, ipv6, a prefix or an address; repeatable")
	f.StringArrayVar(&flags.servFail, "servfail", nil, "`lookup` that fails, as NAME/MX, NAME/A or NAME/AAAA; repeatable")
	f.StringArrayVar(&flags.aaaa, "aaaa", nil,
		"`fault` of the name servers for AAAA, as NAME=HOW; repeatable. HOW is "+text.Or(trace.FaultWords()))
	f.StringArrayVar(&flags.tempFail, "tempfail", nil, "MX `host` that answers 4xx to every mail; repeatable")
	f.StringArrayVar(&flags.reject, "reject", nil, "MX `host` that answers 5xx to every mail; repeatable")
	f.StringVar(&flags.resolver, "resolver", trace.ResolverWords()[0],
		"`software` that looks names up, and is DNS64: "+strings.Join(trace.ResolverWords(), ", "))
	f.StringVar(&flags.algorithm, "algorithm", trace.AlgorithmWords()[0],
		"`how` hosts choose: "+strings.Join(trace.AlgorithmWords(), ", "))
	f.StringVar(&flags.reach, "resolver-family", "",
		"the one `family` that resolvers have: "+strings.Join(trace.FamilyWords(), ", ")+" (default: both)")
	f.BoolVar(&flags.outages, "outages", false, "also show what an outage of each host or family does to the mail")
	f.StringVar(&flags.format, "format", "text", "`format`: "+strings.Join(traceFormats(), ", "))
	complete(cmd, "format", words(traceFormats))
	complete(cmd, "from", listOf(words(trace.SenderWords)))
	complete(cmd, "algorithm", words(trace.AlgorithmWords))
	complete(cmd, "resolver", words(trace.ResolverWords))
	complete(cmd, "resolver-family", words(trace.FamilyWords))
	return cmd
}

func traceFormats() []string { return []string{"text", "json"} }

func (f *traceFlags) run(cmd *cobra.Command, stdio *Stdio, domain string, paths []string) error {
	q, err := f.question(domain)
	if err != nil {
		return err
	}
	world, err := f.world(cmd.Context(), stdio, q.Domain, f.view, paths)
	if err != nil {
		return err
	}
	r, err := world.Ask(q)
	if err != nil {
		return err
	}
	write := r.Text
	if f.format == "json" {
		write = r.JSON
	}
	if f.format == "json" {
		err = write(stdio.Out)
	} else {
		err = stdio.fitted(0, write)
	}
	if err != nil {
		return err
	}
	if !r.Delivered() {
		return exitError(exitFindings)
	}
	return nil
}

// namesDomain is the check of the arguments of a command about one domain.
func namesDomain(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("no domain is named: %s", cmd.UseLine())
	}
	return nil
}

func (f *traceFlags) question(domain string) (q trace.Question, err error) {
	if err := oneOf("format", f.format, traceFormats()); err != nil {
		return q, err
	}
	q.Outages = f.outages
	if q.Domain, err = trace.ParseName(inDNS(domain)); err != nil {
		return q, err
	}
	if q.HasAs = f.as != ""; q.HasAs {
		if q.As, err = trace.ParseName(inDNS(f.as)); err != nil {
			return q, fmt.Errorf("--as: %w", err)
		}
	}
	if q.Algorithm, err = trace.ParseAlgorithm(f.algorithm); err != nil {
		return q, fmt.Errorf("--algorithm: %w", err)
	}
	if q.Resolver, err = trace.ParseResolver(f.resolver); err != nil {
		return q, fmt.Errorf("--resolver: %w", err)
	}
	if f.reach != "" {
		if q.Reach, err = trace.ParseFamily(f.reach); err != nil {
			return q, fmt.Errorf("--resolver-family: %w", err)
		}
	}
	each := func(flag string, words []string, add func(word string) error) {
		for _, word := range words {
			name, fault, hasFault := strings.Cut(word, "=")
			if word = inDNS(name); hasFault {
				word += "=" + fault
			}
			if e := add(word); e != nil && err == nil {
				err = fmt.Errorf("%s: %w", flag, e)
			}
		}
	}
	each("--from", f.from, func(word string) error {
		sender, err := trace.ParseSender(word)
		q.From = append(q.From, sender)
		return err
	})
	each("--down", f.down, func(word string) error { return trace.AddDown(&q.Outage, word) })
	each("--servfail", f.servFail, func(word string) error { return trace.AddServFail(&q.Outage, word) })
	each("--aaaa", f.aaaa, func(word string) error { return trace.AddAAAA(&q.Outage, word) })
	host := func(list *[]zonefiles.Name) func(word string) error {
		return func(word string) error {
			name, err := trace.ParseName(word)
			*list = append(*list, name)
			return err
		}
	}
	each("--tempfail", f.tempFail, host(&q.Outage.Transient))
	each("--reject", f.reject, host(&q.Outage.Permanent))
	return q, err
}

// world reads the zones for what is known of a domain, and reports what cannot be read in its zone.
func (f *loadFlags) world(
	ctx context.Context, stdio *Stdio, domain zonefiles.Name, view string, paths []string,
) (*trace.World, error) {
	w, err := f.load(ctx, stdio, paths)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	world, zone, err := w.World(domain, view)
	if err != nil {
		return nil, err
	}
	copies := w.Copies()
	for i := range copies {
		if c := &copies[i]; c.Origin == zone.Origin && c.View == zone.View {
			stdio.note(c.String())
		}
	}
	for _, missing := range zone.Elsewhere {
		at := w.Position(missing.Span).String()
		stdio.note(at + ": only the server has " + missing.Path)
	}
	for _, p := range zone.Problems {
		stdio.note(w.Position(p.Span).String() + ": " + p.Message)
	}
	return world, nil
}
