package zonefiles

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseName(t *testing.T) {
	origin := MustName("example.org.")
	long := strings.Repeat("a", 63)
	tests := []struct {
		text, want string
		err        error
	}{
		{"www", "www.example.org.", nil},
		{"WWW.Example.NET.", "www.example.net.", nil},
		{"@", "example.org.", nil},
		{".", ".", nil},
		{`a\.b`, `a\.b.example.org.`, nil},
		{`\097`, "a.example.org.", nil},
		{`\065`, "a.example.org.", nil},
		{`\000.`, `\000.`, nil},
		{"a b", `a\032b.example.org.`, nil},
		{long + ".", long + ".", nil},
		{"", "", ErrEmptyName},
		{"a..b", "", errEmptyLabel},
		{".a", "", errEmptyLabel},
		{long + "a", "", errLabelTooLong},
		{strings.Repeat(long+".", 4), "", errNameTooLong},
		{strings.Repeat("a.", 127), strings.Repeat("a.", 127), nil},
		{strings.Repeat("a.", 128), "", errNameTooLong},
		{strings.Repeat("a.", 127)[:253], "", errNameTooLong}, // relative: the origin makes it too long
		{`\256`, "", errBadEscape},
		{`\1`, "", errBadEscape},
		{`a\`, "", errBadEscape},
	}
	for _, tt := range tests {
		got, err := ParseName([]byte(tt.text), origin)
		if !errors.Is(err, tt.err) || err == nil && got.String() != tt.want {
			t.Errorf("ParseName(%q) = %q, %v, want %q, %v", tt.text, got.String(), err, tt.want, tt.err)
		}
	}
}

func TestNameRelations(t *testing.T) {
	www, org := MustName("www.example.org."), MustName("org.")
	if got := www.Parent().String(); got != "example.org." {
		t.Errorf("Parent = %s", got)
	}
	if got := www.Labels(); got != 3 {
		t.Errorf("Labels = %d", got)
	}
	for _, tt := range []struct {
		name, ancestor Name
		want           bool
	}{{www, org, true}, {www, www, true}, {org, www, false}, {www, Root, true}, {MustName("wwworg."), org, false}} {
		if got := tt.name.IsAtOrBelow(tt.ancestor); got != tt.want {
			t.Errorf("%s at or below %s: %v, want %v", tt.name, tt.ancestor, got, tt.want)
		}
	}
}

func TestNamesPrintAndParseAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var wire []byte
		for _, label := range rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 1, 63), 0, 3).Draw(t, "labels") {
			wire = append(wire, byte(len(label)))
			for _, c := range label {
				wire = append(wire, lower(c))
			}
		}
		name := Name(wire)
		again, err := ParseName([]byte(name.String()), Root)
		if err != nil || again != name {
			t.Fatalf("%q prints as %q, which parses as %q, %v", string(name), name.String(), string(again), err)
		}
	})
}

func TestNamesInternOneNumberForEachName(t *testing.T) {
	names := newNames(0)
	seen := map[NameID]string{}
	for i := range 1000 {
		text := fmt.Sprintf("host%d.Sub%d.example.org.", i, i%7)
		id, err := names.internText([]byte(text), rootID)
		if err != nil {
			t.Fatal(err)
		}
		if before, ok := seen[id]; ok {
			t.Fatalf("%s has the number of %s", text, before)
		}
		seen[id] = text
		if got := names.Name(id).String(); got != strings.ToLower(text) {
			t.Errorf("Name(%d) = %s, want %s", id, got, strings.ToLower(text))
		}
		if found, ok := names.Find(MustName(text)); !ok || found != id {
			t.Errorf("Find(%s) = %d, %v, want %d", text, found, ok, id)
		}
		if again, _ := names.internText([]byte(strings.ToUpper(text)), rootID); again != id {
			t.Errorf("%s in upper case has number %d, want %d", text, again, id)
		}
	}
	if id, ok := names.Find(MustName("nothing.sub1.example.org.")); ok || names.Name(id).String() != "sub1.example.org." {
		t.Errorf("Find of a missing name gives %s, %v, want its closest encloser", names.Name(id), ok)
	}
	for id := NameID(1); int(id) < names.Len(); id++ {
		if names.Parent(id) >= id {
			t.Fatalf("name %d has the parent %d, which must have a smaller number", id, names.Parent(id))
		}
	}
}
