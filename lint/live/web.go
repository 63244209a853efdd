package live

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"mx46/lint/mtasts"
)

// This file fetches a policy as senders do (RFC 8461 s.3.3): by one request over HTTPS, with a certificate that is
// valid for the name, and without following redirects.

// WebManners say how web servers are spoken to. The zero value is what senders do.
type WebManners struct {
	All   time.Duration // how long to wait
	Port  uint16
	Roots *x509.CertPool // of certificates; nil: the system's
}

func (m WebManners) orDefault() WebManners {
	if m.All == 0 {
		m.All = 10 * time.Second
	}
	if m.Port == 0 {
		m.Port = 443
	}
	return m
}

// fetch gets a text from a web server at some addresses, the first that takes the connection. The reason says why
// senders would not take it, and the error that nothing is known of the server.
func (c *Client) fetch(
	ctx context.Context, host, uri string, addresses []netip.Addr,
) (body []byte, reason string, err error) {
	manners := c.Web.orDefault()
	if manners.Roots == nil {
		if manners.Roots, err = systemRoots(); err != nil {
			return nil, "", err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, manners.All)
	defer cancel()
	web := http.Client{
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (conn net.Conn, err error) {
				dialer := net.Dialer{Timeout: manners.All / maxWebHosts}
				for _, addr := range addresses {
					if conn, err = dialer.DialContext(ctx, "tcp", netip.AddrPortFrom(addr, manners.Port).String()); err == nil {
						return conn, nil
					}
				}
				return nil, err
			},
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: manners.Roots},
			DisableKeepAlives:      true,
			DisableCompression:     true,
			MaxResponseHeaderBytes: maxWebHeader,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil || request.URL.Host != host {
		return nil, "", errors.New("the name is none of a web server")
	}
	request.Header.Set("User-Agent", "mx46")
	c.Progress.Questions.Add(1)
	response, err := web.Do(request)
	if err != nil {
		reason, err = webFault(err)
		return nil, reason, err
	}
	defer func() { _ = response.Body.Close() }()
	if reason := responseFault(response); reason != "" {
		return nil, reason, nil
	}
	body, err = io.ReadAll(io.LimitReader(response.Body, mtasts.MaxSize+1))
	if err != nil {
		return nil, "", webFailure(err)
	}
	return body, "", nil
}

// systemRoots are the certificates that this machine trusts. Without any, every web server would look wrong.
func systemRoots() (*x509.CertPool, error) {
	roots, err := x509.SystemCertPool()
	if err != nil || roots.Equal(x509.NewCertPool()) {
		return nil, errors.New("this machine knows no certification authorities")
	}
	return roots, nil
}

// responseFault says why senders do not take what a web server answers; empty where they do.
func responseFault(r *http.Response) string {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.StatusCode/100 == 3:
		return fmt.Sprintf("redirects elsewhere (HTTP %d), where senders do not follow", r.StatusCode)
	case r.StatusCode != http.StatusOK:
		return strings.TrimSpace(fmt.Sprintf("answers HTTP %d %s", r.StatusCode, http.StatusText(r.StatusCode)))
	case media != "text/plain":
		return "gives a media type other than text/plain"
	}
	return ""
}

// webFault tells what a web server does wrong from what says nothing about it. It repeats none of the server's words.
func webFault(err error) (reason string, unknown error) {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var op *net.OpError
	switch {
	case errors.As(err, &certificate):
		return certificateFault(certificate.Err), nil
	case errors.As(err, &record), errors.As(err, &op) && op.Op == "remote error": // an alert of TLS
		return "does not agree on TLS", nil
	}
	return "", webFailure(err)
}

// webFailure words what the system says of a connection, or that the server breaks HTTP.
func webFailure(err error) error {
	var timeout net.Error
	var op *net.OpError
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return errSilence
	case errors.As(err, &op), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return failure(err)
	}
	return errors.New("what listens does not speak HTTP")
}

func certificateFault(err error) string {
	var foreign x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return "has a certificate for another name"
	case errors.As(err, &foreign):
		return "has a certificate of an authority that senders do not trust"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "has a certificate that has expired, or is not valid yet"
	}
	return "has a certificate that is not valid"
}
