package lint_test

import (
	"testing"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/zonefiles"
)

func TestStackIsDualUnlessItIsSet(t *testing.T) {
	for _, test := range []struct {
		stack, families delivery.Families
		want            bool
	}{
		{delivery.None, delivery.IPv4, true},
		{delivery.None, delivery.Dual, true},
		{delivery.IPv4, delivery.IPv4, true},
		{delivery.IPv4, delivery.IPv6, false},
		{delivery.IPv4, delivery.Dual, false},
		{delivery.Dual, delivery.IPv6, true},
	} {
		settings := lint.Settings{Stack: test.stack}
		if got := settings.Wants(test.families); got != test.want {
			t.Errorf("stack %s wants %s: %t, want %t", test.stack, test.families, got, test.want)
		}
	}
}

func TestSeverityIsTheRulesOwnUnlessItIsSet(t *testing.T) {
	settings := lint.Settings{Severities: map[string]lint.Severity{"raised": lint.Error, "off": lint.Off}}
	for name, want := range map[string]lint.Severity{"raised": lint.Error, "off": lint.Off, "other": lint.Warning} {
		if got := settings.Severity(&lint.Rule{Name: name, Severity: lint.Warning}); got != want {
			t.Errorf("%s has severity %s, want %s", name, got, want)
		}
	}
}

func TestADomainHasItsZonesSettingsUnlessItHasItsOwn(t *testing.T) {
	www, other := zonefiles.MustName("www.example.org."), zonefiles.MustName("example.org.")
	own := &lint.Settings{Stack: delivery.IPv4}
	zone := &lint.Settings{Domain: func(domain zonefiles.Name) *lint.Settings {
		if domain == www {
			return own
		}
		return nil
	}}
	plain := &lint.Settings{}
	if zone.For(www) != own || zone.For(other) != zone || plain.For(www) != plain {
		t.Error("a mail domain has the settings of another")
	}
}
