//go:build linux

package lab_test

// The software that sends mail: Postfix, and Exim, sendmail and OpenSMTPD from packages that cannot be installed beside
// it, and lie unpacked in a folder instead.

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mx46/lint/delivery"
	"mx46/testdata/e2e"
)

// unpacked names, in the environment, the folder of the mail servers that conflict with Postfix; see .ci/run.
const unpacked = "MX46_LAB_SERVERS"

// mailer is software that sends mail.
type mailer struct {
	name, word string
	algorithm  delivery.Algorithm
	codes      bool                                    // the simulation knows its status codes
	settled    bool                                    // all its mails to one domain go the way of the first
	program    string                                  // below the folder; empty: it is installed
	prepare    func(m *mailer, f *farm, h *host) error // a host that sends
	send       func(m *mailer, f *farm, mails []message) error
	failed     *regexp.Regexp // a line of its log that says of a recipient (1) that it gave up or that it tries again
	bounced    string         // what the line has in the first case
}

// ownLog is what sendBySendmail writes.
var ownLog = regexp.MustCompile(`(?m)^to=<(\S+)> .*$`)

var mailers = []mailer{
	{
		name: "Postfix", word: "postfix", algorithm: delivery.Postfix, codes: true,
		send: (*mailer).sendByPostfix,
	},
	{
		name: "Exim", word: "exim", algorithm: delivery.Exim, program: "usr/sbin/exim4",
		prepare: (*mailer).exim, send: (*mailer).sendByExim,
		failed: regexp.MustCompile(`(?m)^\S+ \S+ \S+ (?:==|\*\*) (\S+?):? .*$`), bounced: " ** ",
	},
	{
		name: "sendmail", word: "sendmail", algorithm: delivery.Sendmail, program: "usr/libexec/sendmail/sendmail",
		prepare: (*mailer).sendmail, send: (*mailer).sendBySendmail,
		failed: ownLog, bounced: "bounced",
	},
	{ // as Debian configures it: then it does with one host what Exim does
		name: "sendmail, WorkAroundBrokenAAAA", word: "workaround", algorithm: delivery.Exim,
		program: "usr/libexec/sendmail/sendmail", prepare: (*mailer).sendmail, send: (*mailer).sendBySendmail,
		failed: ownLog, bounced: "bounced",
	},
	{
		name: "OpenSMTPD", word: "opensmtpd", algorithm: delivery.OpenSMTPD, settled: true, program: "usr/sbin/smtpd",
		prepare: (*mailer).openSMTPD, send: (*mailer).sendByOpenSMTPD,
		failed: regexp.MustCompile(`(?m)^.* to=<(\S+)> .*result="(?:Temp|Perm)Fail".*$`), bounced: `result="PermFail"`,
	},
}

// known is what the simulation can know of an ending, and the log can tell.
func (m *mailer) known(e ending) ending {
	if !m.codes {
		if e.code = ""; e.how == "bounced" { // Postfix's log alone says who refused it
			e.host = ""
		}
	}
	return e
}

// agrees reports whether what was seen is what was expected.
func (m *mailer) agrees(seen, want ending) bool {
	return m.known(seen) == m.known(want)
}

// ends reads the logs of the hosts that send: what was given up or is tried again.
func (m *mailer) ends(hosts []*host) func(func(string, ending)) {
	return func(found func(recipient string, e ending)) {
		for _, h := range hosts {
			log, err := os.ReadFile(m.log(h))
			if err != nil {
				continue // not yet there
			}
			for _, line := range m.failed.FindAllSubmatch(log, -1) {
				e := ending{how: "deferred", host: h.name}
				if bytes.Contains(line[0], []byte(m.bounced)) {
					e.how = "bounced"
				}
				found(string(line[1]), e)
			}
		}
	}
}

func (m *mailer) dir(h *host) string { return filepath.Join(h.dir, m.word) }

func (m *mailer) log(h *host) string { return filepath.Join(m.dir(h), "mainlog") }

func (m *mailer) sendByPostfix(f *farm, mails []message) error { return f.send(mails) }

func (m *mailer) exim(f *farm, h *host) error {
	dir := m.dir(h)
	err := os.MkdirAll(filepath.Join(dir, "spool"), 0o755)
	return errors.Join(err, os.Chown(dir, eximUser, eximUser), os.Chown(filepath.Join(dir, "spool"), eximUser, eximUser))
}

// sendByExim has a spool for each mail, so that no hint of one that has failed keeps another from being tried.
func (m *mailer) sendByExim(f *farm, mails []message) error {
	return each(mails, func(mail message) error {
		dir := m.dir(mail.from)
		config := filepath.Join(dir, mail.to)
		err := writeFile(config, fmt.Sprintf(`exim_path = %s
spool_directory = %s/spool/%s
log_file_path = %[2]s/%%slog
primary_hostname = %[4]s
keep_environment =
log_selector = -all
begin routers
r:
  driver = dnslookup
  transport = t
begin transports
t:
  driver = smtp
  hosts_try_dane =
  hosts_avoid_tls = *
  connect_timeout = 5s
begin retry
* * F,4d,1h
`, m.path(), dir, mail.to, mail.from.domain()))
		_, failed := mail.from.run(letter, m.path(), "-C", config, "-odi", "-f", "<>", mail.to)
		return errors.Join(err, failed)
	})
}

