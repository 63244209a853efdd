package zonefiles

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What is hidden is shown as a tilde.
func TestPlaceholdersAreHiddenAndNothingMoves(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"Jinja", "a A {{ ip }}\n", "a A ~~~ip~~~\n"},
		{"Jinja, with blanks, quotes and filters", "a A {{ h['x'] | f(\";\") }} ; {{ c }}\n", "a A ~~~h~~x~~~~~f~~~~~~~~ ; {{ c }}\n"},
		{"Jinja, for", "{% for h in x %}\n{{ h }} A 1.2.3.4\n{% endfor %}\nb A 1.2.3.4\n", "                \n~~~h~~~ A 1.2.3.~\n            \nb A 1.2.3.4\n"},
		{"Jinja, alternatives in a line", "a {% if x %}A 1.2.3.4{% else %}CNAME b{% endif %}\n", "a ~~~if~x~~~A~1~2~3~4~~~else~~~CNAME~b~~~endif~~~\n"},
		{"Jinja, include", "{% include 'x' %}\n", "~~~include~~x~~~~\n"},
		{"Jinja, comment", "{# a A 1.2.3.4\n#}\n", "              \n  \n"},
		{"Jinja, nested", "{% if a %}\n{% if b %}\nx A 1.2.3.4 ; c\n{% endif %}\ny MX 10 m\n{% endif %}\n", "          \n          \nx A 1.2.3.~ ; c\n           \ny MX 10 ~\n           \n"},
		{"Jinja in a comment", "; {% if a %}\nx A 1.2.3.4\n; {% endif %}\n", ";           \nx A 1.2.3.~\n;            \n"},
		{"Go", "{{- range .X }}\na A {{ . }}\n{{ end }}\n", "               \na A ~~~~~~~\n         \n"},
		{"Mustache", "{{#x}}\na A 1.2.3.4\n{{/x}}\n", "      \na A 1.2.3.~\n      \n"},
		{"ERB", "<% @x.each do |y| -%>\n<%= y %> A 1.2.3.4\n<% end -%>\nb A <%= @ip %>\n", "                     \n~~~~y~~~ A 1.2.3.~\n          \nb A ~~~~~ip~~~\n"},
		{"EPP", "<% if $x { -%>\na A 1.2.3.4\n<% } -%>\n", "              \na A 1.2.3.~\n        \n"},
		{"Template Toolkit", "[% IF x %]\na A 1.2.3.4\n[% END %]\nb A [% ip %]\n", "          \na A 1.2.3.~\n         \nb A ~~~ip~~~\n"},
		{"Mako", "% for x in y:\na A 1.2.3.4\n% endfor\n", "             \na A 1.2.3.~\n        \n"},
		{"shells", "a A ${IP}\n@ SOA n h $SERIAL 1 1 1 1\n", "a A ~~IP~\n@ SOA n h ~SERIAL 1 1 1 1\n"},
		{"words between marks", "a A @IP@ ; @X@\nb A $ip$\nc A {ip}\nd A %ip%\ne A __IP__\nf A @@IP@@\n", "a A ~IP~ ; @X@\nb A ~ip~\nc A ~ip~\nd A ~ip~\ne A ~_IP__\nf A ~~IP~~\n"},
		{"part of a name", "a MX 10 mx.{{ zone }}.\n", "a MX 10 mx.~~~zone~~~.\n"},
		{"long", "a A {{ " + strings.Repeat("x", 100) + " }}\n", "a A ~~~" + strings.Repeat("x", 47) + "." + strings.Repeat("x", 49) + ".xx~~~\n"},
		{"m4", "define(`IP', 1.2.3.4)dnl\na A IP\nb A 1.2.3.4 dnl c\nIPS A 1.2.3.4\ninclude(`x')\n", "                        \na A ~P\nb A 1.2.3.4      \nIPS A 1.2.3.4\n~           \n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := hideTemplate([]byte(test.text))
			if len(got) != len(test.text) {
				t.Errorf("%d bytes of %d", len(got), len(test.text))
			}
			if shown := strings.ReplaceAll(string(got), "\x7f", "~"); shown != test.want {
				t.Errorf("\n got %q\nwant %q", shown, test.want)
			}
		})
	}
}

