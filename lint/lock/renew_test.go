package lock_test

import (
	"strings"
	"testing"
	"time"

	"mx46/lint/lock"
)

func day(text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return d
}

func TestRenew(t *testing.T) {
	const old = "# seen 2026-11-01\nmx.a.example. ipv4\nmx.b.example. ipv4 ipv6\n"
	for _, c := range []struct {
		name, before, asked string // "!" marks a host that could not be asked about
		keep                bool
		today, want         string
	}{
		{name: "nothing changes", before: old, asked: "mx.a.example. ipv4\nmx.b.example. ipv4 ipv6", today: "2026-12-01", want: old},
		{
			name: "nothing changes for long", before: old, asked: "mx.a.example. ipv4\nmx.b.example. ipv4 ipv6", today: "2026-12-02",
			want: "# seen 2026-12-02\nmx.a.example. ipv4\nmx.b.example. ipv4 ipv6\n",
		},
		{
			name: "a host loses a family", before: old, asked: "mx.a.example. ipv4\nmx.b.example. ipv4", today: "2026-11-02",
			want: "# seen 2026-11-02\nmx.a.example. ipv4\nmx.b.example. ipv4\n",
		},
		{name: "a failure keeps the fact", before: old, asked: "mx.a.example. ipv4\n!mx.b.example. unknown", today: "2026-11-02", want: old},
		{
			name: "a failure where nothing was known", before: old, asked: "mx.a.example. ipv4\nmx.b.example. ipv4 ipv6\n!mx.c.example. unknown", today: "2026-11-02",
			want: "# seen 2026-11-02\nmx.a.example. ipv4\nmx.b.example. ipv4 ipv6\nmx.c.example. unknown\n",
		},
		{
			name: "resolvers disagree", before: old, asked: "mx.a.example. ipv4\nmx.b.example. unknown", today: "2026-11-02",
			want: "# seen 2026-11-02\nmx.a.example. ipv4\nmx.b.example. unknown\n",
		},
		{
			name: "a host is no longer asked about", before: old, asked: "mx.b.example. ipv4 ipv6", today: "2026-11-02",
			want: "# seen 2026-11-02\nmx.b.example. ipv4 ipv6\n",
		},
		{name: "a host of other zones is not asked about", before: old, asked: "mx.b.example. ipv4 ipv6", keep: true, today: "2026-11-02", want: old},
		{
			name: "a host of other zones, and a new one", before: old, asked: "mx.0.example. ipv6", keep: true, today: "2026-11-02",
			want: "# seen 2026-11-02\nmx.0.example. ipv6\nmx.a.example. ipv4\nmx.b.example. ipv4 ipv6\n",
		},
		{name: "no lock was there", asked: "mx.b.example. ipv4", today: "2026-11-02", want: "# seen 2026-11-02\nmx.b.example. ipv4\n"},
		{name: "a lock without a day", before: "mx.b.example. ipv4\n", asked: "mx.b.example. ipv4", today: "2026-11-02", want: "# seen 2026-11-02\nmx.b.example. ipv4\n"},
		{name: "a clock that is wrong", before: old, asked: "mx.a.example. ipv4\nmx.b.example. ipv4 ipv6", today: "2020-01-01", want: old},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before *lock.Lock
			if c.before != "" {
				before, _, _ = parse(t, header+c.before)
			}
			var asked []lock.Asked
			for line := range strings.Lines(c.asked) {
				line, failed := strings.CutPrefix(line, "!")
				l, problems, _ := parse(t, header+line)
				if len(problems) > 0 {
					t.Fatal(problems)
				}
				asked = append(asked, lock.Asked{Host: l.Hosts()[0], Failed: failed})
			}
			got := string(lock.Renew(before, asked, c.keep, day(c.today)).AppendText(nil))
			want, _, _ := parse(t, header+c.want)
			if want := string(want.AppendText(nil)); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
