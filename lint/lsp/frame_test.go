package lsp

import (
	"strings"
	"testing"
)

func TestWhatIsNoMessageEndsTheConnection(t *testing.T) {
	for _, tt := range []struct{ name, in, want, err string }{
		{"a message", "Content-Length: 2\r\n\r\n{}", "{}", ""},
		{"another header", "content-type: x\r\nCONTENT-LENGTH:2\r\n\r\n{}", "{}", ""},
		{"the end", "", "", "EOF"},
		{"a message that ends early", "Content-Length: 3\r\n\r\n{}", "", "EOF"},
		{"no length", "X: y\r\n\r\n{}", "", "no length"},
		{"a length below zero", "Content-Length: -1\r\n\r\n{}", "", "is none"},
		{"a length without end", "Content-Length: 99999999999999\r\n\r\n{}", "", "EOF"},
		{"a length that no number has", "Content-Length: 99999999999999999999\r\n\r\n{}", "", "is none"},
		{"a length that is no number", "Content-Length: x\r\n\r\n{}", "", "is none"},
		{"a header without end", "X: " + strings.Repeat("a", 1<<20), "", "buffer full"},
		{"headers without end", strings.Repeat("X: a\r\n", 1000), "", "too many headers"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := newFramed(strings.NewReader(tt.in), nil).Recv()
			if tt.err == "" && (err != nil || string(got) != tt.want) {
				t.Errorf("it is %q, %v; want %q", got, err, tt.want)
			}
			if tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("the error is %v, want %q", err, tt.err)
			}
		})
	}
}