func TestZonesAreNoTemplates(t *testing.T) {
	for _, text := range []string{
		"$ORIGIN example.org.\n$TTL 1h\n@ SOA ns.example.net. h 1 2h 1h 1w 1h\n",
		"@ TXT $Id$\n@ TXT $Id: x 1 $\n; $Id$ {{ x }} @X@ ${Y}\n",
		"dnl A 192.0.2.7\n",
		"$GENERATE 1-2 a$ A 192.0.2.$\n$GENERATE 1-2 a${0,3,d} CNAME b$\n",
		"a TXT \"exists:%{i}._spf.example.org\" \"{x}\" \"$x\" \"@x@\" \"${x} {% if %}\"\nb TXT v=spf1 exists:%{ir}.example.org -all\n",
		"s NAPTR 100 10 U E2U+sip !^.*$!sip:info@example.com! .\n",
		"s SOA ns admin@example.org 1 2 3 4 5\n",
		"_sip._tcp SRV 0 0 1 a\n__a__ A 192.0.2.1\n",
		"k DNSKEY 257 3 8 AwEAAc4x/fb==\n# comment\n%a A 192.0.2.1\n",
	} {
		if got := hideTemplate([]byte(text)); got != nil {
			t.Errorf("%q is %q", text, got)
		}
	}
}

// TestLinesWithoutMarksHoldNothingToHide has the lines looked at that are passed over.
func TestLinesWithoutMarksHoldNothingToHide(t *testing.T) {
	word := rapid.SampledFrom(strings.Split(
		`a| |"|;|\|x_y|_x|__|@|@@|%|%%|# |$|{|}|{{|}}|{% if|%}|<%|%>|[|[%|%]|${|#{|'|`+"`|\n", "|"))
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(strings.Join(rapid.SliceOfN(word, 0, 20).Draw(t, "words"), ""))
		every := hider{data: text, every: true}
		if got, want := hideTemplate(text), every.hideAll(); !bytes.Equal(got, want) {
			t.Fatalf("%q becomes %q, and with every line looked at %q", text, got, want)
		}
	})
}

func TestTemplatesThatAreTooLargeAreNotRead(t *testing.T) {
	text := []byte("$TTL 1h\n@ SOA {{ ns }} h 1 2h 1h 1w 1h\n;" + strings.Repeat(" ", maxTemplateText))
	for i := 1 << 10; i < len(text); i += 1 << 10 {
		text[i], text[i-1] = ';', '\n'
	}
	for _, size := range []int{maxTemplateText, maxTemplateText + 1} {
		loader := NewLoader(nil)
		file, err := loader.Files.Add("db.example.org", text[:size])
		if err != nil {
			t.Fatal(err)
		}
		z := loader.Parse(file, nil)
		tooLarge := size > maxTemplateText
		if !z.IsTemplate || (z.Len() == 0) != tooLarge || z.MayHold("\x03www\x07example\x03org", TypeA) != tooLarge {
			t.Errorf("of %d bytes %d records are read", size, z.Len())
		}
		if limited := len(z.Problems) == 1 && z.Problems[0].Kind == LimitProblem; limited != tooLarge {
			t.Errorf("%d bytes have the problems %v", size, z.Problems)
		}
	}

	// Nor is one whose only placeholder is in its last line.
	copy(text, strings.Replace(string(text[:64]), "{{ ns }}", "ns      ", 1))
	if text = append(text, "\nwww A {{ address }}"...); len(hideTemplate(text)) != len(text) {
		t.Error("a placeholder in the last line makes no template of a large text")
	}
}

// What templates leave open in names is shown as words in braces, as far as there are words.
func TestPlaceholdersOfNamesAreReadable(t *testing.T) {
	for written, want := range map[string]string{
		"mx1.{{ mail_domain }}.":     "mx1.{mail_domain}",
		"{{ .Backup }}.example.":     "{backup}.example",
		"{{mx|lower}}.example.":      "{mx lower}.example",
		"mx${n}-{{ site }}.example.": "mx{n}-{site}.example",
		"mx{{ n }}a.example.":        "mx{n}a.example",
		"<%= a %>.in.{{ b }}.":       "{a}.in.{b}",
		"{{ '' }}.example.":          "?.example",
	} {
		hidden := hideTemplate([]byte("@ MX 10 " + written + "\n"))
		name, err := ParseName(hidden[len("@ MX 10 "):len(hidden)-1], Root)
		if err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		if got := name.Undotted(); got != want {
			t.Errorf("%s is shown as %s, want %s", written, got, want)
		}
	}
	line := "\\127\\127\\127a\\127\\127\\127.example.\t60\tIN\tTXT\t\"\\127NAME\" \"x\\127b\\127\""
	if got, want := ShowPlaceholders(line), "{a}.example.\t60\tIN\tTXT\t\"?NAME\" \"x{b}\""; got != want {
		t.Errorf("a record is shown as\n%s, want\n%s", got, want)
	}
}
