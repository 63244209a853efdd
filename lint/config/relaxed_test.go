package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/lint"
)

func TestWhatMakesMX46FindLessIsKnown(t *testing.T) {
	catalog := []*lint.Rule{
		{Name: "mx-target-cname", Severity: lint.Error},
		{Name: "addr-private", Severity: lint.Error},
		{Name: "mx-host-single-stack", Severity: lint.Note},
	}
	type relaxed struct{ Off, Partly, Lowered, Values []string }
	for _, tt := range []struct {
		name, text string
		want       relaxed
	}{
		{"nothing", "", relaxed{}},
		{
			"a configuration that asks for more", "fail-on: warning\nmin-severity: note\nstack: dual\nrules: {mx-host-single-stack: error}\n",
			relaxed{},
		},
		{
			"rules and overrides", layered, relaxed{
				Partly: []string{"addr-private"}, Lowered: []string{"mx-target-cname"},
				Values: []string{"stack: ipv6", "stack or scope in 3 entries of zones", "stack or scope in 3 overrides"},
			},
		},
		{
			"entries of zones", "zones: [{folder: a, scope: internal}, {files: b, stack: ipv4}, {files: c}]\n",
			relaxed{Values: []string{"stack or scope in 2 entries of zones"}},
		},
		{
			"all values", "fail-on: never\nmin-severity: error\nscope: internal\nrules: {mx-host-single-stack: off, addr-private: note}\n",
			relaxed{
				Off: []string{"mx-host-single-stack"}, Lowered: []string{"addr-private"},
				Values: []string{"fail-on: never", "min-severity: error", "scope: internal"},
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got relaxed
			got.Off, got.Partly, got.Lowered, got.Values = mustLoad(t, tt.text).Relaxed(catalog)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	c := mustLoad(t, layered)
	c.SetSeverity("addr-private", lint.Error, "--severity")
	c.SetSeverity("mx-host-single-stack", lint.Off, "--severity")
	if off, partly, _, _ := c.Relaxed(catalog); len(partly) != 0 || len(off) != 1 {
		t.Errorf("with severities of the command line, %q are off and %q in part", off, partly)
	}
}
