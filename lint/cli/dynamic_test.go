package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mx46/testdata/daemon"
	"mx46/testdata/e2e"
)

// nameServer is a name server on loopback that serves db.example.org of the working folder.
type nameServer struct {
	t       *testing.T
	program string
	config  string
	ready   string
	port    int
	control func(args ...string) []string // the command that gives it orders
	running *daemon.Daemon
}

// named sets BIND up, with more statements for the zone.
func named(t *testing.T, statements string) *nameServer {
	t.Helper()
	e2e.Require(t, "named", "rndc", "nsupdate", "dig")
	s := &nameServer{t: t, program: "named", config: "named.conf", ready: "all zones loaded", port: daemon.FreePort(t)}
	const key = "key k { algorithm hmac-sha256; secret \"c2VjcmV0c2VjcmV0c2VjcmV0\"; };\n"
	dir, err := os.Getwd()
	must(t, err)
	control := daemon.FreePort(t)
	writeFile(t, "rndc.key", fmt.Sprintf("%soptions { default-key k; default-server 127.0.0.1; default-port %d; };\n", key, control))
	writeFile(t, s.config, fmt.Sprintf(`%soptions { directory %q; listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; }; pid-file none;
	session-keyfile "session"; recursion no; notify no; dnssec-validation no; empty-zones-enable no; };
controls { inet 127.0.0.1 port %d allow { 127.0.0.1; } keys { k; }; };
zone example.org { type primary; file "db.example.org"; %s };
`, key, dir, s.port, control, statements))
	s.control = func(args ...string) []string { return append([]string{"rndc", "-c", "rndc.key"}, args...) }
	return s
}

// knotd sets Knot DNS up, with another line for the zone.
func knotd(t *testing.T, line string) *nameServer {
	t.Helper()
	e2e.Require(t, "knotd", "knotc", "nsupdate", "dig")
	s := &nameServer{t: t, program: "knotd", config: "knot.conf", ready: "server started", port: daemon.FreePort(t)}
	dir, err := os.Getwd()
	must(t, err)
	run := t.TempDir() // a socket's path has to be short
	writeFile(t, s.config, fmt.Sprintf(`server:
    listen: 127.0.0.1@%d
    rundir: %q
database:
    storage: %q
log:
  - target: stderr
    any: info
acl:
  - id: anybody
    address: 127.0.0.1
    action: [transfer, update]
zone:
  - domain: example.org
    storage: %[3]q
    file: db.example.org
    %s
`, s.port, run, dir, line))
	s.control = func(args ...string) []string {
		return append([]string{"knotc", "-b", "-s", filepath.Join(run, "knot.sock")}, args...)
	}
	return s
}

func (s *nameServer) start() {
	s.t.Helper()
	args := []string{"-c", s.config}
	if s.program == "named" {
		args = []string{"-g", "-c", s.config}
	}
	s.running = daemon.Start(s.t, "log", s.ready, s.program, args...)
}

// restart stops the server as a machine that loses its power does, and starts it again.
func (s *nameServer) restart() {
	s.t.Helper()
	s.running.Stop()
	s.start()
}

func (s *nameServer) order(args ...string) {
	s.t.Helper()
	line := s.control(args...)
	command(s.t, line[0], line[1:]...)
}

// update adds an address to the zone, by a message to the server.
func (s *nameServer) update(owner, address string) {
	s.t.Helper()
	cmd := exec.Command("nsupdate")
	cmd.Stdin = strings.NewReader(fmt.Sprintf("server 127.0.0.1 %d\nzone example.org\nupdate add %s 60 A %s\nsend\n", s.port, owner, address))
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("nsupdate: %v\n%s\n%s", err, out, s.running.Log())
	}
}

// answer is what the server says, in short, or the code of its refusal.
func (s *nameServer) answer(owner, kind string) string {
	s.t.Helper()
	out := command(s.t, "dig", "+norecurse", "+noall", "+comments", "+answer", "@127.0.0.1", "-p", fmt.Sprint(s.port), owner, kind)
	var answers []string
	for line := range strings.Lines(out) {
		if _, code, ok := strings.Cut(line, "status: "); ok && !strings.HasPrefix(code, "NOERROR") {
			return code[:strings.IndexByte(code, ',')]
		}
		if fields := strings.Fields(line); len(fields) > 4 && fields[3] == kind {
			answers = append(answers, strings.Join(fields[4:], " "))
		}
	}
	return strings.Join(answers, "; ")
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	must(t, os.WriteFile(name, []byte(text), 0o644))
}

