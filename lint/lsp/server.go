package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/creachadair/jrpc2"
	"github.com/creachadair/jrpc2/handler"

	"mx46/lint"
	"mx46/lint/workspace"
)

// Server serves one client.
type Server struct {
	catalog []*lint.Rule
	version string
	rpc     *jrpc2.Server
	checker context.Context // ends with the connection
	working chan struct{}   // holds a token while a project is in use
	wake    chan struct{}   // that something changed
	leave   sync.Once
	left    chan struct{} // closed when the client says that it leaves

	mu         sync.Mutex // of what follows
	state      state
	client     capabilities
	encoding   encoding
	folders    []string // absolute
	documents  []*document
	projects   []*project
	generation int                // counts changes
	cancel     context.CancelFunc // of the check that a change makes pointless
}

// state is where a connection is in its life.
type state uint8

const (
	fresh state = iota
	ready
	shutDown
)

// ErrNoShutdown is how Serve ends where the client goes without saying so first.
var ErrNoShutdown = errors.New("the client ended the connection without a shutdown request")

// Serve speaks with a client until it leaves. Catalog is all rules that there are; version is that of mx46.
func Serve(ctx context.Context, in io.Reader, out io.WriteCloser, catalog []*lint.Rule, version string) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s := &Server{
		catalog: catalog, version: version, checker: ctx, encoding: utf16Units,
		working: make(chan struct{}, 1), wake: make(chan struct{}, 1), left: make(chan struct{}),
	}
	s.rpc = jrpc2.NewServer(handler.Map{
		"initialize":                          call(s, fresh, s.initialize),
		"initialized":                         call(s, ready, s.initialized),
		"shutdown":                            call(s, ready, s.shutdown),
		"exit":                                handler.New(s.exit),
		"$/cancelRequest":                     handler.New(s.cancelRequest),
		tooLong:                               handler.New(s.passedOver),
		"textDocument/didOpen":                call(s, ready, s.open),
		"textDocument/didChange":              call(s, ready, s.change),
		"textDocument/didSave":                call(s, ready, s.save),
		"textDocument/didClose":               call(s, ready, s.closeDocument),
		"workspace/didChangeWatchedFiles":     call(s, ready, s.watched),
		"workspace/didChangeWorkspaceFolders": call(s, ready, s.changeFolders),
		"textDocument/diagnostic":             call(s, ready, s.pull),
		"textDocument/hover":                  call(s, ready, s.hover),
		"textDocument/definition":             call(s, ready, s.definition),
		"textDocument/codeAction":             call(s, ready, s.actions),
	}, &jrpc2.ServerOptions{AllowPush: true, DisableBuiltin: true, Concurrency: concurrency})
	s.rpc.Start(newFramed(in, out))
	var done sync.WaitGroup
	done.Go(s.check)
	ended := make(chan error, 1)
	go func() { ended <- s.rpc.Wait() }()
	var err error
	select {
	case err = <-ended: // of the input
	case <-s.left: // a client may wait for the program to end before it closes the input
	}
	stop()
	done.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if s.state != shutDown {
		return ErrNoShutdown
	}
	return nil
}

// concurrency is how many messages are looked at at a time: a request may wait for the rules, and the change of text
// that makes it pointless must not.
const concurrency = 8

// call is a handler that a connection has in one state alone.
func call[In, Out any](s *Server, in state, do func(context.Context, In) (Out, error)) jrpc2.Handler {
	return func(ctx context.Context, request *jrpc2.Request) (any, error) {
		s.mu.Lock()
		now := s.state
		s.mu.Unlock()
		if now != in {
			if now == fresh {
				return nil, jrpc2.Errorf(-32002, "initialize comes first")
			}
			return nil, jrpc2.Errorf(jrpc2.InvalidRequest, "%s is not for now", request.Method())
		}
		var params In
		if request.HasParams() {
			if err := request.UnmarshalParams(&params); err != nil {
				return nil, jrpc2.Errorf(jrpc2.InvalidParams, "%v", err)
			}
		}
		out, err := do(ctx, params)
		if errors.Is(err, context.Canceled) {
			err = jrpc2.Errorf(-32800, "cancelled")
		}
		return out, err
	}
}

type none struct{}

