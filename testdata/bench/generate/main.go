// Command generate writes a zone, or many small ones, for benchmarks.
//
//	go run ./testdata/bench/generate -list
//	go run ./testdata/bench/generate -shape hosting -size 1000000 -o /tmp/hosting.zone
//	go run ./testdata/bench/generate -shape small -size 10000 -o /tmp/small
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"mx46/testdata/bench/zonegen"
)

func main() {
	list := flag.Bool("list", false, "list the shapes: name, origin and what the size counts")
	shape := flag.String("shape", "hosting",
		"which zone to write; small and small-flawed: a folder of zones with a named.conf")
	size := flag.Int("size", 1_000_000, "how many records, hosts, domains or zones")
	out := flag.String("o", "", "the file, or for small the folder, to write; standard output when empty")
	flag.Parse()
	if err := run(*list, *shape, *size, *out, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(list bool, shape string, size int, out string, stdout io.Writer) error {
	if list {
		for _, s := range zonegen.Shapes() {
			fmt.Fprintf(stdout, "%s\t%s\t%s\n", s.Name, s.Origin, s.Counts)
		}
		fmt.Fprintf(stdout, "small\t-\tzones\nsmall-flawed\t-\tzones\n")
		return nil
	}
	if shape == "small" || shape == "small-flawed" {
		if out == "" {
			return fmt.Errorf("shape %s needs a folder: -o DIR", shape)
		}
		return zonegen.Small(out, size, shape == "small-flawed")
	}
	for _, s := range zonegen.Shapes() {
		if s.Name != shape {
			continue
		}
		if out == "" {
			return s.Write(stdout, size)
		}
		return toFile(out, func(w io.Writer) error { return s.Write(w, size) })
	}
	return fmt.Errorf("no shape %q: see -list", shape)
}

func toFile(path string, write func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close() // for the way out on an error; the last line closes it too
	if err := write(file); err != nil {
		return err
	}
	return file.Close()
}