// fixedElsewhere is the zone file as --fix --bump-serial writes it where nothing tells that a server writes it too.
func fixedElsewhere(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	copied := filepath.Join(folder, "db.example.org")
	writeFile(t, copied, readFile(t, "db.example.org"))
	if code, stdout, stderr := runMain("lint", "--root", folder, "--fix", "--bump-serial", copied); code != 0 || !strings.Contains(stdout, "Raised 1 SOA serial.") {
		t.Fatalf("exit code %d\n%s%s", code, stdout, stderr)
	}
	return readFile(t, copied)
}

// neverEdited lints in every way that edits, and sees the zone file stay as it is.
func neverEdited(t *testing.T, why string, paths ...string) {
	t.Helper()
	before := readFile(t, "db.example.org")
	for _, flags := range [][]string{{"--fix"}, {"--fix", "--unsafe-fixes", "--bump-serial"}, {"--diff", "--bump-serial"}} {
		args := slices.Concat([]string{"lint", "--fail-on", "warning"}, flags, paths)
		code, stdout, stderr := runMain(args...)
		want := "Not fixed: 1 finding in db.example.org: zone example.org " + why
		if code != 1 || !strings.Contains(stdout+stderr, want) {
			t.Errorf("%s: exit code %d\n%s%swant %s", args, code, stdout, stderr, want)
		}
		if readFile(t, "db.example.org") != before {
			t.Fatalf("%s: the file has changed", args)
		}
	}
}

const outOfSync = "journal out of sync with zone"

// TestDynamicZonesAreServedAfterFix updates a zone while named serves it, lets mx46 fix it in every way it can, and
// starts named again. The control writes the fixed file all the same, and named does not load the zone any more.
func TestDynamicZonesAreServedAfterFix(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "db.example.org", unsigned)
	s := named(t, "allow-update { 127.0.0.1; };")
	neverEdited(t, "takes dynamic updates (named.conf:5), and named would lose the edit, or not load the zone", "named.conf")
	neverEdited(t, "takes dynamic updates (named.conf:5), and named ") // of all that is found in the folder
	s.start()
	for i := range 3 {
		s.update(fmt.Sprintf("new%d.example.org", i), "192.0.32.9")
	}
	neverEdited(t, "has a journal, db.example.org.jnl, and named would lose the edit", "db.example.org")
	neverEdited(t, "takes dynamic updates (named.conf:5), ", "named.conf")
	s.restart()
	if got := s.answer("example.org", "MX") + " " + s.answer("new2.example.org", "A"); got != "10 mx1.example.org. 192.0.32.9" {
		t.Errorf("after --fix and a restart, named says %q\n%s", got, s.running.Log())
	}

	// What is served differs from the file, until named writes it.
	const differs = "What is served may differ: 1 zone file lacks changes in its journal (rndc sync writes them)."
	if _, stdout, _ := runMain("lint", "db.example.org"); !strings.Contains(stdout, differs) {
		t.Errorf("the summary does not say that the file is old:\n%s", stdout)
	}
	s.order("sync", "example.org")
	eventually(t, func() bool { // named writes it by and by
		_, stdout, _ := runMain("lint", "db.example.org")
		return !strings.Contains(stdout, "differ")
	})

	// By hand, as the message says, between freeze and thaw.
	s.order("freeze", "example.org")
	writeFile(t, "db.example.org", fixedElsewhere(t))
	s.order("thaw", "example.org")
	eventually(t, func() bool { return s.answer("null.example.org", "MX") == "0 ." })
	s.update("late.example.org", "192.0.32.9")
	s.restart()
	if got := s.answer("null.example.org", "MX") + " " + s.answer("late.example.org", "A"); got != "0 . 192.0.32.9" {
		t.Errorf("after freeze, edit and thaw, named says %q\n%s", got, s.running.Log())
	}
}

