package zonefiles

import (
	"strings"
	"testing"

	"mx46/testdata/corpus"
)

func TestOriginFromFileName(t *testing.T) {
	for _, test := range []struct{ file, want string }{
		{"example.org", "example.org."},
		{"Example.ORG", "example.org."},
		{"zones/org/db.example.org", "example.org."},
		{"db-example.org", "example.org."},
		{"named.example.org", "example.org."},
		{"master.example.org", "example.org."},
		{"pri.example.org", "example.org."},
		{"zone-example.org", "example.org."},
		{"example.org.zone", "example.org."},
		{"example.org.db", "example.org."},
		{"example.org.hosts", "example.org."},
		{"example.org.dns", "example.org."},
		{"example.org.zone.signed", "example.org."},
		{"example.org.txt", "example.org."},
		{"db.example.zone", "example.zone."},
		{"db.example.org.zone", "example.org."},
		{"dns.check", "dns.check."},
		{"voltaire.sh", "voltaire.sh."},
		{"_msdcs.example.org.dns", "_msdcs.example.org."},
		{"xn--90acfeb5arebdybhp3a.xn--d1alf.zone", "xn--90acfeb5arebdybhp3a.xn--d1alf."},
		{"db.localhost", "localhost."},
		{"db.example.org.", "example.org."},
		{"example.org.zone.", "example.org."},
		{"db.2001.de", "2001.de."},

		{"db.192.0.2", "2.0.192.in-addr.arpa."},
		{"192.0.2.rev", "2.0.192.in-addr.arpa."},
		{"rev.10.1", "1.10.in-addr.arpa."},
		{"db.127", "127.in-addr.arpa."},
		{"2.0.192.in-addr.arpa", "2.0.192.in-addr.arpa."},
		{"db.2.0.192.in-addr.arpa", "2.0.192.in-addr.arpa."},
		{"0-127.2.0.192.in-addr.arpa", "0-127.2.0.192.in-addr.arpa."},
		{"0_25.2.0.192.in-addr.arpa.zone", "0/25.2.0.192.in-addr.arpa."},
		{"0%2F25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa."},
		{"8.b.d.0.1.0.0.2.ip6.arpa.zone", "8.b.d.0.1.0.0.2.ip6.arpa."},
		{"db.8.b.d.0.1.0.0.2", "8.b.d.0.1.0.0.2.ip6.arpa."},
		{"db.2001.db8", "8.b.d.0.1.0.0.2.ip6.arpa."},
		{"2001:db8:1.zone", "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa."},
		{"2001-db8-ff.rev", "f.f.0.0.8.b.d.0.1.0.0.2.ip6.arpa."},
		{"2001:db8::.rev", "8.b.d.0.1.0.0.2.ip6.arpa."},

		{"", ""},
		{".", ""},
		{"zone", ""},
		{"db.local", ""},
		{"db.root", ""},
		{"named.ca", ""},
		{"example.zone", ""},
		{"placeholder", ""},
		{"root.hints", ""},
		{"named.conf", ""},
		{"db.example.org.old", ""},
		{"zone.conf.template", ""},
		{"%head.zone", ""},
		{"db.-example.org", ""},
		{"example..org", ""},
		{"example.org..", ""},
		{".example.org", ""},
		{"db.\xe6var.net", ""},
		{"1.2.3", ""},
		{"1.2.3.txt", ""},
		{"db.192.0.2.1", ""},
		{"db.192.0.256", ""},
		{"db.192.0.02", ""},
		{"300.2.0.192.in-addr.arpa", ""},
		{"2.0-127.192.in-addr.arpa", ""},
		{"1.2.3.4.5.in-addr.arpa", ""},
		{"db.2001.db8.g", ""},
		{"example.ip6.arpa", ""},
		{strings.Repeat("a", 64) + ".org", ""},
		{strings.Repeat("a.", 200) + "org", ""},
	} {
		got, ok, _ := OriginFromFileName(test.file)
		text := ""
		if ok {
			text = got.String()
		}
		if text != test.want {
			t.Errorf("OriginFromFileName(%q) = %q, want %q", test.file, text, test.want)
		}
	}
}

func FuzzOriginFromFileName(f *testing.F) {
	for _, seed := range []string{"db.example.org.zone", "0_25.2.0.192.in-addr.arpa", "2001:db8::.rev", "db.192.0.2", ".zone.zone", "db..zone"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file string) {
		if origin, ok, _ := OriginFromFileName(file); ok {
			if again, err := ParseName([]byte(origin.String()), Root); err != nil || again != origin || origin.IsRoot() {
				t.Errorf("OriginFromFileName(%q) = %q, which reads as %q, %v", file, origin, again, err)
			}
		}
	})
}

