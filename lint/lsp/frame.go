package lsp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/creachadair/jrpc2/channel"
)

// tooLong is the method of what stands for a message that was passed over.
const tooLong = "$/mx46/tooLong"

// framed is the channel of a client. It takes as much memory as what has come, whatever a header promises.
type framed struct {
	channel.Channel // to send by
	in              *bufio.Reader
	longest         int64 // message, in bytes
}

func newFramed(in io.Reader, out io.WriteCloser) framed {
	return framed{channel.LSP(in, out), bufio.NewReader(in), maxMessage}
}

// Send sends a message. To a request that is cancelled before it is looked at, jrpc2 answers with a code of its own, of
// which clients of the language server protocol know nothing. In a string of JSON, quotation marks are escaped.
func (f framed) Send(message []byte) error {
	return f.Channel.Send(bytes.Replace(message, []byte(`"error":{"code":-32097,`), []byte(`"error":{"code":-32800,`), 1))
}

// Recv gives the next message. In place of one that is too long it gives another, of the method tooLong and with the
// same id.
func (f framed) Recv() ([]byte, error) {
	size := int64(-1)
	for range maxHeaders {
		line, err := f.in.ReadSlice('\n') // bufio.ErrBufferFull for a long one
		if err != nil {
			return nil, err
		}
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" {
			return f.body(size)
		}
		if name, value, _ := strings.Cut(text, ":"); strings.EqualFold(name, "Content-Length") {
			if size, err = strconv.ParseInt(strings.TrimSpace(value), 10, 64); err != nil || size < 0 {
				return nil, errors.New("the length of a message is none")
			}
		}
	}
	return nil, errors.New("a message has too many headers")
}

func (f framed) body(size int64) ([]byte, error) {
	if size < 0 {
		return nil, errors.New("a message has no length")
	}
	if size > f.longest {
		var e envelope
		_, err := io.CopyN(&e, f.in, size)
		message := `{"jsonrpc":"2.0","method":"` + tooLong + `"`
		if e.hasMethod && json.Valid(e.id) {
			message += `,"id":` + string(e.id)
		}
		return []byte(message + "}"), err
	}
	var body bytes.Buffer
	_, err := io.CopyN(&body, f.in, size)
	return body.Bytes(), err
}

// envelope finds the id in a message that is written to it, and keeps nothing else. It knows just enough of JSON not
// to take for the id what has its name elsewhere.
type envelope struct {
	id        []byte // as it is written; nil where there is none
	hasMethod bool

	depth             int
	inString, escaped bool
	key, scalar       []byte // of the message itself
}

func (e *envelope) Write(p []byte) (int, error) {
	for _, c := range p {
		switch {
		case e.escaped:
			e.escaped = false
		case e.inString:
			e.escaped, e.inString = c == '\\', c != '"'
		default:
			switch c {
			case '"':
				e.inString = true
			case '{', '[':
				e.depth++
				continue
			case '}', ']':
				e.endMember()
				e.depth--
				continue
			case ':':
				if e.depth == 1 {
					e.key, e.scalar = e.scalar, e.key[:0]
				}
				continue
			case ',':
				e.endMember()
				continue
			case ' ', '\t', '\n', '\r':
				continue
			}
		}
		if e.depth == 1 && len(e.scalar) <= maxID {
			e.scalar = append(e.scalar, c)
		}
	}
	return len(p), nil
}

func (e *envelope) endMember() {
	if e.depth != 1 {
		return
	}
	switch string(e.key) {
	case `"id"`:
		if e.id = nil; len(e.scalar) <= maxID {
			e.id = bytes.Clone(e.scalar)
		}
	case `"method"`:
		e.hasMethod = true
	}
	e.key, e.scalar = e.key[:0], e.scalar[:0]
}
