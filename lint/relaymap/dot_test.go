package relaymap_test

import (
	"bytes"
	"os/exec"
	"testing"

	"mx46/testdata/e2e"
)

func TestGraphvizReadsThePictures(t *testing.T) {
	e2e.Require(t, "dot")
	for file, m := range pictures(t) {
		cmd := exec.CommandContext(t.Context(), "dot", "-Tsvg")
		cmd.Stdin = bytes.NewReader(write(t, m, "dot"))
		var warnings bytes.Buffer
		cmd.Stderr = &warnings
		out, err := cmd.Output()
		if err != nil || warnings.Len() > 0 {
			t.Errorf("%s: %v: %s", file, err, warnings.Bytes())
		}
		if file == "hostile" && !bytes.Contains(out, []byte(`&lt;script&gt;alert\(1\)&lt;/script&gt;`)) {
			t.Errorf("the name is not there as it is:\n%s", out)
		}
	}
}
