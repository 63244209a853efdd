package survey

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"mx46/zonefiles"
)

// odd refuses all names, after a while that differs.
func odd(word string) (zonefiles.Name, error) {
	time.Sleep(time.Duration(len(word)%3) * time.Millisecond)
	return zonefiles.Root, fmt.Errorf("%s is odd", word)
}

func list(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "d%s\n\n# d%d\n", strings.Repeat("x", i%7), i)
	}
	return b.String()
}

func TestLinesComeInTheOrderOfTheInput(t *testing.T) {
	for _, jobs := range []int{1, 8} {
		s := Survey{Jobs: jobs, Parse: odd}
		var out strings.Builder
		tally := NewTally()
		if err := s.Run(t.Context(), NewInput(strings.NewReader(list(300))), &out, tally); err != nil {
			t.Fatal(err)
		}
		i := 0
		for line := range strings.Lines(out.String()) {
			if want := fmt.Sprintf(`{"asked":"d%s","state":"no-domain",`, strings.Repeat("x", i%7)); !strings.HasPrefix(line, want) {
				t.Fatalf("line %d: %s", i, line)
			}
			i++
		}
		if i != 300 || tally.Domains != 300 {
			t.Errorf("%d lines", i)
		}

		// Each place where a run can be broken off leads to the same end.
		whole := out.String()
		for cut := 0; cut < len(whole); cut += 997 {
			domains, again := NewInput(strings.NewReader(list(300))), NewTally()
			size, err := domains.Skip(strings.NewReader(whole[:cut]), again)
			if err != nil {
				t.Fatal(err)
			}
			rest := strings.Builder{}
			if err := s.Run(t.Context(), domains, &rest, again); err != nil || whole[:size]+rest.String() != whole || again.Domains != 300 {
				t.Fatalf("cut at %d: %v, %d domains", cut, err, again.Domains)
			}
		}
	}
}

func TestFilesOfOtherLists(t *testing.T) {
	for text, want := range map[string]error{
		`{"asked":"e","findings":[]}` + "\n": ErrOtherList, "rubbish\n": nil, strings.Repeat("x", maxWritten+1): nil,
	} {
		_, err := NewInput(strings.NewReader(list(2))).Skip(strings.NewReader(text), NewTally())
		if err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

func TestSurveysEnd(t *testing.T) {
	why := errors.New("the time is over")
	ctx, cancel := context.WithCancelCause(t.Context())
	s := Survey{Jobs: 2, Parse: func(word string) (zonefiles.Name, error) { cancel(why); return odd(word) }}
	var out strings.Builder
	if err := s.Run(ctx, NewInput(strings.NewReader(list(300))), &out, NewTally()); !errors.Is(err, why) {
		t.Errorf("%v", err)
	}
	silent, _ := io.Pipe()
	ctx, cancel = context.WithCancelCause(t.Context())
	cancel(why)
	if err := s.Run(ctx, NewInput(silent), &out, NewTally()); !errors.Is(err, why) {
		t.Errorf("an input that says nothing: %v", err)
	}
	long := strings.Repeat("x", 2*maxLine)
	s = Survey{Jobs: 2, Parse: odd}
	if err := s.Run(t.Context(), NewInput(strings.NewReader("a\n"+long)), &out, NewTally()); err == nil {
		t.Error("a line without end is read")
	}
	if err := s.Run(t.Context(), NewInput(strings.NewReader("a\n")), broken{}, NewTally()); err == nil {
		t.Error("an output that is full is not noticed")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }
