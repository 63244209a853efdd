package zonefiles

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"mx46/testdata/bench/zonegen"
	"mx46/zonefiles/disk"
)

// zoneTester is a testing.TB, or a check of a property.
type zoneTester interface {
	Helper()
	Cleanup(cleanup func())
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// entryByEntry has the parser read every record by itself.
const entryByEntry = -1

// parseInParts reads a zone with three workers and parts of that many bytes; with 0 and less, without workers.
func parseInParts(t zoneTester, dir, text string, part int) *Zone {
	t.Helper()
	root, err := disk.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	loader := NewLoader(root)
	loader.Limits.MaxGenerated, loader.Limits.MaxGeneratedBytes = 1000, 1<<16
	if loader.Jobs, loader.part = 1, part; part > 0 {
		loader.Jobs = 3
	}
	file, err := loader.Files.Add("zone", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	origin := MustName("example.org.")
	return loader.Parse(file, &origin)
}

// zoneContents is all that a zone holds, in a form that compares. Only the hashes differ from one reading to another.
type zoneContents struct {
	Records    []record
	Places     []string
	Nodes      []nameNode
	Labels     string
	Problems   []Problem
	Gaps       gaps
	Aliases    map[NameID]Name
	Includes   []FileID
	OtherClass int
}

func zoneContentsOf(z *Zone) zoneContents {
	var places []string
	for _, at := range z.places {
		places = append(places, fmt.Sprintf("%d %d %d %v %q", at.file.ID, at.origin, at.ttl, at.file.segments, at.file.Data[:min(len(at.file.Data), 100)]))
	}
	return zoneContents{z.records, places, z.Names.nodes, string(bytes.Join(z.Names.labels, []byte{0})), z.Problems, z.gaps, z.aliases, z.Includes, z.OtherClass}
}

// includeDir is a folder with a file that zones of these tests include.
func includeDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "more"), []byte("inc A 192.0.2.1\n A 192.0.2.2\n$ORIGIN x\n@ CNAME inc\nbad MX\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func checkParts(t zoneTester, dir, text string, part int) {
	t.Helper()
	want := zoneContentsOf(parseInParts(t, dir, text, entryByEntry))
	got := zoneContentsOf(parseInParts(t, dir, text, part))
	if reflect.DeepEqual(want, got) { // which is much faster, and so fuzzing is
		return
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(record{}, nameNode{}, gaps{}), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("parts of %d bytes make another zone (-whole +parts):\n%s\nof\n%s", part, diff, text[:min(len(text), 4000)])
	}
}

// hardZone has in it all that a part cannot know by itself, many times over.
var hardZone = strings.Repeat(`$TTL 1h
@ SOA ns1 hostmaster ( 1 2 ; comment (
 3 4
5 ) MX
@ SOA ns1 hostmaster 1 2h 3 4 300
a A 192.0.2.1
 600 AAAA 2001:db8::1
 TXT "no end
 TXT ( "a ; b"
x
y "\"" ) ; over lines
$ORIGIN sub
b MX 10 b ; indented below
	MX 20 (
@ )
$ORIGIN www.example.org.
@ CH TXT "other class"
 A 192.0.2.9
c.d.e. 5 IN A 192.0.2.2
c.D.e. IN 7 A 192.0.2.2
..bad A 192.0.2.3
 A 192.0.2.3
"quoted" A 192.0.2.3
$INCLUDE more inc
 A 192.0.2.4
$GENERATE 1-3 g$ A 192.0.2.$
$NONSENSE
stray ) A 192.0.2.5
caa CAA 0 issue "x" ; the arbiter's
t TYPE65534 \# 1 00
$ORIGIN .
$ORIGIN example.org.

`, 40)

func TestPartsOfAFileMakeTheZoneThatTheWholeMakes(t *testing.T) {
	dir := includeDir(t)
	zones := map[string]string{
		"hard":               hardZone,
		"hard, CRLF":         strings.ReplaceAll(hardZone, "\n", "\r\n"),
		"no TTL anywhere":    strings.Repeat("a A 192.0.2.1\nb MX 10 a\n", 500),
		"TTL of the last":    strings.Repeat("a 7 A 192.0.2.1\nb MX 10 a\nc A 192.0.2.1\n", 500),
		"one owner":          "a A 192.0.2.1\n" + strings.Repeat(" A 192.0.2.1\n", 2000),
		"unclosed":           strings.Repeat("a A 192.0.2.1\nb MX ( 10 a\n", 500),
		"long parentheses":   strings.Repeat("a TXT ( x"+strings.Repeat("\ny", 300)+" )\n", 30),
		"byte order mark":    "\xef\xbb\xbf" + hardZone,
		"very long origin":   "$ORIGIN " + strings.Repeat("abcdefghi.", 22) + "\n" + strings.Repeat("a MX 10 "+strings.Repeat("x", 40)+"\n"+strings.Repeat("o", 33)+" A 192.0.2.1\n", 200),
		"no line end at all": strings.Repeat("a A 192.0.2.1 ", 300),
	}
	for _, shape := range zonegen.Shapes() {
		var b bytes.Buffer
		if err := shape.Write(&b, 600); err != nil {
			t.Fatal(err)
		}
		zones["generated "+shape.Name] = b.String()
	}
	for name, text := range zones {
		t.Run(name, func(t *testing.T) {
			for _, part := range []int{0, 16, 100, 777, 5000} {
				checkParts(t, dir, text, part)
			}
		})
	}
}

func TestReadingALargeFileLeavesLittleGarbage(t *testing.T) {
	var text strings.Builder
	for i := range 16 * partSize / 32 {
		fmt.Fprintf(&text, "host-%d 300 IN A 192.0.2.1\n", 100_000+i)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	zone := parseInParts(t, t.TempDir(), text.String(), 0)
	runtime.ReadMemStats(&after)
	kept := text.Len() + zone.Len()*int(unsafe.Sizeof(record{})) + zone.Names.Len()*int(unsafe.Sizeof(nameNode{})) +
		4*len(zone.Names.table)
	if allocated := int(after.TotalAlloc - before.TotalAlloc); allocated > kept*3/2 {
		t.Errorf("%d bytes are kept of %d", kept, allocated)
	}
}

func FuzzPartsOfAFileMakeTheZoneThatTheWholeMakes(f *testing.F) {
	f.Add(hardZone[:1000], 50)
	f.Add("a A 192.0.2.1\n(b\n) MX 10 a\n$TTL 5\nc MX (\n10\na )\n", 8)
	dir := includeDir(f)
	f.Fuzz(func(t *testing.T, text string, part int) {
		if len(text) > 1<<14 || strings.Count(text, "$") > 20 {
			t.Skip("too long a zone to be worth it")
		}
		checkParts(t, dir, text, 0)
		checkParts(t, dir, text, 1+(part&0xffff)%1000)
	})
}

func TestReadingRecordsAllocatesNothingPerRecord(t *testing.T) {
	for _, text := range []string{
		"a MX 10 mx\n", "a 3600 IN A 192.0.2.1\n", " AAAA 2001:db8::1\n", " TXT \"v=spf1 -all\" ; comment\n", "mx.a CNAME b.\n",
		"h NSEC3 1 0 0 - 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom MX RRSIG\n", "a RRSIG MX 13 3 3600 20440101000000 20240101000000 1 example. ( AAAA\n BBBB )\n",
		"d DS 1 13 2 " + strings.Repeat("aabbccdd", 8) + "\n",
	} {
		data := []byte(text + "b A 192.0.2.1\n")
		e := newEntry()
		if n := testing.AllocsPerRun(100, func() {
			if _, _, ok := readLine(data, 0, &e); !ok {
				t.Fatalf("%q is not read as a record", text)
			}
		}); n != 0 {
			t.Errorf("reading %q allocates %v times", text, n)
		}
	}
}
