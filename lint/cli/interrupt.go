package cli

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// signals has the signals by which a user or a system ends programs wait while a file is written that takes the place of another:
// halfway there is a temporary file. A second signal ends the program at once.
type signals struct{ writing sync.Mutex }

// finish runs write, which puts a file in the place of another, to its end although a signal asks the program to end.
func (s *signals) finish(write func() error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return write()
}

// holdBack begins to hold signals back. Stop leaves them alone again.
func (s *signals) holdBack() (stop func()) {
	var ends []os.Signal
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		if !signal.Ignored(sig) { // as in the background of a script; Notify would undo that
			ends = append(ends, sig)
		}
	}
	if len(ends) == 0 {
		return func() {}
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, ends...)
	go func() {
		if sig, ok := <-asked; ok {
			signal.Stop(asked)
			s.writing.Lock() // for good
			end(sig)
		}
	}()
	return func() {
		signal.Stop(asked)
		close(asked)
	}
}

// end ends the program by the signal, so that a script that runs it sees why it ended and ends too.
func end(sig os.Signal) {
	if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(sig) == nil {
		select {} // until it arrives
	}
	number, _ := sig.(syscall.Signal)
	os.Exit(128 + int(number)) // where a process cannot send itself a signal, what a shell makes of it
}