// run runs a program at a host.
func (h *host) run(input, program string, args ...string) ([]byte, error) {
	return answer(input, "ip", append([]string{"netns", "exec", h.namespace, program}, args...)...)
}

// path is where the software's program is.
func (m *mailer) path() string { return filepath.Join(os.Getenv(unpacked), m.program) }

func (m *mailer) sendmail(f *farm, h *host) error {
	dir, macros := m.dir(h), filepath.Join(os.Getenv(unpacked), "usr/share/sendmail/cf")
	source := filepath.Join(dir, "lab.mc")
	option := ""
	if m.word == "workaround" {
		option = "define(`confBIND_OPTS', `+WorkAroundBrokenAAAA')dnl\n"
	}
	err := errors.Join(os.MkdirAll(filepath.Join(dir, "queue"), 0o700), writeFile(source, fmt.Sprintf(
		"divert(0)dnl\nOSTYPE(`linux')dnl\nFEATURE(`nocanonify')dnl\n"+
			"define(`confDONT_BLAME_SENDMAIL', `GroupWritableDirPathSafe')dnl\ndefine(`QUEUE_DIR', `%s/queue')dnl\n"+
			"define(`confDOMAIN_NAME', `%s')dnl\ndefine(`confTO_CONNECT', `5s')dnl\ndefine(`confTO_ICONNECT', `5s')dnl\n"+
			"define(`confQUEUE_LA', `9999')dnl\ndefine(`confDELAY_LA', `9999')dnl\n"+ // however busy the machine is
			"%sMAILER(`smtp')dnl\n", dir, h.domain(), option)))
	config, e := exec.Command("m4", "-D_CF_DIR_="+macros+"/", filepath.Join(macros, "m4/cf.m4"), source).Output()
	return errors.Join(err, e, writeFile(filepath.Join(dir, "lab.cf"), string(config)))
}

// sendBySendmail writes a log of its own: sendmail has syslog alone.
func (m *mailer) sendBySendmail(f *farm, mails []message) error {
	var mu sync.Mutex
	return each(mails, func(mail message) error {
		// Whether it failed says less than its words.
		out, _ := mail.from.run(letter, m.path(), "-C", filepath.Join(m.dir(mail.from), "lab.cf"), "-odi", "-v", "-f", "<>", mail.to)
		result := "bounced"
		switch {
		case bytes.Contains(out, []byte("... Sent")):
			return nil // and its end is in the log of another
		case bytes.Contains(out, []byte(mail.to+"... Deferred")), bytes.Contains(out, []byte(mail.to+"... queued")):
			result = "deferred"
		}
		mu.Lock()
		defer mu.Unlock()
		log, err := os.OpenFile(m.log(mail.from), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			return err
		}
		defer log.Close()
		_, err = fmt.Fprintf(log, "to=<%s> %s\n%s\n", mail.to, result, out)
		return err
	})
}

// openSMTPD runs OpenSMTPD on a host, in a tree of its own over the machine's.
func (m *mailer) openSMTPD(f *farm, h *host) error {
	dir := m.dir(h)
	var err error
	write := func(name, text string) { err = errors.Join(err, writeFile(filepath.Join(dir, name), text)) }
	for name, text := range users() {
		write("etc/"+name, text)
	}
	write("etc/resolv.conf", f.resolvConf(h))
	write("etc/mailname", h.domain()+"\n")
	backup := ""
	if !strings.HasPrefix(h.name, "s") {
		backup = " backup" // to hosts of lower preference alone
	}
	write("etc/smtpd.conf", fmt.Sprintf(`listen on 127.0.0.1 port 2525
mta limit conn-delay-route 0
mta limit reconn-delay-route 0
mta limit session-mail-max 1
mta limit session-keepalive 0
action "out" relay%s
match from any for any action "out"
`, backup))
	script := fmt.Sprintf(`set -e
cd %q
mkdir tree
mount -t tmpfs none tree
cd tree
mv ../etc .
mkdir -p var/lib/opensmtpd/empty var/empty var/run run tmp dev proc usr/sbin usr/libexec var/spool/smtpd
cp %[2]s/usr/sbin/smtpd %[2]s/usr/sbin/smtpctl usr/sbin
cp -r %[2]s/usr/libexec/opensmtpd usr/libexec
chgrp 64101 usr/sbin/smtpctl && chmod 2755 usr/sbin/smtpctl
(
	cd var/spool/smtpd && chmod 711 .
	mkdir offline purge queue incoming corrupt temporary
	chown 64101 purge queue incoming corrupt temporary && chmod 700 purge queue incoming corrupt temporary
	chgrp 64101 offline && chmod 770 offline
)
mount --rbind /dev dev
mount -t proc proc proc
for dir in lib lib64 usr/lib usr/lib64 usr/share; do
	[ -L /$dir ] && cp -d /$dir $dir || { [ -d /$dir ] && mkdir -p $dir && mount --bind /$dir $dir; }
done
exec chroot . /usr/sbin/smtpd -d >../mainlog 2>&1
`, dir, os.Getenv(unpacked))
	return errors.Join(err, f.start(h, nil, "sh", "-c", script))
}

