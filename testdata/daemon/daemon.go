// Package daemon runs servers on loopback for tests.
package daemon

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// Daemon is a program that runs beside the test.
type Daemon struct {
	t     testing.TB
	log   string
	cmd   *exec.Cmd
	ended chan struct{}
}

// patience is how long a program may take until it is ready, on a busy machine.
const patience = time.Minute

// Start runs a program, which writes into the file log, until that holds the text ready. The test's end stops it.
func Start(t testing.TB, log, ready, program string, args ...string) *Daemon {
	t.Helper()
	file, err := os.Create(log)
	if err != nil {
		t.Fatal(err)
	}
	d := &Daemon{t, log, exec.Command(program, args...), make(chan struct{})}
	d.cmd.Stdout, d.cmd.Stderr = file, file
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { d.cmd.Wait(); file.Close(); close(d.ended) }()
	t.Cleanup(d.Stop)
	for deadline := time.Now().Add(patience); !bytes.Contains(d.Log(), []byte(ready)); time.Sleep(20 * time.Millisecond) {
		select {
		case <-d.ended:
			t.Fatalf("%s ends at once:\n%s", program, d.Log())
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is not ready after %s:\n%s", program, patience, d.Log())
		}
	}
	return d
}

// Stop kills the program at once, as a machine that loses its power does.
func (d *Daemon) Stop() {
	d.cmd.Process.Kill()
	<-d.ended
}

// Log is what the program has written so far.
func (d *Daemon) Log() []byte {
	d.t.Helper()
	text, err := os.ReadFile(d.log)
	if err != nil {
		d.t.Fatal(err)
	}
	return text
}

// FreePort is a port of 127.0.0.1 at which nothing listens.
func FreePort(t testing.TB) int {
	t.Helper()
	for range 100 {
		tcp, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := tcp.Addr().(*net.TCPAddr).Port
		udp, err := net.ListenPacket("udp", tcp.Addr().String())
		tcp.Close()
		if err == nil {
			udp.Close()
			return port
		}
	}
	t.Fatal("no port of 127.0.0.1 is free for both UDP and TCP")
	return 0
}
