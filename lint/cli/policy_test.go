package cli_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"mx46/testdata/e2e"
	"mx46/testdata/netns"
	"mx46/testdata/resolver"
)

// TestPoliciesThatAreServed fetches a policy from a web server, and holds the MX hosts against it.
func TestPoliciesThatAreServed(t *testing.T) {
	const web = "203.0.114.80"
	if !netns.Enter(t, ns4+"/32", ns6+"/128", web+"/32") {
		return
	}
	e2e.Require(t, "openssl")
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert"), filepath.Join(dir, "key")
	command(t, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=policy", "-addext", "subjectAltName=DNS:mta-sts.plain.test",
		"-keyout", key, "-out", cert)
	t.Setenv("SSL_CERT_FILE", cert)
	pair, err := tls.LoadX509KeyPair(cert, key)
	must(t, err)
	var gone atomic.Bool
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		if gone.Load() {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
			return
		}
		io.WriteString(w, "version: STSv1\r\nmode: enforce\r\nmx: mail.plain.test\r\nmax_age: 604800\r\nx: \x1b]0;owned\x07\r\n")
	}))
	server.Listener.Close()
	server.Listener, err = net.Listen("tcp", web+":443")
	must(t, err)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	server.StartTLS()
	defer server.Close()

	world, _ := resolver.World(t, resolver.Root, plain(plainHost+"_mta-sts TXT \"v=STSv1; id=1\"\nmta-sts A "+web+"\n"))
	ask := []string{"check", "plain.test", "--qps", "0", "--resolver", resolver.Unbound(t, world, "").String(), "--select", "mta-sts-host,mta-sts-mismatch"}
	got := runOn(t, dir, today, ask...)
	if got.code != 0 || strings.Count(got.out, "Not fetched: the MTA-STS policy of plain.test (--mta-sts does).") != 1 {
		t.Errorf("without --mta-sts: %+v", got)
	}
	ask = append(ask, "--mta-sts")
	got = runOn(t, dir, today, ask...)
	for _, text := range []string{
		"error[mta-sts-mismatch]: the MTA-STS policy of plain.test does not allow delivery to mx.plain.test\n",
		"::: https://mta-sts.plain.test/.well-known/mta-sts.txt:2:1\n", "3 | mx: mail.plain.test\n",
	} {
		if !strings.Contains(got.out, text) {
			t.Errorf("no %q in\n%s", text, got.out)
		}
	}
	if got.code != 1 || strings.Contains(got.out, "\x1b") {
		t.Errorf("%+v", got)
	}
	if got := runOn(t, dir, today, append(ask, "--format", "sarif")...); !strings.Contains(got.out, `"uri": "https://mta-sts.plain.test/.well-known/mta-sts.txt"`) {
		t.Errorf("%+v", got)
	}
	gone.Store(true)
	got = runOn(t, dir, today, append(ask, "--format", "concise")...)
	if want := "plain.test announces an MTA-STS policy, but mta-sts.plain.test redirects elsewhere (HTTP 302), where senders do not follow"; !strings.Contains(got.out, want) {
		t.Errorf("a redirect: %+v", got)
	}
}
