//go:build linux

package lab_test

// The farm: namespaces, a bridge, a name server and a Postfix for each host. It belongs to the test alone: nothing of
// the machine's own network is touched, and namespaces carry the process number in their names, so that what an
// interrupted run leaves behind can be told from what is in use.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mx46/lint/delivery"
)

const (
	namespacePrefix = "mx46lab-"

	// keep asks, in the environment, for a failed test's logs and queues to be kept until the next run.
	keep = "MX46_LAB_KEEP"
)

// host is a machine of the farm.
type host struct {
	name     string // its namespace's name without the prefix, and its host name below test.
	number   int    // the last part of its addresses
	families delivery.Families
	mail     bool     // it runs Postfix
	sends    bool     // and the other mail servers, to send by
	servers  []*host  // its name servers; the farm's unless given
	routes   []string // "PREFIX via ADDRESS"

	virtual, relay     []string          // domains that it keeps mail of, and passes on
	access             map[string]string // recipients' domains that it refuses: "450 4.7.1 later"
	dir                string
	namespace, mailLog string
}

func (h *host) domain() string { return h.name + ".test" }

func (h *host) addresses() []netip.Addr {
	var list []netip.Addr
	if h.families.Has(delivery.IPv4) {
		list = append(list, netip.AddrFrom4([4]byte{192, 0, 2, byte(h.number)}))
	}
	if h.families.Has(delivery.IPv6) {
		list = append(list, netip.AddrFrom16([16]byte{0: 0x20, 1: 1, 2: 0xd, 3: 0xb8, 15: byte(h.number)}))
	}
	return list
}

// farm is all of them.
type farm struct {
	t       *testing.T
	dir     string
	hosts   []*host
	server  *host // the name server
	daemons []*exec.Cmd

	byAddress map[netip.Addr]*host
}

// typeOf is the type of the record of an address.
func typeOf(addr netip.Addr) string {
	if addr.Is4() {
		return "A"
	}
	return "AAAA"
}

// index finds hosts by name and by address.
func index(hosts []*host) (map[string]*host, map[netip.Addr]*host) {
	byName, byAddress := map[string]*host{}, map[netip.Addr]*host{}
	for _, h := range hosts {
		byName[h.name] = h
		for _, addr := range h.addresses() {
			byAddress[addr] = h
		}
	}
	return byName, byAddress
}

// tools are the programs that the laboratory runs.
var tools = []string{"ip", "named", "postconf", "sendmail"}

// requirements says what of the laboratory's needs is missing: its own tools, and those given.
func requirements(more ...string) error {
	var missing []string
	if os.Geteuid() != 0 {
		missing = append(missing, "root")
	}
	for _, tool := range append(slices.Clone(tools), more...) {
		if _, err := exec.LookPath(tool); err != nil {
			missing = append(missing, tool)
		}
	}
	for _, name := range []string{"postfix", "postdrop"} {
		if _, err := user.LookupGroup(name); err != nil {
			missing = append(missing, "the group "+name)
		}
	}
	if len(missing) > 0 {
		return errors.New("missing: " + strings.Join(missing, ", "))
	}
	probe := namespacePrefix + strconv.Itoa(os.Getpid()) + "-probe"
	if err := command("ip", "netns", "add", probe); err != nil {
		return fmt.Errorf("no network namespaces: %w", err)
	}
	return command("ip", "netns", "delete", probe)
}

// command runs a program that is expected to be quick.
func command(name string, args ...string) error { return feed("", name, args...) }

func feed(input, name string, args ...string) error {
	_, err := answer(input, name, args...)
	return err
}

// answer is what a program says to an input.
func answer(input, name string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return out, err
}

