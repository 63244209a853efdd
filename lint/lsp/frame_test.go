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

func TestAMessageThatIsTooLongIsAnsweredWhereItIsARequest(t *testing.T) {
	const notification = `{"jsonrpc":"2.0","method":"$/mx46/tooLong"}`
	request := func(id string) string { return `{"jsonrpc":"2.0","method":"$/mx46/tooLong","id":` + id + `}` }
	for _, tt := range []struct{ name, in, want string }{
		{"a request", `{"jsonrpc":"2.0","id":12,"method":"x","params":{"a":[1,{"id":3}]}}`, request("12")},
		{"the id comes last", `{ "params" : ["id", {"id":3}, "\"}"] , "method" : "x" , "id" : "a\"b}" }`, request(`"a\"b}"`)},
		{"a notification", `{"method":"x","params":{"id":3,"text":"{\"id\":4,"}}`, notification},
		{"a response", `{"id":3,"result":{"method":"x"}}`, notification},
		{"a null id", `{"id":null,"method":"x"}`, request("null")},
		{"an id that is no scalar", `{"id":{"id":3},"method":"x"}`, notification},
		{"an id without end", `{"method":"x","id":"` + strings.Repeat("a", 10_000) + `"}`, notification},
		{"an id that is no JSON", `{"method":"x","id":1x}`, notification},
		{"a batch", `[{"id":3,"method":"x"}]`, notification},
		{"no JSON", `}}}]"id":3,"method":"x"`, notification},
		{"nothing", ``, notification},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := tt.in + strings.Repeat(" ", 20_000-len(tt.in))
			f := newFramed(strings.NewReader("Content-Length: 20000\r\n\r\n"+in+"Content-Length: 2\r\n\r\n{}"), nil)
			f.longest = 19_999
			got, err := f.Recv()
			if err != nil || string(got) != tt.want {
				t.Errorf("it is %q, %v; want %q", got, err, tt.want)
			}
			if next, err := f.Recv(); err != nil || string(next) != "{}" {
				t.Errorf("the next is %q, %v", next, err)
			}
		})
	}
}
