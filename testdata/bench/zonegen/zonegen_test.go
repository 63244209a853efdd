package zonegen

import (
	"bytes"
	"encoding/base32"
	"errors"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mx46/testdata/e2e"
)

// sizes are those at which the peers check each zone: the least, one across a $GENERATE block, one across several
// groups.
var sizes = [...]int{1, 300, 3000}

func write(t *testing.T, s Shape, size int) []byte {
	t.Helper()
	var zone bytes.Buffer
	if err := s.Write(&zone, size); err != nil {
		t.Fatalf("%s of size %d: %v", s.Name, size, err)
	}
	return zone.Bytes()
}

// accepts runs a peer on a zone and wants exit code 0 and a report that matches.
func accepts(t *testing.T, s Shape, size int, want string, program string, args ...string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "zone")
	if err := os.WriteFile(file, write(t, s, size), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, append(args, file)...).CombinedOutput()
	if err != nil || !regexp.MustCompile(want).Match(out) {
		t.Errorf("%s of size %d: %s %s: %v\n%.2000s", s.Name, size, program, strings.Join(args, " "), err, out)
	}
}

func TestNamedCheckzoneAcceptsEveryShape(t *testing.T) {
	e2e.Require(t, "named-checkzone")
	for _, s := range Shapes() {
		integrity := "full"
		if s.Name == "tld" {
			integrity = "local" // full would ask the DNS about each name server below a cut
		}
		for _, size := range sizes {
			accepts(t, s, min(size, s.Max), `^zone \S+: loaded serial 2026010100( \(DNSSEC signed\))?\nOK\n$`,
				"named-checkzone", "-i", integrity, s.Origin)
		}
	}
}

func TestKzonecheckAcceptsEveryShapeThatIsNotBINDOnly(t *testing.T) {
	e2e.Require(t, "kzonecheck")
	for _, s := range Shapes() {
		if s.BINDOnly {
			continue
		}
		args := []string{"-o", s.Origin}
		if s.Name == "signed" {
			args = append(args, "-d", "off") // its signatures have the right form and the wrong bits
		}
		for _, size := range sizes {
			accepts(t, s, min(size, s.Max), `^(No semantic error found\n)?$`, "kzonecheck", args...)
		}
	}
}

func TestABINDOnlyZoneAndItsPlainTwinHoldTheSameRecords(t *testing.T) {
	e2e.Require(t, "named-compilezone")
	canonical := func(s Shape, size int) string {
		dir := t.TempDir()
		in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
		if err := os.WriteFile(in, write(t, s, size), 0o644); err != nil {
			t.Fatal(err)
		}
		if report, err := exec.Command("named-compilezone", "-s", "full", "-o", out, s.Origin, in).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%.2000s", s.Name, err, report)
		}
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	shapes := map[string]Shape{}
	for _, s := range Shapes() {
		shapes[s.Name] = s
	}
	for _, name := range []string{"reverse", "pathological"} {
		for _, size := range sizes {
			if canonical(shapes[name], size) != canonical(shapes[name+"-plain"], size) {
				t.Errorf("%s and its plain twin differ at size %d", name, size)
			}
		}
	}
}

func TestSmallZonesOf45RecordsPassNamedCheckconfAndKzonecheck(t *testing.T) {
	e2e.Require(t, "named-checkconf", "kzonecheck", "named-compilezone")
	dir := t.TempDir()
	if err := Small(dir, 3, false); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("named-checkconf", "-z", filepath.Join(dir, "named.conf")).CombinedOutput()
	if err != nil || strings.Count(string(out), "loaded serial 2026010100\n") != 3 {
		t.Errorf("named-checkconf -z: %v\n%s", err, out)
	}
	for i := range 3 {
		origin, file := SmallZone(i)
		if out, err := exec.Command("kzonecheck", "-o", origin, filepath.Join(dir, file)).CombinedOutput(); err != nil {
			t.Errorf("kzonecheck: %v\n%s", err, out)
		}
		compiled, err := exec.Command("named-compilezone", "-q", "-o", "-", origin, filepath.Join(dir, file)).Output()
		if records := bytes.Count(compiled, []byte("\n")); err != nil || records != 45 {
			t.Errorf("zone %s has %d records, want 45 (%v)", origin, records, err)
		}
	}
}