// build makes the namespaces and starts the name server and the mail servers. The test's end takes all of it down.
func build(t *testing.T, hosts []*host, zone string) *farm {
	t.Helper()
	removeAbandoned(t)
	dir, err := os.MkdirTemp("", namespacePrefix+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		t.Fatal(err)
	}
	f := &farm{t: t, dir: dir, hosts: hosts, server: &host{name: "ns", number: 53, families: delivery.Dual}}
	_, f.byAddress = index(hosts)
	if os.Getenv(keep) == "" {
		f.guard()
	}
	t.Cleanup(f.close)
	if err := os.Chmod(dir, 0o755); err != nil { // the mail system's user has to come through
		t.Fatal(err)
	}
	for _, h := range f.all() {
		h.namespace = f.namespace(h.name)
		h.dir = filepath.Join(dir, h.name)
	}
	// Daemons are told to end when the thread that started them does, so that few outlive a test that is killed.
	runtime.LockOSThread()
	for _, step := range []func() error{f.network, func() error { return f.nameServer(zone) }, f.mailServers} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func (f *farm) namespace(name string) string {
	return namespacePrefix + strconv.Itoa(os.Getpid()) + "-" + name
}

func (f *farm) all() []*host { return append([]*host{f.server}, f.hosts...) }

// removeAbandoned removes what killed runs have left: namespaces, and files in the folder for temporary ones.
func removeAbandoned(t *testing.T) {
	for _, path := range leftovers(t, "*") {
		number, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(path), namespacePrefix), "-")
		if pid, err := strconv.Atoi(number); err == nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			removeLeftover(t, path)
		}
	}
}

// leftovers are the namespaces and folders of the farm of a process.
func leftovers(t *testing.T, pid string) []string {
	spaces, err := filepath.Glob("/run/netns/" + namespacePrefix + pid + "-*")
	folders, err2 := filepath.Glob(filepath.Join(os.TempDir(), namespacePrefix+pid+"-*"))
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return append(spaces, folders...)
}

func removeLeftover(t *testing.T, path string) {
	if filepath.Dir(path) == "/run/netns" {
		endProcesses(t, filepath.Base(path))
		remove(t, filepath.Base(path))
	} else if err := os.RemoveAll(path); err != nil {
		t.Error(err)
	}
}

// endProcesses ends what still runs in an abandoned namespace of ours: Postfix changes its user back and forth, and so
// does not die with its parent.
func endProcesses(t *testing.T, namespace string) {
	out, err := exec.Command("ip", "netns", "pids", namespace).Output()
	if err != nil {
		t.Errorf("looking for processes in %s: %v", namespace, err)
	}
	for number := range strings.FieldsSeq(string(out)) {
		if pid, err := strconv.Atoi(number); err == nil {
			syscall.Kill(pid, syscall.SIGKILL) // it may be gone by now
		}
	}
}

func remove(t *testing.T, namespace string) {
	err := command("ip", "netns", "delete", namespace)
	if _, gone := os.Stat(filepath.Join("/run/netns", namespace)); err != nil && gone == nil { // a guard may be quicker
		t.Error(err)
	}
	if err := os.RemoveAll(filepath.Join("/etc/netns", namespace)); err != nil {
		t.Error(err)
	}
}

// close takes everything down.
func (f *farm) close() {
	for i := len(f.daemons) - 1; i >= 0; i-- {
		if err := f.daemons[i].Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			f.t.Error(err)
		}
	}
	for _, d := range f.daemons {
		timer := time.AfterFunc(10*time.Second, func() { d.Process.Kill() })
		d.Wait() // how a daemon ends that was told to is of no interest
		timer.Stop()
	}
	for _, name := range append([]string{f.namespace("bridge")}, names(f.all())...) {
		if _, err := os.Stat(filepath.Join("/run/netns", name)); err == nil {
			remove(f.t, name)
		}
	}
	os.Remove("/etc/netns") // where nothing else is in it
	if f.t.Failed() && os.Getenv(keep) != "" {
		f.t.Logf("logs and queues are kept in %s", f.dir)
		return
	}
	if err := os.RemoveAll(f.dir); err != nil {
		f.t.Error(err)
	}
}

func names(hosts []*host) []string {
	list := make([]string, len(hosts))
	for i, h := range hosts {
		list[i] = h.namespace
	}
	return list
}

