package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
)

// Find looks for the configuration file in the folder dir, then in each folder above it, up to the first that holds .git or to
// the root of fsys, above which it cannot see. Dir and name are paths as fs.ValidPath wants them; name is empty where no folder
// holds one.
func Find(fsys fs.FS, dir string) (name string, err error) {
	for ; ; dir = path.Dir(dir) {
		name, err = lookIn(fsys, dir)
		if name != "" || err != nil || dir == "." {
			return name, err
		}
		if _, err := fs.Stat(fsys, path.Join(dir, ".git")); err == nil {
			return "", nil
		}
	}
}

// lookIn also refuses the name that people write by mistake: rules that are silently not followed are worse than none.
func lookIn(fsys fs.FS, dir string) (string, error) {
	name := path.Join(dir, FileName)
	switch _, err := fs.Stat(fsys, name); {
	case err == nil:
		return name, nil
	case !errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("looking for the configuration: %w", err)
	}
	mistaken := path.Join(dir, ".mx46.yml")
	if _, err := fs.Stat(fsys, mistaken); err == nil {
		return "", fmt.Errorf("looking for the configuration: %s must be named %s", mistaken, FileName)
	}
	return "", nil
}

// LoadFile is Load of a file, which it calls by its name in fsys. It never waits for a pipe and reads little more than MaxSize.
// An error is of type Errors unless the file cannot be read.
func LoadFile(fsys fs.FS, name string, ruleNames []string) (*Config, error) {
	data, err := readFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	return Load(name, data, ruleNames)
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", name)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxSize+1))
}