func TestOriginsOfTheCorpusAgreeWithTheirContent(t *testing.T) {
	dir := corpus.Folder(t)
	var agree, differ, silent int
	for _, row := range corpus.Rows(t, dir, "real/MANIFEST.tsv") {
		switch row["origin_how"] {
		case "soa-owner", "$ORIGIN", "$ORIGIN .", "named.conf": // the others are guesses themselves
		default:
			continue
		}
		got, ok, _ := OriginFromFileName(row["path"])
		switch want := row["origin_guess"]; {
		case !ok:
			silent++
			t.Logf("no origin from %s, which is %s", row["path"], want)
		case got.String() == want:
			agree++
		default:
			differ++
			t.Logf("%s from %s, which is %s", got, row["path"], want)
		}
	}
	t.Logf("%d agree, %d differ, %d say nothing", agree, differ, silent)
	if agree < 325 || differ > 8 {
		t.Errorf("%d agree and %d differ; at least 325 and at most 8 did", agree, differ)
	}
}

func TestOrigins(t *testing.T) {
	tests := []struct{ name, file, zone, want string }{
		{"an absolute SOA owner", "zone", "example.org. SOA ns h 1 2 3 4 5\n", "example.org."},
		{"an SOA owner below $ORIGIN .", "zone", "$ORIGIN .\n$TTL 1\nexample.org IN SOA ns h 1 2 3 4 5\n", "example.org."},
		{"an SOA owner below its parent", "zone", "$ORIGIN org.\nexample SOA ns h 1 2 3 4 5\n", "example.org."},
		{"an absolute $ORIGIN before the first record", "zone", "$ORIGIN example.org.\n@ SOA ns h 1 2 3 4 5\n", "example.org."},
		{"an absolute $ORIGIN behind a byte order mark", "zone", "\xef\xbb\xbf$ORIGIN example.org.\n@ SOA ns h 1 2 3 4 5\n", "example.org."},
		{"an absolute $ORIGIN without an SOA", "zone", "$ORIGIN example.org.\nwww 1 A 192.0.2.1\n", "example.org."},
		{"the file's name, for a relative SOA owner", "db.example.org", "@ SOA ns h 1 2 3 4 5\n", "example.org."},
		{"the file's name, with its suffix", "example.org.zone", "www 1 A 192.0.2.1\n", "example.org."},
		{"an absolute owner beats the file's name", "db.example.net", "example.org. SOA ns h 1 2 3 4 5\n", "example.org."},
		{"the file's name, for an SOA that $ORIGIN . puts at the root", "example.org", "$ORIGIN .\n@ SOA ns h 1 2 3 4 5\n", "example.org."},
		{"the root, where the file's name does not say otherwise", "zone", "$ORIGIN .\n@ SOA ns h 1 2 3 4 5\n", "."},
		{"the root, where more lies in it", "org.example", ". 1 SOA ns h 1 2 3 4 5\n@ NS ns.example.\norg. NS ns.org.\n", "."},
		{"the file's name, where all but an SOA at the root lies there", "db.example.org", "$ORIGIN .\n@ 1 SOA ns h 1 2 3 4 5\nexample.org MX 1 a.\n", "example.org."},
		{"the file's name, of which some owners are not", "db.example.org", "www.example.org. 1 A 192.0.2.1\na. A 192.0.2.1\n", "example.org."},
		{"nothing, where all absolute owners lie elsewhere", "master_db.mesh", "@ 1 SOA ns h 1 2 3 4 5\na.mesh. A 192.0.2.1\n", ""},
		{"the file's name, in spite of a stray name", "db.example.org", "ns 1 A 192.0.2.1\nwww.example.net. A 192.0.2.1\n", "example.org."},
		{"nothing, where $ORIGIN puts all owners elsewhere", "db.a.mesh", "@ 1 SOA ns h 1 2 3 4 5\n$ORIGIN mesh.\nb A 192.0.2.1\n", ""},
		{"nothing that tells", "zone", "@ SOA ns h 1 2 3 4 5\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := &FileSet{}
			file, err := files.Add(tt.file, []byte(tt.zone))
			if err != nil {
				t.Fatal(err)
			}
			z := (&Loader{Files: files, Limits: DefaultLimits}).Parse(file, nil)
			got := ""
			if z.OriginKnown {
				got = z.Origin.String()
			}
			if got != tt.want {
				t.Errorf("origin %q, want %q", got, tt.want)
			}
			if fromName := strings.HasPrefix(tt.name, "the file's name"); z.Guessed != fromName {
				t.Errorf("the origin is a guess: %t", z.Guessed)
			}
		})
	}
}

func TestOnlyMailNeedsAnOrigin(t *testing.T) {
	for records, want := range map[string]int{"": 0, "@ A 192.0.2.1\n": 0, "@ MX 0 .\n": 1, "a MX 10 b\n": 1} {
		files := &FileSet{}
		file, err := files.Add("db.empty", []byte("$TTL 1\n@ SOA ns h 1 2 3 4 5\n"+records))
		if err != nil {
			t.Fatal(err)
		}
		if z := (&Loader{Files: files, Limits: DefaultLimits}).Parse(file, nil); len(z.Problems) != want {
			t.Errorf("%q: the problems are %v", records, z.Problems)
		}
	}
}
