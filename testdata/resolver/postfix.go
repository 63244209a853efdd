package resolver

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mx46/testdata/e2e"
)

// patience is how long Postfix may take until it is ready, on a busy machine.
const patience = time.Minute

// Postfix runs Postfix with services of the caller's, each a line of master.cf, and settings of the caller's.
func Postfix(t testing.TB, settings string, services ...string) {
	t.Helper()
	e2e.Require(t, "postconf")
	out, err := exec.Command("postconf", "-h", "daemon_directory").Output()
	if err != nil {
		t.Fatal(err)
	}
	owner, drop := ids(t, "postfix"), group(t, "postdrop")
	dir := t.TempDir()
	above := filepath.Clean(os.TempDir())
	for path := dir; path != above && path != "/"; path = filepath.Dir(path) { // Postfix gives up root's rights
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	config, queue, data := filepath.Join(dir, "etc"), filepath.Join(dir, "queue"), filepath.Join(dir, "data")
	folder := func(path string, mode os.FileMode, uid, gid int) {
		t.Helper()
		for _, err := range []error{os.MkdirAll(path, 0o755), os.Chown(path, uid, gid), os.Chmod(path, mode)} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	folder(config, 0o755, 0, 0)
	folder(queue, 0o755, 0, 0)
	folder(data, 0o700, owner[0], owner[1])
	folder(filepath.Join(queue, "pid"), 0o755, 0, 0)
	for name := range strings.FieldsSeq("active bounce corrupt defer deferred flush hold incoming private saved trace") {
		folder(filepath.Join(queue, name), 0o700, owner[0], 0)
	}
	folder(filepath.Join(queue, "public"), 0o710, owner[0], drop)
	folder(filepath.Join(queue, "maildrop"), 0o730, owner[0], drop)
	log := filepath.Join(dir, "mail.log")
	write(t, filepath.Join(config, "main.cf"), fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %s
data_directory = %s
maillog_file = %s
maillog_file_prefixes = %s
myhostname = mx.mail.test
mydestination =
smtpd_peername_lookup = no
smtpd_recipient_restrictions = reject
%s
`, queue, data, log, dir, settings))
	write(t, filepath.Join(config, "master.cf"), strings.Join(services, "\n")+`
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 3600 1 qmgr
rewrite unix - - n - - trivial-rewrite
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
dnsblog unix - - n - 0 dnsblog
postlog unix-dgram n - n - 1 postlogd
`)
	past := time.Now().Add(-time.Minute) // Postfix waits for files that are being edited
	for _, name := range []string{"main.cf", "master.cf"} {
		if err := os.Chtimes(filepath.Join(config, name), past, past); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("MAIL_CONFIG", config)
	t.Setenv("MAIL_LOGTAG", "postfix")
	cmd := exec.Command(filepath.Join(strings.TrimSpace(string(out)), "master"), "-c", config)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if text, err := os.ReadFile(log); err == nil && t.Failed() {
			t.Logf("%s", text)
		}
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	})
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		text, _ := os.ReadFile(log)
		if strings.Contains(string(text), "daemon started") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("Postfix does not start:\n%s", text)
		}
	}
}

// ids are the numbers of a user and of its group.
func ids(t testing.TB, name string) (numbers [2]int) {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		e2e.Missing(t, "%v", err)
	}
	numbers[0], _ = strconv.Atoi(u.Uid)
	numbers[1], _ = strconv.Atoi(u.Gid)
	return numbers
}

func group(t testing.TB, name string) int {
	t.Helper()
	g, err := user.LookupGroup(name)
	if err != nil {
		e2e.Missing(t, "%v", err)
	}
	number, _ := strconv.Atoi(g.Gid)
	return number
}
