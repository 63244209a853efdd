package lsp

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/creachadair/jrpc2/channel"
)

// tooLong is the method of the notification that a message was passed over.
const tooLong = "$/mx46/tooLong"

// framed is the channel of a client. It takes as much memory as what has come, whatever a header promises.
type framed struct {
	channel.Channel // to send by
	in              *bufio.Reader
}

func newFramed(in io.Reader, out io.WriteCloser) framed {
	return framed{channel.LSP(in, out), bufio.NewReader(in)}
}

// Recv gives the next message. In place of one that is too long it gives a notification that says so.
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
	if size > maxMessage {
		_, err := io.CopyN(io.Discard, f.in, size)
		return []byte(`{"jsonrpc":"2.0","method":"` + tooLong + `"}`), err
	}
	var body bytes.Buffer
	_, err := io.CopyN(&body, f.in, size)
	return body.Bytes(), err
}