func (s *Server) initialize(_ context.Context, p initializeParams) (initializeResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state, s.client, s.encoding = ready, p.Capabilities, chooseEncoding(p.Capabilities.General.PositionEncodings)
	folders := p.WorkspaceFolders
	if len(folders) == 0 && p.RootURI != "" {
		folders = []folder{{p.RootURI}}
	}
	s.addFolders(folders)
	var can serverCapabilities
	can.PositionEncoding = s.encoding
	can.TextDocumentSync = syncOptions{OpenClose: true, Change: syncIncremental, Save: true}
	can.HoverProvider, can.DefinitionProvider = true, true
	can.CodeActionProvider.CodeActionKinds = []string{quickFix, fixAll}
	if s.pulls() {
		can.DiagnosticProvider = &diagnosticOptions{Identifier: "mx46", InterFileDependencies: true}
	}
	can.Workspace.WorkspaceFolders.Supported, can.Workspace.WorkspaceFolders.ChangeNotifications = true, true
	return initializeResult{can, serverInfo{"mx46", s.version}}, nil
}

// pulls reports whether the client asks for the diagnostics of its buffers, and can be asked to do so again.
func (s *Server) pulls() bool {
	return s.client.TextDocument.Diagnostic != nil && s.client.Workspace.Diagnostics.RefreshSupport
}

func (s *Server) initialized(context.Context, none) (none, error) {
	if s.client.Workspace.DidChangeWatchedFiles.DynamicRegistration {
		// Zone files have no name of their own, so all files are watched.
		s.ask("client/registerCapability", registrationParams{[]registration{{
			ID: "files", Method: "workspace/didChangeWatchedFiles",
			RegisterOptions: watchOptions{[]watcher{{"**/*"}}},
		}}})
	}
	return none{}, nil
}

// ask sends a request whose answer does not matter.
func (s *Server) ask(method string, params any) {
	go func() { _, _ = s.rpc.Callback(s.checker, method, params) }()
}

func (s *Server) shutdown(context.Context, none) (*none, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = shutDown
	return nil, nil
}

func (s *Server) exit(context.Context) error {
	s.leave.Do(func() { close(s.left) })
	return nil
}

func (s *Server) cancelRequest(_ context.Context, p struct {
	ID json.RawMessage `json:"id"`
},
) error {
	s.rpc.CancelRequest(string(p.ID))
	return nil
}

func (s *Server) addFolders(folders []folder) {
	for _, f := range folders {
		if path, ok := pathOf(f.URI); ok && !slices.Contains(s.folders, path) {
			s.folders = append(s.folders, path)
		}
	}
}

func (s *Server) changeFolders(_ context.Context, p foldersParams) (none, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range p.Event.Removed {
		if path, ok := pathOf(f.URI); ok {
			s.folders = slices.DeleteFunc(s.folders, func(other string) bool { return other == path })
		}
	}
	s.addFolders(p.Event.Added)
	return none{}, nil
}

func (s *Server) open(_ context.Context, p openParams) (none, error) {
	path, ok := pathOf(p.TextDocument.URI)
	if !ok {
		return none{}, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(p.TextDocument.URI)
	s.documents = append(s.documents, &document{
		uri: p.TextDocument.URI, path: path, language: p.TextDocument.LanguageID, version: p.TextDocument.Version,
		text: []byte(p.TextDocument.Text),
	})
	s.enter(path)
	s.changed()
	return none{}, nil
}

// forget drops an open buffer.
func (s *Server) forget(uri string) {
	s.documents = slices.DeleteFunc(s.documents, func(d *document) bool { return d.uri == uri })
}

func (s *Server) change(ctx context.Context, p changeParams) (none, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.documents, func(d *document) bool { return d.uri == p.TextDocument.URI })
	if at < 0 {
		return none{}, nil
	}
	d := *s.documents[at] // a check may be reading the old one
	if p.TextDocument.Version != nil {
		d.version = *p.TextDocument.Version
	}
	err := d.edit(s.encoding, p.ContentChanges)
	s.documents[at] = &d
	if errors.Is(err, errTooLarge) { // nor can the changes to come be made
		s.forget(d.uri)
		err = s.show(ctx, err)
	}
	s.changed()
	return none{}, err
}

