package cli

import (
	"os"
	"os/signal"
	"syscall"
)

// finish runs write, which puts a file in the place of another, to its end although the user or the system asks the program to end:
// halfway it would leave its temporary file. The signal has its way afterwards, and a second one at once.
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
	asked, done := make(chan os.Signal, 1), make(chan error, 1)
	signal.Notify(asked, ends...)
	defer signal.Stop(asked)
	go func() { done <- write() }()
	select {
	case err := <-done:
		return err
	case sig := <-asked:
		signal.Stop(asked)
		<-done
		return obey(sig)
	}
}

// obey ends the program by the signal, so that a script that runs it sees why it ended and ends too.
func obey(sig os.Signal) error {
	number, _ := sig.(syscall.Signal)
	if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(sig) == nil {
		select {} // until it arrives
	}
	return exitError(128 + int(number)) // where a process cannot send itself a signal, this is what a shell makes of it
}
