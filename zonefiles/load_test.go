package zonefiles

import (
	"strings"
	"testing"

	"mx46/testdata/root"
)

func TestAZoneThatIsServedHasItsViewAndItsPlace(t *testing.T) {
	opened, _ := root.New(t, map[string]string{"db.a": "$TTL 1\n@ A 192.0.2.1\n"})
	loader := NewLoader(opened)
	conf, err := loader.Files.Add("named.conf", []byte(`file "db.a"; file "db.b";`))
	if err != nil {
		t.Fatal(err)
	}
	origin := MustName("example.org.")
	z := loader.Load("db.a", &origin, Served{View: "inside", At: Span{conf.ID, 5, 11}})
	if z.View != "inside" || z.Len() != 1 || z.Origin != origin || len(z.Problems) != 0 {
		t.Errorf("view %q, %d records, %v", z.View, z.Len(), z.Problems)
	}
	for _, at := range []Span{{conf.ID, 18, 24}, {}} {
		z = loader.Load("db.b", &origin, Served{View: "inside", At: at})
		want := "named.conf:1:19"
		if at.IsEmpty() {
			want = "db.b:1:1"
		}
		p := z.Problems[0]
		if got := loader.Files.Position(p.Span.File, p.Span.Start).String(); !z.Missing || z.View != "inside" || got != want {
			t.Errorf("view %q, missing %v, %s at %s, want it at %s", z.View, z.Missing, p.Message, got, want)
		}
	}
}

func TestAZoneIsReadFromWhatItIncludes(t *testing.T) {
	opened, _ := root.New(t, map[string]string{"a": "$INCLUDE sub/b\n", "sub/b": "$INCLUDE c\n", "sub/c": "x 1 A 192.0.2.1\n", "d": ""})
	loader := NewLoader(opened)
	origin := MustName("example.org.")
	var zones []*Zone
	for _, name := range []string{"a", "sub/b", "d"} {
		zones = append(zones, loader.Load(name, &origin, Served{}))
	}
	var reads []string
	zones[0].ReadsAny(func(name string) bool {
		reads = append(reads, name)
		return false
	})
	if got := strings.Join(reads, " "); got != "a sub/b sub/c" {
		t.Errorf("it is read from %s", got)
	}
	not := func(*Zone) bool { return false }
	if roots := Roots(zones, not); len(roots) != 2 || roots[0] != zones[0] || roots[1] != zones[2] {
		t.Errorf("%d of 3 zones are no part of another", len(roots))
	}
}

func TestAFileThatIsAZoneStaysOneWhoeverIncludesIt(t *testing.T) {
	const soa = "$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\n"
	opened, _ := root.New(t, map[string]string{
		"db.evil.example":   soa + "$INCLUDE db.victim.example\n$INCLUDE header\n$INCLUDE stated\n$INCLUDE snippet\n",
		"db.victim.example": soa, "header": soa, "stated": "x A 192.0.2.1\n", "snippet": "x A 192.0.2.1\n",
	})
	loader := NewLoader(opened)
	origin := MustName("example.org.")
	var zones []*Zone
	for _, name := range []string{"db.evil.example", "db.victim.example", "header", "snippet"} {
		zones = append(zones, loader.Load(name, nil, Served{}))
	}
	zones = append(zones, loader.Load("stated", &origin, Served{}))
	var roots []string
	for _, z := range Roots(zones, func(z *Zone) bool { return z.Path == "stated" }) {
		roots = append(roots, z.Path)
	}
	if got := strings.Join(roots, " "); got != "db.evil.example db.victim.example stated" {
		t.Errorf("zones of their own are %s", got)
	}
}
