package mail

const (
	// minIndexed is how many MX records make it cheaper to look hosts and machines up in a map than in a list.
	minIndexed = 16

	// maxHealthyTargets and maxHealthyAddresses are how many MX records a domain, and addresses each of its hosts, may
	// have for isHealthy to look at them.
	maxHealthyTargets   = 8
	maxHealthyAddresses = 8

	// maxCompared is how many hosts of a domain are compared for the trait SameAddress; with more, it is set unseen.
	maxCompared = 8

	// cacheSlots is how many hosts are remembered at most, a power of two. It is enough for zones whose domains share
	// their MX hosts; it need not hold every host of a zone whose domains do not.
	cacheSlots = 256

	// maxServers is how many name servers of a zone are looked at; of more, nobody knows anything.
	maxServers = 64

	// fewReached is how many zones it takes less to forget one by one than to make a map anew.
	fewReached = 8

	// maxJoinedOpen is how many names that the operator joins to one machine, and of which families are unknown, are told
	// apart; the rest count as one with the last.
	maxJoinedOpen = 64

	// minShared is how many addresses of one name are judged once for all names that lead to it.
	minShared = 65
)
