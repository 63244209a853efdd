package zonefiles

import "testing"

// observed is a zone that was made of answers: names, a type, "-" where the name does not exist, and records.
func observed(t *testing.T, answers ...[4]string) *Zone {
	t.Helper()
	l := NewLoader(nil)
	var all []Answer
	for _, a := range answers {
		typ, _ := parseType([]byte(a[1]))
		answer := Answer{Name: MustName(a[0]), Type: typ, Exists: a[2] != "-"}
		if a[3] != "" {
			file, err := l.Files.AddAnswer("dns://192.0.2.53/x?type=A", []byte(a[3]))
			if err != nil {
				t.Fatal(err)
			}
			answer.Text = file
		}
		all = append(all, answer)
	}
	return l.Observe(MustName("example."), all)
}

func TestAnObservedZoneKnowsWhatWasAsked(t *testing.T) {
	z := observed(t,
		[4]string{"example.", "MX", "", "example. 60 IN MX 10 mx.example.\n"},
		[4]string{"mx.example.", "A", "", "mx.example. 60 IN A 192.0.2.1 ; from 192.0.2.53\n"},
		[4]string{"mx.example.", "AAAA", "", ""},
		[4]string{"gone.example.", "A", "-", "; nothing\n"})
	if z.Len() != 2 || len(z.Problems) != 0 || !z.IsObserved() || z.Path != "example." || len(z.Includes) != 3 {
		t.Fatalf("%d records, %v", z.Len(), z.Problems)
	}
	for _, c := range []struct {
		name string
		of   Type
		may  bool
	}{
		{"example.", TypeMX, false},
		{"example.", TypeNS, true},
		{"example.", 0, true},
		{"mx.example.", TypeA, false},
		{"mx.example.", TypeAAAA, false},
		{"mx.example.", TypeTXT, true},
		{"gone.example.", TypeA, false},
		{"gone.example.", TypeTXT, false},
		{"gone.example.", 0, false},
		{"below.gone.example.", TypeMX, false},
		{"other.example.", TypeA, true},
	} {
		if got := z.MayHold(MustName(c.name), c.of); got != c.may {
			t.Errorf("%s %s: %v", c.name, c.of, got)
		}
	}
	there := map[string]bool{}
	for id := range z.Witnessed() {
		there[z.Names.Name(id).String()] = true
	}
	if len(there) != 2 || !there["example."] || !there["mx.example."] {
		t.Errorf("%v", there)
	}
	span := z.Record(1).Field(0)
	if z.Files().Editable(span) || z.Files().OnDisk(span) != span || !z.Files().File(span.File).IsAnswer() {
		t.Error("an answer is taken for text that can be edited, or that was made")
	}
}

func TestWhatCannotBeReadOfAnAnswerIsNotKnown(t *testing.T) {
	z := observed(t, [4]string{"mx.example.", "A", "", "mx.example. 60 IN A 192.0.2.300\n"})
	if len(z.Problems) != 1 || !z.MayHold(MustName("mx.example."), TypeA) {
		t.Errorf("%v", z.Problems)
	}
}
