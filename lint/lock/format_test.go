package lock_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mx46/lint/delivery"
	"mx46/lint/lock"
	"mx46/zonefiles"
)

func TestWrittenInTheOneOrder(t *testing.T) {
	l, problems, _ := parse(t, header+`# seen 2026-11-26
c.b.example. ipv4
\000.example. ipv4
b.example. ipv4
\001.example. ipv4
\#b.example. ipv4
example. ipv4
a.b.example. ipv4
b\.b.example. ipv4
z.com. ipv4
ab.example. ipv4
`)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var order []string
	for line := range strings.Lines(string(l.AppendText(nil))) {
		order = append(order, strings.Fields(line)[0])
	}
	want := []string{
		"#", "#", "z.com.", "example.", `\000.example.`, `\001.example.`, `\#b.example.`, "ab.example.", "b.example.", "a.b.example.",
		"c.b.example.", `b\.b.example.`,
	}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Error(diff)
	}
}

// host draws a host as the program makes them.
func host(t *rapid.T) lock.Host {
	label := rapid.StringOfN(rapid.SampledFrom([]rune("ab#.\\ =\x00\x01\u007f")), 1, 4, -1)
	draw := func(t *rapid.T, what string) zonefiles.Name {
		n := name("example.")
		for range rapid.IntRange(1, 3).Draw(t, what) {
			n, _ = n.Child(label.Draw(t, "label"))
		}
		return n
	}
	seen := func(what string) lock.Seen {
		s := lock.Seen{Found: delivery.KindSet(rapid.IntRange(0, 63).Draw(t, what)) << 1}
		s.Reachable = s.Found.Has(delivery.SpecialPurpose) && rapid.Bool().Draw(t, "reachable")
		return s
	}
	h := lock.Host{Name: draw(t, "name"), State: lock.State(rapid.IntRange(0, 3).Draw(t, "state"))}
	if rapid.Bool().Draw(t, "is alias") {
		if h.Alias = draw(t, "alias"); h.Alias == h.Name {
			h.Alias = zonefiles.Root
		}
	}
	if h.State == lock.Addresses {
		h.IPv4, h.IPv6 = seen("ipv4"), seen("ipv6")
		if h.Published() == delivery.None {
			h.State = lock.NoData
		} else {
			h.DNS = delivery.Families(rapid.IntRange(0, 2).Draw(t, "dns"))
		}
	}
	return h
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hosts := rapid.SliceOfNDistinct(rapid.Custom(host), 0, 20, func(h lock.Host) zonefiles.Name { return h.Name }).Draw(t, "hosts")
		day := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "day"), 0).UTC().Truncate(24 * time.Hour)
		before := lock.New(day, hosts)
		text := before.AppendText(nil)
		file, err := (&zonefiles.FileSet{}).Add(lock.FileName, text)
		if err != nil {
			t.Fatal(err)
		}
		after, problems := lock.Parse(file)
		if len(problems) > 0 {
			t.Fatalf("%v\n%s", problems, text)
		}
		if changes := lock.Diff(before, after); len(changes) > 0 || !after.Seen.Equal(day) {
			t.Fatalf("%v changed\n%s", changes, text)
		}
		if again := after.AppendText(nil); !bytes.Equal(again, text) {
			t.Fatalf("written again it is\n%s\nand was\n%s", again, text)
		}
	})
}

func TestDiffListsWhatDiffers(t *testing.T) {
	before, _, _ := parse(t, header+"a.example. ipv4\nb.example. ipv4\nc.example. ipv4\n")
	after, _, _ := parse(t, header+"d.example. ipv4\nc.example. ipv4 ipv6\na.example. ipv4\n")
	var got []string
	for _, c := range lock.Diff(before, after) {
		got = append(got, fmt.Sprint(c.Before != nil, c.After != nil))
	}
	if want := "[true false true true false true]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// large is the lock of a hoster.
func large() []byte {
	hosts := make([]lock.Host, 100_000)
	for i := range hosts {
		hosts[i] = lock.Host{Name: name(fmt.Sprintf("mx%d.customer%d.provider.example.", i%3, i)), State: lock.Addresses}
		hosts[i].IPv4.Found, hosts[i].IPv6.Found = kinds(delivery.Global), kinds(delivery.Global)
	}
	return lock.New(time.Unix(1e9, 0).UTC(), hosts).AppendText(nil)
}

// BenchmarkAppendText writes 100,000 lines.
func BenchmarkAppendText(b *testing.B) {
	l, _, _ := parse(b, string(large()))
	for b.Loop() {
		l.AppendText(nil)
	}
}
