package delivery_test

import (
	"fmt"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

// Does mail arrive, and what does it hang on? The zone is the troublesome one of RFC 3974 section 4.2.
func Example() {
	loader := zonefiles.NewLoader(nil)
	file, err := loader.Files.Add("db.example.org", []byte(`$ORIGIN example.org.
$TTL 1h
@     SOA  ns hostmaster 1 2h 1h 2w 5m
      MX   1 mx1
      MX   10 mx10
mx1   AAAA 2001:db8:ffff::1
mx10  A    192.0.2.1
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	graph := dns.NewGraph([]*zonefiles.Zone{loader.Parse(file, nil)})
	reader := mail.NewReader(&mail.Facts{})
	reader.Enter(graph.Zones()[0], delivery.Public)

	simulation := &delivery.Simulation{Domain: reader.Find(zonefiles.MustName("example.org."))}
	for _, sender := range delivery.Senders()[:3] {
		fmt.Printf("%v: %v\n", sender, delivery.Worst(simulation.Outcomes(sender)))
	}
	for _, step := range simulation.Run(delivery.Senders()[0], 0).Steps {
		if step.Number == 8 {
			fmt.Printf("%s: %s\n", step.Host.Undotted(), step.Text)
		}
	}
	// Output:
	// IPv4-only: stuck
	// IPv6-only: delivered
	// dual-stack: delivered
	// mx10.example.org: the end of the list of MX records: stuck (4.4.4)
}
