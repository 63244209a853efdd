package report

import (
	"bufio"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"mx46/lint"
	"mx46/lint/text"
	"mx46/zonefiles"
)

// This file writes SARIF 2.1.0 as GitHub code scanning and editors read it. The structs hold only what these show;
// GitHub demands the members without omitempty.

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sarifRoot   = "%SRCROOT%"

	// What mx46 implements; it has no page of its own yet.
	sarifInformation = "https://www.rfc-editor.org/info/rfc3974"
)

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	Invocations []sarifInvocation `json:"invocations"`
	Automation  struct {
		ID string `json:"id"`
	} `json:"automationDetails"`
	URIBases   map[string]sarifBase `json:"originalUriBaseIds"`
	ColumnKind string               `json:"columnKind"`
	Results    []sarifResult        `json:"results"`
	Properties map[string]any       `json:"properties"`
}

type sarifBase struct {
	Description sarifText `json:"description"`
}

type sarifDriver struct {
	Name            string      `json:"name"`
	InformationURI  string      `json:"informationUri"`
	Version         string      `json:"version"`
	SemanticVersion string      `json:"semanticVersion"`
	Rules           []sarifRule `json:"rules"`
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifRule struct {
	ID      string    `json:"id"`
	Short   sarifText `json:"shortDescription"`
	Full    sarifText `json:"fullDescription"`
	Help    sarifText `json:"help"`
	HelpURI string    `json:"helpUri,omitempty"`
	Default struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
	Properties struct {
		Tags      []string `json:"tags"`
		Precision string   `json:"precision"`
		Severity  string   `json:"problem.severity"`
	} `json:"properties"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	Notifications []sarifNotification `json:"toolExecutionNotifications"`
}

type sarifNotification struct {
	Level   string    `json:"level"`
	Message sarifText `json:"message"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Related      []sarifLocation    `json:"relatedLocations,omitempty"`
	CodeFlows    []sarifCodeFlow    `json:"codeFlows,omitempty"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Fixes        []sarifFix         `json:"fixes,omitempty"`
	Suppressions []sarifSuppression `json:"suppressions,omitzero"`
	Properties   map[string]string  `json:"properties,omitempty"`
}

type sarifLocation struct {
	ID       int                    `json:"id,omitempty"`
	Physical sarifPhysical          `json:"physicalLocation"`
	Logical  []sarifLogicalLocation `json:"logicalLocations,omitempty"`
	Message  *sarifText             `json:"message,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI  string `json:"uri"`
	Base string `json:"uriBaseId,omitempty"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

type sarifLogicalLocation struct {
	Name      string `json:"name"`
	Qualified string `json:"fullyQualifiedName"`
	Kind      string `json:"kind"`
}

type sarifCodeFlow struct {
	ThreadFlows []sarifThreadFlow `json:"threadFlows"`
}

type sarifThreadFlow struct {
	Locations []sarifStep `json:"locations"`
}

type sarifStep struct {
	Location sarifLocation `json:"location"`
}

type sarifFix struct {
	Description sarifText       `json:"description"`
	Changes     []sarifChange   `json:"artifactChanges"`
	Properties  map[string]bool `json:"properties"`
}

type sarifChange struct {
	Artifact     sarifArtifact      `json:"artifactLocation"`
	Replacements []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	Deleted  sarifRegion `json:"deletedRegion"`
	Inserted sarifText   `json:"insertedContent"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

func writeSARIF(w *bufio.Writer, r *Report, _ Options) error {
	run := sarifRun{ColumnKind: "utf16CodeUnits"}
	run.Properties = map[string]any{"summary": r.summary(), "settings": r.Settings.complete()}
	run.Automation.ID = "mx46/"
	run.URIBases = map[string]sarifBase{sarifRoot: {sarifText{Text: "The folder that mx46 was run on."}}}
	driver, index := r.sarifDriver()
	run.Tool.Driver = driver
	all := len(r.Result.Findings)
	if all > maxResults {
		r.Result.Findings = r.worstFirst()[:maxResults] // of the copy that this format has
	}
	var prints sarifFingerprints
	anySuppressed := slices.ContainsFunc(r.Result.Findings, func(f lint.Finding) bool { return f.Suppressed != "" })
	run.Invocations = []sarifInvocation{{Successful: true, Notifications: r.sarifNotifications(&run, all)}}
	document := sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}}
	return putJSONArray(w, document, "results", " ", r.each(func(f *lint.Finding) any {
		result := r.sarifResult(f)
		if anySuppressed { // then every result must say whether it is (SARIF section 3.27.23)
			result.Suppressions = []sarifSuppression{}
		}
		if f.Suppressed != "" {
			kind := "inSource" // an ignore comment
			if f.Suppressed == lint.Baselined {
				kind = "external"
			}
			result.Suppressions = []sarifSuppression{{kind, f.Suppressed}}
		}
		result.RuleIndex = index[f.Rule.Name]
		line := result.Locations[0].Physical.Region.StartLine
		result.Fingerprints = map[string]string{"primaryLocationLineHash": prints.next(r)[line]}
		return result
	}))
}