// submissions names, in the environment of a process, a file of recipients to whom it hands a mail in by SMTP.
const submissions = "MX46_LAB_SUBMIT"

func (m *mailer) sendByOpenSMTPD(f *farm, mails []message) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	byHost := map[*host][]string{}
	for _, mail := range mails {
		byHost[mail.from] = append(byHost[mail.from], mail.to)
	}
	handed := make(chan error)
	for h, list := range byHost {
		go func() {
			name := filepath.Join(m.dir(h), "recipients")
			err := writeFile(name, strings.Join(list, "\n")+"\n")
			_, e := h.run("", "env", submissions+"="+name, self, "-test.run", "^TestSubmit$")
			handed <- errors.Join(err, e)
		}()
	}
	for range byHost {
		err = errors.Join(err, <-handed)
	}
	return err
}

// TestSubmit is what such a process runs, and no test.
func TestSubmit(t *testing.T) {
	name := os.Getenv(submissions)
	if name == "" {
		t.Skip("there is nothing to hand in: other tests start this one")
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		err := errors.New("not yet tried")
		for deadline := time.Now().Add(20 * time.Second); err != nil; time.Sleep(20 * time.Millisecond) {
			if err = smtp.SendMail("127.0.0.1:2525", nil, "", []string{lines.Text()}, []byte(letter)); err != nil && time.Now().After(deadline) {
				t.Fatal(err)
			}
		}
	}
}

// users are the files of users and groups with those that the software wants, by name.
func users() map[string]string {
	files := map[string]string{}
	for _, name := range []string{"passwd", "group"} {
		text, _ := os.ReadFile("/etc/" + name) // a machine without any has no root either
		for i, user := range []string{"opensmtpd", "opensmtpq", "Debian-exim"} {
			more := map[string]string{"passwd": "%s:x:%d:%[2]d::/var/lib/opensmtpd/empty:/usr/sbin/nologin\n", "group": "%s:x:%d:\n"}
			text = fmt.Appendf(text, more[name], user, firstUser+i)
		}
		files[name] = string(text)
	}
	return files
}

// firstUser is the number of the first of them, and eximUser that of the last.
const (
	firstUser = 64100
	eximUser  = firstUser + 2
)

// prepare readies the hosts that send for all software but Postfix, which runs on every host.
func (f *farm) prepare() error {
	var failed error
	for _, h := range f.senders() {
		files := users()
		machine, err := os.Hostname() // of which sendmail wants to know the whole name, or else sleeps for a minute
		files["hosts"] = fmt.Sprintf("127.0.0.1 %s localhost %s\n", h.domain(), machine)
		failed = errors.Join(failed, err)
		for name, text := range files { // ip netns exec puts them in place
			failed = errors.Join(failed, writeFile(filepath.Join("/etc/netns", h.namespace, name), text))
		}
		for i := range mailers {
			if m := &mailers[i]; m.prepare != nil {
				failed = errors.Join(failed, m.prepare(m, f, h))
			}
		}
	}
	return failed
}

// senders are the hosts that send by all mail servers.
func (f *farm) senders() []*host {
	return slices.DeleteFunc(slices.Clone(f.hosts), func(h *host) bool { return !h.sends })
}

// requireMailers is requirements for tests that have all mail servers send.
func requireMailers(t *testing.T, more ...string) {
	t.Helper()
	if err := requirements(append(more, "m4")...); err != nil {
		e2e.Missing(t, "the laboratory cannot be built: %v", err)
	}
	for i := range mailers {
		if _, err := os.Stat(mailers[i].path()); err != nil && mailers[i].program != "" {
			e2e.Missing(t, "%s is not unpacked in the folder %s names (.ci/run does it)", mailers[i].name, unpacked)
		}
	}
}

// deliver has one software after the other send, and waits for the ends of all mails.
func (f *farm) deliver(send []func() error, open map[string]func(ending)) error {
	for _, do := range send {
		if err := do(); err != nil {
			return err
		}
	}
	var others []func(func(string, ending))
	for i := range mailers {
		if mailers[i].prepare != nil {
			others = append(others, mailers[i].ends(f.senders()))
		}
	}
	return f.watch(open, others...)
}

// how is what a mail server's log calls an outcome.
func how(t *testing.T, kind delivery.OutcomeKind) string {
	t.Helper()
	switch kind {
	case delivery.Delivered:
		return "delivered"
	case delivery.Delayed, delivery.Stuck:
		return "deferred"
	case delivery.Refused:
		return "bounced"
	}
	t.Fatalf("an outcome is %v", kind)
	return ""
}
