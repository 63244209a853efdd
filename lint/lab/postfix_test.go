//go:build linux

package lab_test

// Postfix on the hosts of the farm.

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"mx46/lint/delivery"
)

// ending is how a mail was seen to end.
type ending struct {
	how  string // "delivered", "deferred", "bounced"
	host string // where it lies, or who refused it
	code string // enhanced status code, or with x.0.0 its class alone
}

func (e ending) String() string { return e.how + " at " + e.host + " " + e.code }

var logLine = regexp.MustCompile(`: to=<([^>]+)>, .*relay=([^,]+), .*dsn=([0-9.]+), status=(\w+)(.*)`)

// watch waits until every mail has come to an end, and says of each recipient which one. What else there is to look into
// besides the hosts' logs is given.
func (f *farm) watch(open map[string]func(ending), others ...func(func(recipient string, e ending))) error {
	found := func(recipient string, e ending) {
		if end := open[recipient]; end != nil {
			end(e)
			delete(open, recipient)
		}
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		for _, h := range f.hosts {
			if !h.mail {
				continue
			}
			for _, line := range logLine.FindAllStringSubmatch(string(h.log()), -1) {
				if e, ended := h.ending(line, f.byAddress); ended {
					found(line[1], e)
				}
			}
		}
		for _, other := range others {
			other(found)
		}
		if len(open) == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			names := slices.Sorted(maps.Keys(open))
			return fmt.Errorf("no end of %d mails: %s", len(open), strings.Join(names[:min(len(names), 10)], ", "))
		}
	}
}

// patience is how long all mails of a test may take, on a busy machine.
const patience = 3 * time.Minute

// ending reads a line of the host's log; it reports false where the mail goes on from here.
func (h *host) ending(line []string, byAddress map[netip.Addr]*host) (ending, bool) {
	relay, code, status := line[2], line[3], line[4]
	e := ending{status, h.name, code}
	switch {
	case status == "sent" && relay == "virtual":
		e.how = "delivered"
	case status == "sent":
		return e, false
	case status == "bounced" && strings.Contains(line[5], " said: 5"):
		_, addr, _ := strings.Cut(relay, "[")
		addr, _, _ = strings.Cut(addr, "]")
		if a, err := netip.ParseAddr(addr); err == nil && byAddress[a] != nil {
			e.host = byAddress[a].name
		}
	}
	return e, true
}

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

// send hands messages to the hosts.
func (f *farm) send(mails []message) error {
	return each(mails, func(m message) error {
		// The empty sender: nobody is to be told of a failure.
		return feed(letter, "sendmail", "-C", m.from.config(), "-f", "<>", m.to)
	})
}

// letter is the mail.
const letter = "Subject: mx46\n\nmail\n"

// each does something with each message, a few at a time, since most wait for the network.
func each(mails []message, do func(message) error) error {
	var wait sync.WaitGroup
	var mu sync.Mutex
	var failed error
	slots := make(chan struct{}, 8*runtime.NumCPU())
	for _, m := range mails {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			err := do(m)
			mu.Lock()
			failed = errors.Join(failed, err)
			mu.Unlock()
		})
	}
	wait.Wait()
	return failed
}
