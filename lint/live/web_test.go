package live

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mx46/lint/mtasts"
)

const policyText = "version: STSv1\r\nmode: enforce\r\nmx: mx.example.org\r\nmax_age: 604800\r\n"

// certificate is one for names, and a pool in which it is trusted.
func certificate(t testing.TB, until time.Time, names ...string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "\x1b[31m"}, DNSNames: names,
		NotBefore: until.Add(-48 * time.Hour), NotAfter: until, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// webServer serves over HTTPS, with a certificate.
func webServer(t testing.TB, with tls.Certificate, handle http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(handle)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{with}}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func portOf(s *httptest.Server) uint16 {
	return s.Listener.Addr().(*net.TCPAddr).AddrPort().Port()
}

func plainText(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, text)
	}
}

func TestPoliciesAreFetchedAsSendersDo(t *testing.T) {
	soon := time.Now().Add(24 * time.Hour)
	good, roots := certificate(t, soon, "mta-sts.example.org")
	wildcard, wildcardRoots := certificate(t, soon, "*.example.org")
	other, otherRoots := certificate(t, soon, "www.example.org")
	expired, expiredRoots := certificate(t, time.Now().Add(-time.Hour), "mta-sts.example.org")
	answer := func(status int, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
			io.WriteString(w, policyText)
		}
	}
	for _, c := range []struct {
		name   string
		with   tls.Certificate
		roots  *x509.CertPool
		handle http.HandlerFunc
		want   string // the body, the reason or the error
	}{
		{"a policy", good, roots, func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet || r.Host != "mta-sts.example.org" || r.URL.Path != "/.well-known/mta-sts.txt" || r.TLS.ServerName != r.Host {
				w.WriteHeader(http.StatusBadRequest)
			}
			plainText(policyText)(w, r)
		}, policyText},
		{"a wildcard's certificate", wildcard, wildcardRoots, plainText(policyText), policyText},
		{"not found", good, roots, answer(404, "Content-Type", "text/plain"), "answers HTTP 404 Not Found"},
		{"a status that nobody knows", good, roots, answer(599, "Content-Type", "text/plain"), "answers HTTP 599"},
		{"a redirect", good, roots, answer(301, "Location", "https://mta-sts.example.org/.well-known/mta-sts.txt"), "redirects elsewhere (HTTP 301), where senders do not follow"},
		{"HTML", good, roots, answer(200, "Content-Type", "text/html"), "gives a media type other than text/plain"},
		{"a certificate for another name", other, otherRoots, plainText(policyText), "has a certificate for another name"},
		{"an unknown authority", good, wildcardRoots, plainText(policyText), "has a certificate of an authority that senders do not trust"},
		{"an old certificate", expired, expiredRoots, plainText(policyText), "has a certificate that has expired, or is not valid yet"},
		{"a text that is too large", good, roots, plainText(strings.Repeat("x", 1<<20)), strings.Repeat("x", mtasts.MaxSize+1)},
		{"compressed against our will", good, roots, answer(200, "Content-Type", "text/plain", "Content-Encoding", "gzip"), policyText},
		{"a header without end", good, roots, answer(200, "X-Long", strings.Repeat("x", 2*maxWebHeader)), "what listens does not speak HTTP"},
		{"nothing", good, roots, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "no answer"},
		{"drops", good, roots, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			for r.Context().Err() == nil {
				io.WriteString(w, "x")
				w.(http.Flusher).Flush()
				time.Sleep(20 * time.Millisecond)
			}
		}, "no answer"},
	} {
		var asked atomic.Int64
		s := webServer(t, c.with, func(w http.ResponseWriter, r *http.Request) { asked.Add(1); c.handle(w, r) })
		client := &Client{Web: WebManners{All: timeFor(c.want), Port: portOf(s), Roots: c.roots}}
		if got := fetched(t.Context(), client, "mta-sts.example.org", "127.0.0.1"); got != c.want {
			t.Errorf("%s: got %.100q, want %.100q", c.name, got, c.want)
		}
		if asked.Load() > 1 {
			t.Errorf("%s: %d requests", c.name, asked.Load())
		}
	}
}

// timeFor is how long to wait for what is wanted: not long where that is no answer.
func timeFor(want string) time.Duration {
	if want == "no answer" {
		return 300 * time.Millisecond
	}
	return 10 * time.Second
}

// fetched is all that comes of a fetch.
func fetched(ctx context.Context, c *Client, host string, addresses ...string) string {
	var all []netip.Addr
	for _, addr := range addresses {
		all = append(all, netip.MustParseAddr(addr))
	}
	body, reason, err := c.fetch(ctx, host, "https://"+host+"/.well-known/mta-sts.txt", all)
	if err != nil {
		reason += err.Error()
	}
	return string(body) + reason
}

func TestWebServersThatAreNone(t *testing.T) {
	_, roots := certificate(t, time.Now().Add(time.Hour), "mta-sts.example.org")
	old, oldRoots := certificate(t, time.Now().Add(time.Hour), "mta-sts.example.org")
	ancient := httptest.NewUnstartedServer(plainText(policyText))
	ancient.Config.ErrorLog = log.New(io.Discard, "", 0)
	ancient.TLS = &tls.Config{Certificates: []tls.Certificate{old}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	ancient.StartTLS()
	defer ancient.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().(*net.TCPAddr).AddrPort().Port()
	l.Close()
	for _, c := range []struct {
		name  string
		port  uint16
		roots *x509.CertPool
		want  string
	}{
		{"a mail server", speak(t, dialogue("220 mx\r\n", "")).Port(), roots, "does not agree on TLS"},
		{"one that is old", portOf(ancient), oldRoots, "does not agree on TLS"},
		{"one that hangs up", speak(t, func(net.Conn) {}).Port(), roots, "connection closed"},
		{"one that says nothing", speak(t, func(net.Conn) { time.Sleep(time.Second) }).Port(), roots, "no answer"},
		{"nobody", closed, roots, "connection refused"},
	} {
		client := &Client{Web: WebManners{All: timeFor(c.want), Port: c.port, Roots: c.roots}}
		if got := fetched(t.Context(), client, "mta-sts.example.org", "127.0.0.1"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	client := &Client{Web: WebManners{Roots: roots}}
	for _, host := range []string{"mta-sts.a/b.example", "mta-sts.a@b.example", `mta-sts.a\.b.example`, "mta-sts.a?b.example", "mta-sts.a:1"} {
		if got := fetched(t.Context(), client, host, "127.0.0.1"); got != "the name is none of a web server" && !strings.Contains(host, ":") {
			t.Errorf("%s: %s", host, got)
		}
	}
}

func TestTheNextAddressIsTriedWhereOneIsClosed(t *testing.T) {
	good, roots := certificate(t, time.Now().Add(time.Hour), "mta-sts.example.org")
	s := webServer(t, good, plainText(policyText))
	client := &Client{Web: WebManners{All: 2 * time.Second, Port: portOf(s), Roots: roots}}
	if got := fetched(t.Context(), client, "mta-sts.example.org", "127.0.0.2", "127.0.0.1"); got != policyText {
		t.Errorf("%q", got)
	}
}
