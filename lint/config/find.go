package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// Find looks for the configuration file in a folder and those above it, up to the first that holds .git, or to the
// root. The search ends at a folder that obeys, of its name, is false for, and passes over such a file. Dir and name
// are relative to the root; name is empty where there is no such file.
func Find(root *disk.Root, dir string, obeys func(name string) bool) (name string, err error) {
	for ; obeys(dir); dir = path.Dir(dir) {
		if name, err = lookIn(root, dir); name != "" && obeys(name) || err != nil || dir == "." {
			break
		}
		if _, err := root.Stat(path.Join(dir, ".git")); err == nil {
			return "", nil
		}
	}
	if name != "" && !obeys(name) {
		name = ""
	}
	return name, err
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

// LoadFile is Load of a file below the root, which becomes one of files.
func LoadFile(root *disk.Root, files *zonefiles.FileSet, name string, ruleNames []string) (*Config, error) {
	data, _, err := root.ReadStart(name, maxSize+1)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	file, err := files.Add(name, data)
	if err != nil {
		return nil, err
	}
	return Load(file, ruleNames)
}