// network makes the namespaces and joins them to a bridge that lies in a namespace of its own.
func (f *farm) network() error {
	bridge := f.namespace("bridge")
	var batch strings.Builder
	fmt.Fprintf(&batch, "netns add %s\n", bridge)
	for _, h := range f.all() {
		fmt.Fprintf(&batch, "netns add %s\n", h.namespace)
	}
	if err := feed(batch.String(), "ip", "-batch", "-"); err != nil {
		return fmt.Errorf("making namespaces: %w", err)
	}
	var ports strings.Builder
	ports.WriteString("link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0\nlink set br0 addrgenmode none\nlink set br0 up\n")
	for i, h := range f.all() {
		fmt.Fprintf(&ports, "link add p%d type veth peer name eth0 netns %s\n", i, h.namespace)
		fmt.Fprintf(&ports, "link set p%d addrgenmode none\nlink set p%d master br0 up\n", i, i)
	}
	if err := feed(ports.String(), "ip", "-n", bridge, "-batch", "-"); err != nil {
		return fmt.Errorf("making the bridge: %w", err)
	}
	for _, h := range f.all() {
		var own strings.Builder
		own.WriteString("link set lo up\nlink set eth0 addrgenmode none\n") // really no address of a family that the host lacks
		for _, addr := range h.addresses() {
			if addr.Is4() {
				fmt.Fprintf(&own, "addr add %s/24 dev eth0\n", addr)
			} else {
				fmt.Fprintf(&own, "addr add %s/64 dev eth0 nodad\n", addr)
			}
		}
		own.WriteString("link set eth0 up\n")
		for _, route := range h.routes {
			fmt.Fprintf(&own, "route add %s\n", route)
		}
		if err := feed(own.String(), "ip", "-n", h.namespace, "-batch", "-"); err != nil {
			return fmt.Errorf("giving %s its addresses: %w", h.name, err)
		}
		if err := writeFile(filepath.Join("/etc/netns", h.namespace, "resolv.conf"), f.resolvConf(h)); err != nil {
			return err
		}
	}
	return nil
}

// resolvConf names a host's name servers, by the addresses that it can reach.
func (f *farm) resolvConf(h *host) string {
	servers := h.servers
	if servers == nil {
		servers = []*host{f.server}
	}
	var text strings.Builder
	for _, server := range servers {
		for _, addr := range server.addresses() {
			if h.families.Has(delivery.FamilyOf(addr)) {
				fmt.Fprintf(&text, "nameserver %s\n", addr)
			}
		}
	}
	text.WriteString("options timeout:5 attempts:2\n")
	return text.String()
}

func writeFile(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o644)
}

// start runs a daemon within a host's namespace.
func (f *farm) start(h *host, env []string, args ...string) error {
	cmd := exec.Command("ip", append([]string{"netns", "exec", h.namespace}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	log, err := os.Create(filepath.Join(h.dir, "output"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s on %s: %w", args[0], h.name, err)
	}
	f.daemons = append(f.daemons, cmd)
	return nil
}

// brokenZone is a zone that the name server has and cannot load: it answers SERVFAIL for all names in it.
const brokenZone = "broken.test"

func (f *farm) nameServer(zone string) error {
	dir := f.server.dir
	config := fmt.Sprintf(`
options {
	directory %q; pid-file "named.pid"; session-keyfile "session.key";
	listen-on { any; }; listen-on-v6 { any; };
	recursion no; empty-zones-enable no; notify no; dnssec-validation no; minimal-responses no;
	check-names primary ignore; check-mx ignore; check-mx-cname ignore; check-integrity no;
	rrset-order { order none; };
};
controls { };
zone "." { type primary; file "root.zone"; };
zone %q { type primary; file "missing.zone"; };
`, dir, brokenZone)
	if err := errors.Join(writeFile(filepath.Join(dir, "named.conf"), config), writeFile(f.zoneFile(), zone)); err != nil {
		return err
	}
	return f.start(f.server, nil, "named", "-g", "-c", filepath.Join(dir, "named.conf"), "-n", "1")
}

func (f *farm) zoneFile() string { return filepath.Join(f.server.dir, "root.zone") }
