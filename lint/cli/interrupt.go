package cli

import (
	"os"
	"os/signal"
	"syscall"
)

// finish runs write to its end even if a signal arrives that ends programs, which would leave a temporary file behind.
// A second signal ends the program at once.
func finish(write func() error) error {
	var ends []os.Signal
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		if !signal.Ignored(sig) { // as in the background of a script; Notify would undo that
			ends = append(ends, sig)
		}
	}
	if len(ends) == 0 {
		return write()
	}
	asked, written, over := make(chan os.Signal, 1), make(chan struct{}), make(chan struct{})
	signal.Notify(asked, ends...)
	go func() {
		defer close(over)
		if sig, ok := <-asked; ok {
			signal.Stop(asked)
			<-written
			end(sig)
		}
	}()
	err := write()
	close(written)
	signal.Stop(asked)
	close(asked)
	<-over
	return err
}

// end ends the program by the signal, so that a calling script sees why and ends too.
func end(sig os.Signal) {
	if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(sig) == nil {
		select {} // until it arrives
	}
	number, _ := sig.(syscall.Signal)
	os.Exit(128 + int(number)) // as shells report it, where a process cannot send itself a signal
}
