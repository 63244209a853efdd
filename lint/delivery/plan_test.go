package delivery_test

import (
	"testing"

	. "mx46/lint/delivery"
	"mx46/zonefiles"
)

func TestStep1(t *testing.T) {
	checkOutcomes(t, []outcomesTest{
		{"an alias starts the algorithm again", "d CNAME e\ne MX 1 mx" + good, sender4, setting{}, []string{"delivered 2.0.0 mx"}},
		{"aliases in a circle lead nowhere, today and tomorrow", "d CNAME e\ne CNAME d", sender4, setting{}, []string{"stuck 4.4.3"}},
		{"without MX the name itself is the host", "d A 192.0.2.1", sender4, setting{}, []string{"delivered 2.0.0 d"}},
		{"without MX and address there is nobody to ask", "d EXISTS", sender4, setting{}, []string{"refused 5.4.4"}},
		{"a domain that does not exist is a permanent failure", "", sender4, setting{}, []string{"refused 5.1.2"}},
		{"Postfix has another code for that", "", sender4, setting{algorithm: Postfix}, []string{"refused 5.4.4"}},
		{"SERVFAIL for MX is a temporary failure", "d MX 1 mx" + good, sender4, setting{outage: servFail("d", zonefiles.TypeMX)}, []string{"delayed 4.4.3"}},
		{"MX records that are not loaded leave it open", "d UNKNOWN", sender4, setting{}, []string{"undecided"}},
		{"a null MX refuses for good", "d MX 0 .", sender4, setting{}, []string{"refused 5.1.10"}},
		{"Postfix has another code for a null MX", "d MX 0 .", sender4, setting{algorithm: Postfix}, []string{"refused 5.1.0"}},
		{
			"a null MX beside a real one means nothing", "d MX 0 .\nd MX 1 mx" + good, sender4,
			setting{},
			[]string{"delivered 2.0.0 mx"},
		},
		{
			"Postfix refuses at a null MX beside a real one", "d MX 0 .\nd MX 1 mx" + good, sender4,
			setting{algorithm: Postfix},
			[]string{"refused 5.1.0"},
		},
	})
}