// sarifDriver describes mx46 and all rules, and gives the index of each rule by name.
func (r *Report) sarifDriver() (sarifDriver, map[string]int) {
	version := semanticVersion(r.Version)
	driver := sarifDriver{
		Name: "mx46", InformationURI: sarifInformation, Version: version, SemanticVersion: version, Rules: []sarifRule{},
	}
	index := map[string]int{}
	add := func(rule *lint.Rule) {
		if _, known := index[rule.Name]; known {
			return
		}
		index[rule.Name] = len(driver.Rules)
		driver.Rules = append(driver.Rules, sarifRuleOf(rule))
	}
	for _, rule := range r.Rules {
		add(rule)
	}
	for _, f := range r.Result.Findings {
		add(f.Rule)
	}
	return driver, index
}

// semanticVersion writes a version as Semantic Versioning 2.0.0 does: without "v", and a name such as "(devel)" as
// build metadata.
func semanticVersion(version string) string {
	number := strings.TrimPrefix(version, "v")
	if regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`).MatchString(number) {
		return number
	}
	if name := regexp.MustCompile(`[^0-9A-Za-z]`).ReplaceAllString(version, ""); name != "" {
		return "0.0.0+" + name
	}
	return "0.0.0"
}

func sarifRuleOf(rule *lint.Rule) sarifRule {
	full := strings.Join(strings.Fields(rule.Summary()+" "+rule.Section("What it reports")), " ")
	out := sarifRule{
		ID:      rule.Name,
		Short:   sarifText{Text: shorten(rule.Summary(), maxDescription)},
		HelpURI: rule.Reference(),
		Full:    sarifText{Text: shorten(full, maxDescription)},
		Help:    sarifText{Text: rule.Page(), Markdown: rule.Page()},
	}
	out.Default.Level = rule.Severity.String()
	out.Properties.Tags = []string{"dns", "mail"}
	out.Properties.Precision = "high"
	out.Properties.Severity = level(rule.Severity, "recommendation")
	return out
}

// shorten cuts text to at most n runes, with an ellipsis.
func shorten(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return text
}

func (r *Report) sarifResult(f *lint.Finding) sarifResult {
	out := sarifResult{
		RuleID: f.Rule.Name, Level: f.Severity.String(), Locations: []sarifLocation{r.sarifLocation(f.Span, "")},
		Properties: map[string]string{"zone": f.Zone.String()},
	}
	logical := sarifLogicalLocation{Name: f.Subject.Owner.String(), Qualified: f.Subject.Owner.String(), Kind: "resource"}
	if f.Subject.Target != "" {
		logical.Name = f.Subject.Target
		logical.Qualified += "/" + f.Subject.Target
	}
	out.Locations[0].Logical = []sarifLogicalLocation{logical}

	// GitHub shows a related location only if the message links to it by its id.
	sentences := prose(f)
	for i, s := range sentences {
		sentences[i] = sarifPlain(s)
	}
	for i, related := range f.Related {
		location := r.sarifLocation(related.Span, related.Message)
		location.ID = i + 1
		out.Related = append(out.Related, location)
		label := sarifPlain(sarifLabel(related.Message, r, related.Span))
		sentences = append(sentences, fmt.Sprintf("[%s](%d)", label, location.ID))
	}
	out.Message.Text = strings.Join(sentences, "\n")

	var steps []sarifStep
	for _, step := range f.Path {
		steps = append(steps, sarifStep{r.sarifLocation(step.Span, step.Message)})
	}
	if len(steps) > 0 {
		out.CodeFlows = []sarifCodeFlow{{[]sarifThreadFlow{{steps}}}}
	}
	for _, fix := range f.Fixes {
		if len(fix.Edits) > 0 {
			out.Fixes = append(out.Fixes, r.sarifFix(fix))
		}
	}
	return out
}

// sarifLabel is the text of a link: the related message, or else the place.
func sarifLabel(message string, r *Report, sp zonefiles.Span) string {
	if message != "" {
		return message
	}
	start, _ := r.place(sp, inUTF16)
	return text.Line(start.String())
}

// sarifPlain escapes what begins or ends a link in a message (SARIF section 3.11.6).
func sarifPlain(text string) string {
	return strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`).Replace(text)
}

