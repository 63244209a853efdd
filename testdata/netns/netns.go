// Package netns runs tests in a network of their own, where they may have any address and any port.
package netns

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"mx46/testdata/e2e"
)

// inside is set in the process that runs in the network.
const inside = "MX46_NETNS"

// Enter reports whether the test runs in a network of its own, which has loopback and the addresses. Where it does not,
// Enter runs the test again in one, beside others, and reports what came of that.
func Enter(t *testing.T, addresses ...string) bool {
	t.Helper()
	e2e.Slow(t)
	e2e.Require(t, "unshare", "ip")
	if os.Getenv(inside) == t.Name() {
		run(t, "link", "set", "lo", "up")
		for _, addr := range addresses {
			if strings.Contains(addr, ":") {
				run(t, "-6", "addr", "add", addr, "dev", "lo", "nodad")
			} else {
				run(t, "addr", "add", addr, "dev", "lo")
			}
		}
		return true
	}
	if out, err := exec.Command("unshare", "--net", "true").CombinedOutput(); err != nil {
		e2e.Missing(t, "no network namespace: %v: %s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Parallel() // all that is done here is to wait
	cmd := exec.Command("unshare", "--net", self, "-test.run", "^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), inside+"="+t.Name())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
	return false
}

func run(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		t.Fatal(fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, out))
	}
}

// Remove takes an address away.
func Remove(t *testing.T, addr string) {
	t.Helper()
	run(t, "addr", "del", addr, "dev", "lo")
}
