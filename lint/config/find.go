package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"mx46/zonefiles/disk"
)

// Find looks for the configuration file in a folder and those above it, up to the first that holds .git, or to the
// root. Dir and name are relative to the root; name is empty where there is no such file.
func Find(root *disk.Root, dir string) (name string, err error) {
	for ; ; dir = path.Dir(dir) {
		name, err = lookIn(root, dir)
		if name != "" || err != nil || dir == "." {
			return name, err
		}
		if _, err := root.Stat(path.Join(dir, ".git")); err == nil {
			return "", nil
		}
	}
}

// lookIn also refuses the name that people write by mistake: settings that are silently ignored are worse than none.
func lookIn(root *disk.Root, dir string) (string, error) {
	name := path.Join(dir, FileName)
	switch _, err := root.Stat(name); {
	case err == nil:
		return name, nil
	case !errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("looking for the configuration: %w", err)
	}
	mistaken := path.Join(dir, ".mx46.yml")
	if _, err := root.Stat(mistaken); err == nil {
		return "", fmt.Errorf("looking for the configuration: %s must be named %s", mistaken, FileName)
	}
	return "", nil
}

// LoadFile is Load of a file below the root.
func LoadFile(root *disk.Root, name string, ruleNames []string) (*Config, error) {
	data, _, err := root.ReadStart(name, maxSize+1)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	return Load(name, data, ruleNames)
}
