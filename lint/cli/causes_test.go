package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mx46/lint/cli"
)

// TestOneBrokenSharedHostIsAPage breaks one host that 200 zones share, in each way that there is: what a person then
// has to read stays within 40 lines.
func TestOneBrokenSharedHostIsAPage(t *testing.T) {
	const zones = 200
	const good = "ns1 A 198.41.0.4\nns1 AAAA 2001:503:ba3e::2:30\nns2 A 198.41.0.6\nns2 AAAA 2001:503:ba3e::2:36\n" +
		"mx2 A 198.41.0.7\nmx2 AAAA 2001:503:ba3e::2:37\n"
	const mx1 = "mx1 A 198.41.0.5\nmx1 AAAA 2001:503:ba3e::2:31\n"
	for name, broken := range map[string]string{
		"without addresses":           "",
		"without IPv4":                "mx1 AAAA 2001:503:ba3e::2:31\n",
		"without IPv6":                "mx1 A 198.41.0.5\n",
		"with a private address":      "mx1 A 10.0.0.1\nmx1 AAAA 2001:503:ba3e::2:31\n",
		"with a loopback address":     "mx1 A 198.41.0.5\nmx1 AAAA ::1\n",
		"that is an alias":            "mx1 CNAME ns1\n",
		"with the address of another": "mx1 A 198.41.0.7\nmx1 AAAA 2001:503:ba3e::2:37\n",
		"without a TLSA record":       mx1 + "_25._tcp.mx2 TLSA 3 1 1 " + strings.Repeat("ab", 32) + "\n",
		"with different TTLs":         "mx1 60 A 198.41.0.5\nmx1 86400 AAAA 2001:503:ba3e::2:31\n",
		"delegated away":              "mx1 NS ns.elsewhere.example.\n",
		"a name server without IPv6":  mx1,
		"a name server that is alias": "",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			provider := "$TTL 1h\n@ SOA ns1 h 1 2h 1h 4w 1h\n NS ns1\n NS ns2\n" +
				" TXT \"v=spf1 -all\"\n MX 10 mx1\n MX 20 mx2\n" + good + broken
			switch name {
			case "a name server without IPv6":
				provider = strings.NewReplacer("ns1 AAAA 2001:503:ba3e::2:30\n", "", "ns2 AAAA 2001:503:ba3e::2:36\n", "").
					Replace(provider)
			case "a name server that is alias":
				provider = strings.NewReplacer("ns1 A 198.41.0.4\nns1 AAAA 2001:503:ba3e::2:30\n", "ns1 CNAME ns2\n").
					Replace(provider + mx1)
			}
			write := func(name, text string) {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			write("db.provider.example", provider)
			for i := range zones {
				write(fmt.Sprintf("db.customer%03d.example", i), "$TTL 1h\n@ SOA ns1.provider.example. h 1 2h 1h 4w 1h\n"+
					" NS ns1.provider.example.\n NS ns2.provider.example.\n"+
					" MX 10 mx1.provider.example.\n MX 20 mx2.provider.example.\n TXT \"v=spf1 -all\"\n")
			}
			t.Chdir(dir)
			var out bytes.Buffer
			code := cli.Main([]string{"lint", "--min-severity", "note", "--fail-on", "note"}, cli.Stdio{
				Out: &out, Err: &out, Getenv: func(string) string { return "" },
				Terminal: func(io.Writer) (int, bool) { return 80, true },
			})
			if n := strings.Count(out.String(), "\n"); n > 40 || code != 1 {
				t.Errorf("exit code %d and %d lines:\n%.6000s", code, n, out.String())
			}
		})
	}
}
