package report

import (
	"strings"

	"mx46/lint/text"
)

// This file says which settings of a repository bear on what is found: a pull request may change those too.

// Settings are what the findings were found under.
type Settings struct {
	// Files that were used, relative to the root; empty: none.
	Configuration string `json:"configuration,omitempty"`
	Lock          string `json:"lock,omitempty"`
	Baseline      string `json:"baseline,omitempty"`

	Off       []string `json:"off"`        // rules that were not run
	PartlyOff []string `json:"partly_off"` // rules that were not run on some zones or mail domains
	Lowered   []string `json:"lowered"`    // rules of which some findings have a lower severity than the rules' own
	Excluded  []string `json:"excluded"`   // files that are like zones and were not read; not all, if there are very many
	Values    []string `json:"values"`     // further settings by which less is found or shown, such as "stack: ipv6"
}

// complete is the settings with lists that are not nil, as JSON has them.
func (s Settings) complete() Settings {
	for _, list := range []*[]string{&s.Off, &s.PartlyOff, &s.Lowered, &s.Excluded, &s.Values} {
		if *list == nil {
			*list = []string{}
		}
	}
	return s
}

// relaxes reports whether less is found than without the settings.
func (s *Settings) relaxes() bool {
	return len(s.Off)+len(s.PartlyOff)+len(s.Lowered)+len(s.Excluded)+len(s.Values) > 0
}

// sentence says so to people; it is empty if there is nothing to say.
func (s *Settings) sentence() string {
	var parts []string
	add := func(label string, words []string) {
		if len(words) > 0 {
			parts = append(parts, label+text.Some(words, maxNamedSettings))
		}
	}
	var files []string
	for _, file := range []string{s.Configuration, s.Lock, s.Baseline} {
		if file != "" {
			files = append(files, path(file))
		}
	}
	add("", files)
	add("rules off: ", s.Off)
	add("off in part: ", s.PartlyOff)
	add("of lower severity: ", s.Lowered)
	add("", s.Values)
	excluded := make([]string, len(s.Excluded))
	for i, file := range s.Excluded {
		excluded[i] = path(file)
	}
	add("excluded: ", excluded)
	if len(parts) == 0 {
		return ""
	}
	return "Settings: " + strings.Join(parts, "; ") + "."
}
