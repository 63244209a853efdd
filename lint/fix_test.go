package lint_test

import (
	"testing"

	"mx46/lint"
	"mx46/zonefiles"
)

func TestEditsOfOneFile(t *testing.T) {
	edit := func(start, end uint32, text string) lint.Edit {
		return lint.Edit{Span: zonefiles.Span{Start: start, End: end}, New: text}
	}
	const refused = "refused"
	for _, test := range []struct {
		name  string
		edits []lint.Edit
		want  string
	}{
		{"none", nil, "0123456789"},
		{"in any order", []lint.Edit{edit(8, 9, "H"), edit(1, 3, "BCD")}, "0BCD34567H9"},
		{"side by side", []lint.Edit{edit(2, 4, "C"), edit(4, 6, "E")}, "01CE6789"},
		{"twice the same", []lint.Edit{edit(2, 4, "C"), edit(2, 4, "C")}, "01C456789"},
		{"insertions at both ends", []lint.Edit{edit(10, 10, "<"), edit(0, 0, ">")}, ">0123456789<"},
		{"an insertion before a replacement", []lint.Edit{edit(2, 2, "-"), edit(2, 3, "C")}, "01-C3456789"},
		{"of everything", []lint.Edit{edit(0, 10, "")}, ""},
		{"that overlap", []lint.Edit{edit(2, 5, "C"), edit(4, 6, "E")}, refused},
		{"of one place and of different texts", []lint.Edit{edit(2, 4, "C"), edit(2, 4, "D")}, refused},
		{"two insertions at one place", []lint.Edit{edit(2, 2, "C"), edit(2, 2, "D")}, refused},
		{"beyond the end", []lint.Edit{edit(9, 11, "")}, refused},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := []byte("0123456789")
			out, err := lint.ApplyEdits(text, test.edits)
			got := string(out)
			if err != nil {
				got = refused
			}
			if got != test.want {
				t.Errorf("the text is %q (%v), want %q", got, err, test.want)
			}
			if string(text) != "0123456789" {
				t.Error("the text that was given is changed")
			}
		})
	}
}

// TestRemovingARecordRemovesNothingElse removes the MX record of a zone that has one.
func TestRemovingARecordRemovesNothingElse(t *testing.T) {
	for _, test := range []struct{ name, before, after string }{
		{"with its comment", "a MX 10 a ; backup\nb A 192.0.32.1\n", "b A 192.0.32.1\n"},
		{"over several lines", "a MX ( 10\n a ) ; backup\nb A 192.0.32.1\n", "b A 192.0.32.1\n"},
		{"that has its owner from the record before", "a A 192.0.32.1\n  MX 10 a\nb A 192.0.32.1\n", "a A 192.0.32.1\nb A 192.0.32.1\n"},
		{"that lends its owner", "a MX 10 a\n  A 192.0.32.1\n", ""},
		{"that is generated", "$GENERATE 1-1 a MX \"10 a\"\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			files, zones := readZones(t, "-- example.org.zone --\n"+test.before)
			for i := range zones[0].Len() {
				record := zones[0].Record(i)
				if record.Type() != zonefiles.TypeMX {
					continue
				}
				edit, ok := lint.RemoveRecord(record)
				if ok != (test.after != "") {
					t.Fatalf("the record can be removed: %t", ok)
				}
				if !ok {
					return
				}
				out, err := lint.ApplyEdits(files.File(0).Data, []lint.Edit{edit})
				if err != nil || string(out) != head+test.after {
					t.Errorf("without the record the zone is\n%s (%v)", out, err)
				}
				return
			}
			t.Error("the zone has no MX record")
		})
	}
}