func (r *Report) sarifLocation(sp zonefiles.Span, message string) sarifLocation {
	out := sarifLocation{Physical: sarifPhysical{r.sarifArtifact(sp), r.sarifRegion(sp)}}
	if message != "" {
		out.Message = &sarifText{Text: sarifPlain(message)}
	}
	return out
}

func (r *Report) sarifRegion(sp zonefiles.Span) sarifRegion {
	start, end := r.place(sp, inUTF16)
	return sarifRegion{start.Line, start.Column, end.Line, end.Column}
}

func (r *Report) sarifArtifact(sp zonefiles.Span) sarifArtifact {
	file := r.Files.File(r.onDisk(sp).File)
	if file.IsAnswer() {
		return sarifArtifact{URI: file.Name} // which is one, and absolute
	}
	return sarifArtifact{relativeURI(file.Name), sarifRoot}
}

// relativeURI is a file's name as a relative reference (RFC 3986 section 4.2). Every byte that could have a meaning, as
// in a scheme or an authority, is percent-encoded.
func relativeURI(name string) string {
	var b strings.Builder
	for i, c := range []byte(name) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			strings.IndexByte("-._~", c) >= 0, c == '/' && i > 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func (r *Report) sarifFix(fix lint.Fix) sarifFix {
	out := sarifFix{Description: sarifText{Text: sarifPlain(fix.Message)}, Properties: map[string]bool{"safe": fix.Safe}}
	change := map[zonefiles.FileID]int{}
	for _, edit := range fix.Edits {
		file := r.onDisk(edit.Span).File
		i, ok := change[file]
		if !ok {
			i = len(out.Changes)
			change[file] = i
			out.Changes = append(out.Changes, sarifChange{Artifact: r.sarifArtifact(edit.Span)})
		}
		replacement := sarifReplacement{r.sarifRegion(edit.Span), sarifText{Text: edit.New}}
		out.Changes[i].Replacements = append(out.Changes[i].Replacements, replacement)
	}
	return out
}

// sarifFingerprints is the hashes of the lines of the findings that follow one another in one file. Those of all files
// would take as much memory as the findings.
type sarifFingerprints struct {
	ends, at int // numbers of findings: the first beyond that file, and the one at hand
	lines    map[int]string
}

// next gives the hashes for the next finding.
func (p *sarifFingerprints) next(r *Report) map[int]string {
	if p.at == p.ends {
		wanted := map[int]bool{}
		file := r.onDisk(r.Result.Findings[p.at].Span).File
		for ; p.ends < len(r.Result.Findings); p.ends++ {
			sp := r.onDisk(r.Result.Findings[p.ends].Span)
			if sp.File != file {
				break
			}
			wanted[r.Files.Position(sp.File, sp.Start).Line] = true
		}
		p.lines = fingerprints(r.Files.File(file).Data, wanted)
	}
	p.at++
	return p.lines
}

// sarifNotifications say what was not checked, and what GitHub will not show.
func (r *Report) sarifNotifications(run *sarifRun, all int) []sarifNotification {
	out := []sarifNotification{}
	note := func(level, text string) { out = append(out, sarifNotification{level, sarifText{Text: text}}) }
	for _, caveat := range r.caveats() {
		note("note", caveat)
	}
	results := len(r.Result.Findings)
	if left := all - results; left > 0 {
		note("warning", fmt.Sprintf("%d of %d results are left out here, the least severe: GitHub takes no more than %d.",
			left, all, maxResults))
	}
	related, steps := 0, 0
	for _, f := range r.Result.Findings {
		related, steps = max(related, len(f.Related)), max(steps, len(f.Path))
	}
	for _, limit := range []struct {
		n, shown, most int
		what           string
	}{
		{results, maxResultsShown, maxResults, "results"},
		{len(run.Tool.Driver.Rules), maxRules, maxRules, "rules"},
		{related, maxRelatedShown, maxRelated, "related locations of one result"},
		{steps, maxStepsShown, maxSteps, "steps of one code flow"},
	} {
		if limit.n > limit.most {
			note("warning", fmt.Sprintf("GitHub refuses this report: %d %s are more than %d.", limit.n, limit.what, limit.most))
		} else if limit.n > limit.shown {
			note("warning", fmt.Sprintf("GitHub shows %d of %d %s.", limit.shown, limit.n, limit.what))
		}
	}
	return out
}
