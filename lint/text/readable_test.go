package text

import "testing"

func TestNamesOfOtherScriptsAreShownInBothForms(t *testing.T) {
	for prose, want := range map[string]string{
		"MX target mx.xn--bcher-kva.example has none": "MX target mx.bücher.example (mx.xn--bcher-kva.example) has none",
		"XN--BCHER-KVA.example.":                      "bücher.example (XN--BCHER-KVA.example).",
		"_25._tcp.xn--bcher-kva.example":              "_25._tcp.xn--bcher-kva.example", // no host's name
		"xn--bcher-kva, xn--a and xn--":               "bücher (xn--bcher-kva), xn--a and xn--",
		"xn--google-yri.example":                      "gooِgle.example (xn--google-yri.example)",
		"nothing":                                     "nothing",
	} {
		if got := Readable(prose); got != want {
			t.Errorf("%s: %s, want %s", prose, got, want)
		}
	}
}
