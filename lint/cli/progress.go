package cli

import (
	"fmt"
	"sync/atomic"
	"time"
)

const (
	progressAfter = time.Second // a shorter run shows nothing
	progressEvery = 200 * time.Millisecond
)

// progress is a line on a terminal's standard error that says what a long run is doing.
type progress struct {
	text       atomic.Pointer[func() string]
	quit, done chan struct{} // nil where nothing is shown
}

// startProgress begins to show progress after a while.
func startProgress(stdio *Stdio, after time.Duration) *progress {
	p := &progress{}
	width, terminal := stdio.Terminal(stdio.Err)
	if !terminal || stdio.Getenv("TERM") == "dumb" {
		return p
	}
	p.quit, p.done = make(chan struct{}), make(chan struct{})
	go p.show(stdio, width, after)
	return p
}

// say sets what is shown; text may be called at any time until stop.
func (p *progress) say(text func() string) { p.text.Store(&text) }

// stop removes the line.
func (p *progress) stop() {
	if p.quit != nil {
		close(p.quit)
		<-p.done
	}
}

func (p *progress) show(stdio *Stdio, width int, wait time.Duration) {
	defer close(p.done)
	const wipe = "\r\x1b[K"
	shown := false
	for {
		select {
		case <-p.quit:
			if shown {
				fmt.Fprint(stdio.Err, wipe)
			}
			return
		case <-time.After(wait):
		}
		wait = progressEvery
		if text := p.text.Load(); text != nil {
			line := "mx46: " + (*text)()
			fmt.Fprint(stdio.Err, wipe+line[:min(len(line), max(width-1, 0))])
			shown = true
		}
	}
}
