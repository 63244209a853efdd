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
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mx46/lint/delivery"
)

const namespacePrefix = "mx46lab-"

// host is a machine of the farm.
type host struct {
	name     string // its namespace's name without the prefix, and its host name below test.
	number   int    // the last part of its addresses
	families delivery.Families
	mail     bool // it runs Postfix

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
}

// tools are the programs that the laboratory runs.
var tools = []string{"ip", "named", "postconf", "sendmail"}

// requirements says what of the laboratory's needs is missing.
func requirements() error {
	var missing []string
	if os.Geteuid() != 0 {
		missing = append(missing, "root")
	}
	for _, tool := range tools {
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
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = strings.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return nil
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
	spaces, err := filepath.Glob("/run/netns/" + namespacePrefix + "*")
	folders, err2 := filepath.Glob(filepath.Join(os.TempDir(), namespacePrefix+"*"))
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	for _, path := range append(spaces, folders...) {
		number, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(path), namespacePrefix), "-")
		if pid, err := strconv.Atoi(number); err != nil || !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			continue
		}
		if filepath.Dir(path) == "/run/netns" {
			endProcesses(t, filepath.Base(path))
			remove(t, filepath.Base(path))
		} else if err := os.RemoveAll(path); err != nil {
			t.Error(err)
		}
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
	if err := command("ip", "netns", "delete", namespace); err != nil {
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
	os.Remove("/etc/netns")                               // where nothing else is in it
	if f.t.Failed() && os.Getenv("MX46_LAB_KEEP") != "" { // until the next run
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
		if err := feed(own.String(), "ip", "-n", h.namespace, "-batch", "-"); err != nil {
			return fmt.Errorf("giving %s its addresses: %w", h.name, err)
		}
		var resolv strings.Builder
		for _, addr := range f.server.addresses() {
			if h.families.Has(delivery.FamilyOf(addr)) {
				fmt.Fprintf(&resolv, "nameserver %s\n", addr)
			}
		}
		resolv.WriteString("options timeout:5 attempts:2\n")
		if err := writeFile(filepath.Join("/etc/netns", h.namespace, "resolv.conf"), resolv.String()); err != nil {
			return err
		}
	}
	return nil
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

func (f *farm) mailServers() error {
	out, err := exec.Command("postconf", "-d", "-h", "daemon_directory").Output()
	if err != nil {
		return fmt.Errorf("asking for Postfix's programs: %w", err)
	}
	programs := strings.TrimSpace(string(out))
	owner, err := lookup()
	if err != nil {
		return err
	}
	for _, h := range f.hosts {
		if !h.mail {
			continue
		}
		if err := h.configure(owner); err != nil {
			return fmt.Errorf("configuring %s: %w", h.name, err)
		}
		env := []string{"MAIL_CONFIG=" + h.config(), "MAIL_LOGTAG=postfix"}
		if err := f.start(h, env, filepath.Join(programs, "master"), "-c", h.config()); err != nil {
			return err
		}
	}
	// They are ready when they say so.
	for _, h := range f.hosts {
		for deadline := time.Now().Add(20 * time.Second); h.mail && !bytes.Contains(h.log(), []byte("daemon started")); {
			if time.Now().After(deadline) {
				output, _ := os.ReadFile(filepath.Join(h.dir, "output"))
				return fmt.Errorf("%s does not start: %s%s", h.name, output, h.log())
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	return nil
}

// ids are the numbers of the mail system's user and groups.
type ids struct{ postfix, group, postdrop int }

func lookup() (ids, error) {
	u, err := user.Lookup("postfix")
	if err != nil {
		return ids{}, err
	}
	g, err := user.LookupGroup("postdrop")
	if err != nil {
		return ids{}, err
	}
	var n ids
	for _, number := range []struct {
		to   *int
		text string
	}{{&n.postfix, u.Uid}, {&n.group, u.Gid}, {&n.postdrop, g.Gid}} {
		if *number.to, err = strconv.Atoi(number.text); err != nil {
			return ids{}, err
		}
	}
	return n, nil
}

func (h *host) config() string { return filepath.Join(h.dir, "etc") }

func (h *host) log() []byte {
	text, err := os.ReadFile(h.mailLog)
	if err != nil {
		return nil // not yet there
	}
	return text
}

// masterConfig is the part of Postfix that the laboratory needs, out of any chroot.
const masterConfig = `smtp inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 3600 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
`

// configure writes the host's Postfix configuration and makes its queue.
func (h *host) configure(owner ids) error {
	queue, data, mail := filepath.Join(h.dir, "queue"), filepath.Join(h.dir, "data"), filepath.Join(h.dir, "mail")
	h.mailLog = filepath.Join(h.dir, "mail.log")
	protocols := "ipv4, ipv6"
	switch h.families {
	case delivery.IPv4:
		protocols = "ipv4"
	case delivery.IPv6:
		protocols = "ipv6"
	}
	var access strings.Builder
	for domain, reply := range h.access {
		fmt.Fprintf(&access, "%s %s\n", domain, reply)
	}
	settings := fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %s
data_directory = %s
maillog_file = %s
maillog_file_prefixes = %s
myhostname = %s
mydestination =
inet_protocols = %s
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = %s
virtual_mailbox_base = %s
virtual_mailbox_maps = static:box/
virtual_minimum_uid = 1
virtual_uid_maps = static:%d
virtual_gid_maps = static:%d
relay_domains = %s
smtpd_peername_lookup = no
smtpd_recipient_restrictions = check_recipient_access texthash:%s/access, reject_unauth_destination
smtp_host_lookup = dns
smtp_connect_timeout = 5s
smtp_tls_security_level = none
smtp_connection_cache_on_demand = no
default_destination_concurrency_failed_cohort_limit = 1000
minimal_backoff_time = 3600s
maximal_backoff_time = 3600s
queue_run_delay = 3600s
in_flow_delay = 0
`, queue, data, h.mailLog, h.dir, h.domain(), protocols, strings.Join(h.virtual, ", "), mail, owner.postfix, owner.group,
		strings.Join(h.relay, ", "), h.config())
	err := errors.Join(
		writeFile(filepath.Join(h.config(), "main.cf"), settings),
		writeFile(filepath.Join(h.config(), "master.cf"), masterConfig),
		writeFile(filepath.Join(h.config(), "access"), access.String()),
	)
	past := time.Now().Add(-time.Minute) // Postfix waits for files that are being edited
	for _, name := range []string{"main.cf", "master.cf", "access"} {
		err = errors.Join(err, os.Chtimes(filepath.Join(h.config(), name), past, past))
	}
	make := func(dir string, mode os.FileMode, uid, gid int) {
		err = errors.Join(err, os.MkdirAll(dir, 0o755), os.Chown(dir, uid, gid), os.Chmod(dir, mode))
	}
	make(queue, 0o755, 0, 0)
	make(data, 0o700, owner.postfix, owner.group)
	make(mail, 0o700, owner.postfix, owner.group)
	make(filepath.Join(queue, "pid"), 0o755, 0, 0)
	for _, name := range strings.Fields("active bounce corrupt defer deferred flush hold incoming private saved trace") {
		make(filepath.Join(queue, name), 0o700, owner.postfix, 0)
	}
	make(filepath.Join(queue, "public"), 0o710, owner.postfix, owner.postdrop)
	make(filepath.Join(queue, "maildrop"), 0o730, owner.postfix, owner.postdrop)
	return err
}

// message is one from a host's own queue to one recipient.
type message struct {
	from *host
	to   string
}

// send hands messages to the hosts, a few at a time.
func (f *farm) send(mails []message) error {
	var wait sync.WaitGroup
	var mu sync.Mutex
	var failed error
	slots := make(chan struct{}, 2*runtime.NumCPU())
	for _, m := range mails {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			// The empty sender: nobody is to be told of a failure.
			err := feed("Subject: mx46\n\nmail\n", "sendmail", "-C", m.from.config(), "-f", "<>", m.to)
			mu.Lock()
			failed = errors.Join(failed, err)
			mu.Unlock()
		})
	}
	wait.Wait()
	return failed
}
