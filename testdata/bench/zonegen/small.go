package zonegen

// Many small zones, as a name server's configuration names them.

import (
	"bufio"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
)

// maxZones keeps the names of the zones at one width.
const maxZones = 1_000_000

// SmallZone is the origin of the i-th zone of Small, counted from 0, and its file, relative to the folder.
func SmallZone(i int) (origin, file string) {
	origin = fmt.Sprintf("z%06d.example.", i)
	return origin, filepath.Join("zones", "db."+origin[:len(origin)-1])
}

// Small writes that many zones of 45 records each into dir, which is made if need be, and dir/named.conf, which names
// them all. Where they are flawed, most zones have findings.
func Small(dir string, zones int, flawed bool) error {
	if err := within(zones, maxZones); err != nil {
		return err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("finding the folder of the zones: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "zones"), 0o755); err != nil {
		return fmt.Errorf("making the folder of the zones: %w", err)
	}
	conf, err := os.Create(filepath.Join(dir, "named.conf"))
	if err != nil {
		return fmt.Errorf("writing named.conf: %w", err)
	}
	defer conf.Close() // for the ways out on an error; the last lines close it too
	statements := bufio.NewWriter(conf)
	fmt.Fprintf(statements, "options {\n\tdirectory %s;\n};\n", strconv.Quote(dir))
	for i := range zones {
		origin, file := SmallZone(i)
		if err := smallZone(filepath.Join(dir, file), origin, i, flawed); err != nil {
			return fmt.Errorf("writing zone %s: %w", origin, err)
		}
		fmt.Fprintf(statements, "zone \"%s\" { type primary; file \"%s\"; };\n", origin[:len(origin)-1],
			filepath.ToSlash(file))
	}
	if err := statements.Flush(); err != nil {
		return fmt.Errorf("writing named.conf: %w", err)
	}
	if err := conf.Close(); err != nil {
		return fmt.Errorf("writing named.conf: %w", err)
	}
	return nil
}

// smallZone writes the zone of one organisation: 7 records of the zone itself, 11 for mail and 27 of other machines. In
// a flawed one, the MX hosts have private IPv4 addresses, and one zone in two lacks their IPv6 addresses too.
func smallZone(path, origin string, i int, flawed bool) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	z := open(file, origin)
	z.printf("@\tMX\t10 mx1\n\tMX\t20 mx2.%s\n\tA\t%s\n\tAAAA\t%s\n", origin, ipv4(11*i), ipv6(11*i))
	z.printf("\tTXT\t\"v=spf1 mx -all\"\n_dmarc\tTXT\t\"v=DMARC1; p=reject\"\n")
	z.printf("_smtp._tls TXT \"v=TLSRPTv1; rua=https://www.%s/\"\n", origin)
	for h := 1; h <= 2; h++ {
		address := ipv4(11*i + h)
		if flawed && i%3 != 0 {
			address = netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), byte(h)})
		}
		z.printf("mx%d\tA\t%s\n", h, address)
		if !flawed || i%2 == 0 {
			z.printf("\tAAAA\t%s\n", ipv6(11*i+h))
		}
	}
	for h := 3; h <= 10; h++ {
		z.printf("host%d\tA\t%s\n\tAAAA\t%s\nservice%d\tCNAME\thost%d\n", h, ipv4(11*i+h), ipv6(11*i+h), h, h)
	}
	z.printf("_imaps._tcp\tSRV\t0 1 993 host3\n_submissions._tcp SRV 0 1 465 host3\nwww\tCNAME\t@\n")
	if err := z.close(); err != nil {
		return err
	}
	return file.Close()
}