func TestAnEditBesideAJournalKeepsNamedFromLoadingTheZone(t *testing.T) {
	for _, test := range []struct{ name, statements string }{
		{"dynamic", "allow-update { 127.0.0.1; };"},
		{"dynamic behind inline-signing", "allow-update { 127.0.0.1; }; inline-signing yes; dnssec-policy default;"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			writeFile(t, "db.example.org", unsigned)
			s := named(t, test.statements)
			s.start()
			for i := range 3 {
				s.update(fmt.Sprintf("new%d.example.org", i), "192.0.32.9")
			}
			s.running.Stop()
			writeFile(t, "db.example.org", fixedElsewhere(t))
			s.start()
			if got := s.answer("example.org", "MX"); got != "SERVFAIL" || !strings.Contains(string(s.running.Log()), outOfSync) {
				t.Errorf("named says %q: this control shows nothing\n%s", got, s.running.Log())
			}
		})
	}
}

// An unsigned file behind inline-signing is edited as any other. Once named has taken over an edit it keeps a journal
// beside the file too, until rndc sync -clean removes it: as for any other file, then.
func TestTheUnsignedFileBehindInlineSigning(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "db.example.org", unsigned+"other MX 10 .\n")
	s := named(t, "inline-signing yes; dnssec-policy default;")
	s.start()
	signed := func() bool { return strings.Contains(s.answer("example.org", "DNSKEY"), "257 3 13") }
	eventually(t, signed)
	if code, stdout, stderr := runMain("lint", "--fix", "--bump-serial", "named.conf"); code != 0 || !strings.Contains(stdout, "Fixed 2 findings in 1 file.") {
		t.Fatalf("exit code %d\n%s%s", code, stdout, stderr)
	}
	s.order("reload", "example.org")
	eventually(t, func() bool { return s.answer("null.example.org", "MX") == "0 ." })
	if !signed() {
		t.Error("the zone is not signed any more")
	}

	writeFile(t, "db.example.org", strings.Replace(readFile(t, "db.example.org"), "null MX   0 .", "null MX   10 .", 1))
	neverEdited(t, "has a journal, db.example.org.jnl, and named would lose the edit, or not load the zone", "named.conf")
	s.order("sync", "-clean", "example.org")
	if code, stdout, stderr := runMain("lint", "--fix", "--bump-serial", "named.conf"); code != 0 || !strings.Contains(stdout, "Fixed ") {
		t.Fatalf("exit code %d\n%s%s", code, stdout, stderr)
	}
	s.restart()
	eventually(t, func() bool { return s.answer("null.example.org", "MX") == "0 ." && signed() })
}

// Knot DNS writes the file after each update, and over an edit of it. The control sees that.
func TestKnotWritesOverAnEdit(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "db.example.org", unsigned)
	s := knotd(t, "acl: anybody")
	neverEdited(t, "takes dynamic updates (knot.conf:12), and knotd would write over the edit", "knot.conf")
	s.start()
	s.update("new1.example.org", "192.0.32.9")
	written := func(name string) func() bool {
		return func() bool { return strings.Contains(readFile(t, "db.example.org"), name) }
	}
	eventually(t, written("new1"))
	neverEdited(t, "takes dynamic updates (knot.conf:12), ", "knot.conf")
	neverEdited(t, "takes dynamic updates (knot.conf:12), ")

	edited := fixedElsewhere(t)
	writeFile(t, "db.example.org", edited)
	s.update("new2.example.org", "192.0.32.9")
	eventually(t, written("new2"))
	if got := s.answer("null.example.org", "MX"); got != "10 ." || readFile(t, "db.example.org") == edited {
		t.Errorf("Knot says %q: this control shows nothing\n%s", got, s.running.Log())
	}

	// By hand, as the message says.
	s.order("zone-freeze", "example.org")
	s.order("zone-flush", "example.org")
	writeFile(t, "db.example.org", fixedElsewhere(t))
	s.order("zone-reload", "example.org")
	s.order("zone-thaw", "example.org")
	s.update("late.example.org", "192.0.32.9")
	s.restart()
	if got := s.answer("null.example.org", "MX") + " " + s.answer("late.example.org", "A"); got != "0 . 192.0.32.9" {
		t.Errorf("after freeze, edit and thaw, Knot says %q\n%s", got, s.running.Log())
	}
}

// eventually waits for what a server does by and by.
func eventually(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not come to pass")
		}
	}
}