// passedOver is told that a message was too long. Unless it is a request, it may have changed any buffer, so that none
// is known any more.
func (s *Server) passedOver(ctx context.Context, request *jrpc2.Request) error {
	if !request.IsNotification() {
		return jrpc2.Errorf(jrpc2.InvalidRequest, "a request of more than %d bytes was passed over", maxMessage)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.documents = nil
	s.changed()
	return s.show(ctx, errTooLong)
}

func (s *Server) save(_ context.Context, p documentParams) (none, error) {
	return none{}, s.onDisk([]string{p.TextDocument.URI})
}

func (s *Server) watched(_ context.Context, p watchedParams) (none, error) {
	var uris []string
	for _, c := range p.Changes {
		uris = append(uris, c.URI)
	}
	return none{}, s.onDisk(uris)
}

// onDisk is told that files changed on the disk. Those that are open as zones do not matter.
func (s *Server) onDisk(uris []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, uri := range uris {
		path, ok := pathOf(uri)
		if !ok || strings.Contains(filepath.ToSlash(path), "/.git/") {
			continue
		}
		for _, p := range s.projects {
			if workspace.IsWithin(p.root, path) {
				p.suspects = append(p.suspects, path)
			}
		}
	}
	s.changed()
	return nil
}

func (s *Server) closeDocument(_ context.Context, p documentParams) (none, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(p.TextDocument.URI)
	s.changed()
	return none{}, nil
}

// changed starts a check anew. It is called with the lock held.
func (s *Server) changed() {
	s.generation++
	if s.cancel != nil {
		s.cancel()
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// enter adds the project that a file belongs to: the client's folder around it, or else its repository.
func (s *Server) enter(path string) {
	if s.projectOf(path) != nil || len(s.projects) == maxProjects {
		return
	}
	root := ""
	for _, f := range s.folders {
		if workspace.IsWithin(f, path) && len(f) > len(root) {
			root = f
		}
	}
	if root == "" {
		root = workspace.RepositoryOf(filepath.Dir(path))
	}
	s.projects = append(s.projects, &project{root: root, catalog: s.catalog})
}

// projectOf is the innermost project around a file; nil if there is none.
func (s *Server) projectOf(path string) (found *project) {
	for _, p := range s.projects {
		if workspace.IsWithin(p.root, path) && (found == nil || len(p.root) > len(found.root)) {
			found = p
		}
	}
	return found
}

// documentsOf are the open buffers of a project.
func (s *Server) documentsOf(p *project) []*document {
	var documents []*document
	for _, d := range s.documents {
		if s.projectOf(d.path) == p {
			documents = append(documents, d)
		}
	}
	return documents
}

// use refreshes a project, and gives it to do alone. It reports the error of the context.
func (s *Server) use(ctx context.Context, p *project, do func(*view) error) error {
	select {
	case s.working <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.working }()
	s.mu.Lock()
	v := &view{
		project: p, encoding: s.encoding, documents: s.documentsOf(p), markup: plaintext,
		documentChanges: s.client.Workspace.WorkspaceEdit.DocumentChanges,
	}
	if formats := s.client.TextDocument.Hover.ContentFormat; slices.Contains(formats, markdown) {
		v.markup = markdown
	}
	generation, suspects := s.generation, p.suspects
	p.suspects = nil
	s.mu.Unlock()
	if p.isTouched(suspects, v.documents) {
		p.discard()
		p.generation = 0
	}
	if err := p.refresh(ctx, v.documents, generation); err != nil {
		return err
	}
	return do(v)
}

// at is use for a document that a request is about. It does nothing where the document is not open, or its project
// cannot be read.
func (s *Server) at(ctx context.Context, uri string, do func(v *view, d *document) error) error {
	s.mu.Lock()
	var p *project
	if path, ok := pathOf(uri); ok {
		p = s.projectOf(path)
	}
	s.mu.Unlock()
	if p == nil {
		return nil
	}
	return s.use(ctx, p, func(v *view) error {
		i := slices.IndexFunc(v.documents, func(d *document) bool { return d.uri == uri })
		if i < 0 || v.err != nil {
			return nil
		}
		return do(v, v.documents[i])
	})
}

// check lints and publishes what changed, once nothing is typed for a while, until the connection ends.
func (s *Server) check() {
	for {
		select {
		case <-s.wake:
		case <-s.checker.Done():
			return
		}
		for isQuiet := false; !isQuiet; {
			select {
			case <-s.wake:
			case <-s.checker.Done():
				return
			case <-time.After(quiet):
				isQuiet = true
			}
		}
		ctx, cancel := context.WithCancel(s.checker)
		s.mu.Lock()
		s.cancel = cancel
		projects := slices.Clone(s.projects)
		s.mu.Unlock()
		for _, p := range projects {
			// The only error is that of the context: the next change begins anew.
			_ = s.use(ctx, p, func(v *view) error { return s.publish(s.checker, v) })
		}
		cancel()
	}
}

func (s *Server) pull(ctx context.Context, p documentParams) (diagnosticReport, error) {
	report := diagnosticReport{Kind: "full", Items: []diagnostic{}}
	err := s.at(ctx, p.TextDocument.URI, func(v *view, d *document) error {
		report.Items = append(report.Items, v.diagnostics()[d.uri]...)
		return nil
	})
	return report, err
}