func TestTheSameSizeGivesTheSameBytes(t *testing.T) {
	for _, s := range Shapes() {
		if !bytes.Equal(write(t, s, 500), write(t, s, 500)) {
			t.Errorf("%s differs from one run to the next", s.Name)
		}
	}
}

func TestHostingHasTheRecordsThatItPromises(t *testing.T) {
	const size = 1000
	zone := string(write(t, Shape{Write: Hosting}, size))
	for kind, want := range map[string]int{"MX": 200, "A": 302, "AAAA": 302, "TXT": 100, "CNAME": 100, "NS": 2} {
		if got := len(regexp.MustCompile(`(?m)^\S*(\s+(IN|3600|600))*\s+`+kind+`\s`).FindAllString(zone, -1)); got != want {
			t.Errorf("%d records of %s, want %d", got, kind, want)
		}
	}
}

func TestAZoneIsAsLargeAsItsDocumentationSays(t *testing.T) {
	const size = 100_000
	for _, c := range []struct {
		name         string
		write        func(io.Writer, int) error
		bytesARecord int
	}{{"Hosting", Hosting, 31}, {"TLD", TLD, 72}} {
		got := len(write(t, Shape{Write: c.write}, size)) / size
		if got < c.bytesARecord*9/10 || got > c.bytesARecord*11/10 {
			t.Errorf("%s takes %d bytes a record, want about %d", c.name, got, c.bytesARecord)
		}
	}
}

// The blocks of the IANA special-purpose registries (RFC 6890) that lie nearest to the space in use.
func TestAddressesAreUniqueAndNeverSpecialPurpose(t *testing.T) {
	special := []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("127.0.0.0/8"),
		netip.MustParsePrefix("2001::/16"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2620:4f:8000::/48"),
		netip.MustParsePrefix("3fff::/20"), netip.MustParsePrefix("64:ff9b::/32"), netip.MustParsePrefix("fc00::/6"),
	}
	seen := map[netip.Addr]bool{}
	for n := 0; n < maxSize; n = n*5/4 + 1 {
		for _, addr := range []netip.Addr{ipv4(n), ipv6(n)} {
			inSpecial := slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(addr) })
			if !addr.IsGlobalUnicast() || addr.IsPrivate() || inSpecial || seen[addr] {
				t.Errorf("address %d, %s, is special or given twice", n, addr)
			}
			seen[addr] = true
		}
	}
	if got := ipv4(254); got != netip.MustParseAddr("20.0.1.1") {
		t.Errorf("the address after 20.0.0.254 is %s", got)
	}
}

func TestNSEC3HashIsThatOfRFC5155(t *testing.T) {
	// Appendix A hashes with a salt and 12 iterations; this value is what BIND's `nsec3hash - 1 0 example` prints.
	const want = "3msev9usmd4br9s97v51r2tdvmr9iqo1"
	hash := nsec3Hash("example.")
	if got := strings.ToLower(base32.HexEncoding.EncodeToString(hash[:])); got != want {
		t.Errorf("hash of example. is %s, want %s", got, want)
	}
}

type brokenWriter struct{}

var errDisk = errors.New("disk full")

func (brokenWriter) Write([]byte) (int, error) { return 0, errDisk }

func TestErrorsOfTheWriterAndOfTheSizeAreTold(t *testing.T) {
	for _, s := range Shapes() {
		if err := s.Write(brokenWriter{}, 10); !errors.Is(err, errDisk) {
			t.Errorf("%s to a broken writer: %v", s.Name, err)
		}
		for _, size := range []int{-1, 0, s.Max + 1} {
			if err := s.Write(io.Discard, size); err == nil {
				t.Errorf("%s takes size %d", s.Name, size)
			}
		}
	}
	if err := Small(filepath.Join(os.DevNull, "x"), 1, false); err == nil {
		t.Error("Small writes below a file")
	}
}
