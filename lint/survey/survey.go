// Package survey checks very many mail domains, and writes a line of JSON about each.
//
//	survey.go   domains in, lines out in the same order, in bounded memory
//	line.go     what is said of one domain
//	tally.go    what is said of all
package survey

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"mx46/lint"
	"mx46/lint/live"
	"mx46/lint/text"
	"mx46/lint/workspace"
	"mx46/zonefiles"
)

// Survey says what to do with each domain.
type Survey struct {
	Client    *live.Client
	Resolvers []*live.Resolver
	Workspace *workspace.Workspace // for its configuration
	Rules     []*lint.Rule
	Least     lint.Severity // of findings that lines hold
	Full      bool          // ask all that check asks, and not MX, A and AAAA alone
	Jobs      int           // domains at a time
	// Parse reads a domain's name.
	Parse func(word string) (zonefiles.Name, error)
}

// ErrOtherList is wrapped by the error of a file that was made from another list of domains.
var ErrOtherList = errors.New("it was made from another list of domains")

// Run reads a domain a line from domains, without those before, and writes a line about each to out, as soon as those
// before it are written. Lines that are empty or begin with # count for nothing. It ends early where the context does.
func (s *Survey) Run(ctx context.Context, domains *Input, out io.Writer, tally *Tally) error {
	ctx, cancel := context.WithCancel(ctx)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer cancel()
	window := make(chan *task, windowSize*s.Jobs) // lines to come, in the order of the input
	work := make(chan *task)
	for range s.Jobs {
		workers.Go(func() {
			for t, ok := receive(ctx, work); ok; t, ok = receive(ctx, work) {
				t.line = s.check(ctx, t.word)
				close(t.done)
			}
		})
	}
	var reading error
	go func() { // and nobody waits for it: the next domain may never come
		defer close(window)
		defer close(work)
		reading = feed(ctx, domains, window, work)
	}()
	for t, ok := receive(ctx, window); ok; t, ok = receive(ctx, window) {
		receive(ctx, t.done)
		if ctx.Err() != nil { // an answer that the end cut off is none
			break
		}
		tally.Add(&t.line)
		if err := writeLine(out, &t.line); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return reading
}

// task is a domain to check, and the line about it once that is done.
type task struct {
	word string
	line Line
	done chan struct{}
}

// receive is the next value of a channel; false at the channel's end or the context's.
func receive[T any](ctx context.Context, from <-chan T) (value T, ok bool) {
	select {
	case value, ok = <-from:
	case <-ctx.Done():
	}
	return value, ok
}

// feed makes a task of each domain, and puts it into both channels while there is room in the window.
func feed(ctx context.Context, domains *Input, window, work chan<- *task) error {
	for {
		word, ok, err := domains.next()
		if err != nil || !ok {
			return err
		}
		t := &task{word: word, done: make(chan struct{})}
		for _, to := range [...]chan<- *task{window, work} {
			select {
			case to <- t:
			case <-ctx.Done():
				return nil
			}
		}
	}
}

func writeLine(out io.Writer, line *Line) error {
	data, err := json.Marshal(line)
	if err != nil {
		return err
	}
	// Names and messages are strangers', and a log may obey them.
	data = bytes.ReplaceAll(data, []byte(text.CommandMark), []byte(`##\u005b`))
	_, err = out.Write(append(data, '\n')) // at once, so that no more than one line is ever cut
	return err
}

// Input is a list of domains, one a line.
type Input struct {
	scanner *bufio.Scanner
}

// NewInput reads domains from a file.
func NewInput(from io.Reader) *Input {
	scanner := bufio.NewScanner(from)
	scanner.Buffer(make([]byte, 0, maxLine), maxLine)
	return &Input{scanner}
}

// next is the next domain's name; false at the end.
func (i *Input) next() (word string, ok bool, err error) {
	for i.scanner.Scan() {
		if word = strings.TrimSpace(i.scanner.Text()); word != "" && word[0] != '#' {
			return word, true, nil
		}
	}
	if err := i.scanner.Err(); err != nil {
		return "", false, fmt.Errorf("reading domains: %w", err)
	}
	return "", false, nil
}

// Skip reads the lines that an earlier run wrote, counts them, and passes over the domains that they are about. It
// gives the number of bytes that they take: what follows is a line that was cut off.
func (i *Input) Skip(written io.Reader, tally *Tally) (size int64, err error) {
	r := bufio.NewReaderSize(written, maxWritten)
	for {
		data, err := r.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			return size, nil
		}
		var line Line
		if err != nil || json.Unmarshal(bytes.TrimSuffix(data, []byte("\n")), &line) != nil {
			return size, fmt.Errorf("line %d is none of a survey", tally.Domains+1)
		}
		word, ok, err := i.next()
		if err != nil {
			return size, err
		}
		if !ok || word != line.Asked {
			return size, fmt.Errorf("line %d is about %s: %w",
				tally.Domains+1, zonefiles.Quote(line.Asked), ErrOtherList)
		}
		tally.Add(&line)
		size += int64(len(data))
	}
}
