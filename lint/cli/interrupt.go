package cli

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// signals holds back the signals that end programs while a file is written, which would leave a temporary file behind.
// A second signal ends the program at once.
type signals struct{ writing sync.Mutex }

// finish runs write to its end even if a signal arrives.
func (s *signals) finish(write func() error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return write()
}

// holdBack begins to hold signals back, until stop.
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

// end ends the program by the signal, so that a calling script sees why and ends too.
func end(sig os.Signal) {
	if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(sig) == nil {
		select {} // until it arrives
	}
	number, _ := sig.(syscall.Signal)
	os.Exit(128 + int(number)) // as shells report it, where a process cannot send itself a signal
}
