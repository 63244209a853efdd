// Package zonefiles reads DNS zone files into records that know where they are: bytes in, owner, TTL, type and RDATA
// out, each with the span of text that it was read from. It knows nothing of mail.
//
// # The dialect
//
// Master files are those of RFC 1035 s.5.1. Where that leaves a choice, BIND 9.18 decides, since its reading is what
// most zones are written for; a test compares every record of some 1,700 zones with what named-compilezone reads and
// lists the exceptions, and another spoils each field of a record of every type and compares the verdicts. RDATA is
// shown in the form that miekg/dns gives it.
//
// Text:
//
//   - A line ends with LF, CR LF, or a lone CR outside of comments, as in BIND. Inside of parentheses a line end is
//     white space.
//   - A byte order mark is an error, since name servers take it for a part of the first name; the file is read from
//     there on.
//   - Octets of any value, those beyond ASCII among them, are parts of names and strings (RFC 2181 s.11), but a NUL
//     byte is an error outside of quotes and comments, as in BIND. Nothing is read of a file in UTF-16, of a binary
//     one, or of other formats of zones, which OtherFormatOf knows.
//   - Of templates, what a tool has yet to fill in is unknown: a Gap, or a name with a hidden octet. Records that the
//     tool may repeat or leave out are unknown, too; see template.go.
//   - \DDD is a decimal octet up to 255, \X the character X without its meaning (RFC 1035 s.5.1). Any other escape is
//     an error.
//   - A quoted string ends on its line, as in BIND and unlike RFC 1035 s.5.1, which lets it go on: a forgotten quote
//     must not swallow the rest of a file. A character-string holds at most 255 octets (s.3.3).
//   - Quotes have no meaning in names and numbers, and are an error there. Right after an equals sign they belong to an
//     SVCB parameter (RFC 9460 s.2.1).
//   - A parenthesis that is never closed is an error at the place where it opens; reading goes on at the next line that
//     begins with a name.
//
// Names, TTLs and classes:
//
//   - A name without a final dot is relative to the origin; "@" is the origin, and "\@" a name (RFC 1035 s.5.1). Names
//     have at most 255 octets and labels at most 63 (s.2.3.4), after the origin is added. Upper and lower case are one
//     (RFC 4343).
//   - An entry that begins with white space has the owner of the entry before it. After an entry whose owner cannot be
//     read, it has none: one fault is reported once.
//   - TTL and class may come in either order, each once at most (RFC 1035 s.5.1). A TTL may have units, 1h30m, as in
//     BIND.
//   - A record without a TTL has that of $TTL (RFC 2308 s.4), else that of the record before it (RFC 1035 s.5.1), and
//     an SOA record the last of its fields, which becomes the default then. RFC 2308 s.4 gave that field another
//     meaning, and BIND still does so. A zone in which a record has no TTL from anywhere is in error.
//   - A TTL of more than 2,147,483,647 counts as 0 (RFC 2181 s.8).
//   - Classes are IN and CLASS1. Records of others are set aside and counted.
//
// Types and RDATA:
//
//   - A type is a mnemonic in any case or TYPEnnn (RFC 3597 s.5). Types of queries, 128 to 255 and OPT, cannot be in a
//     zone (RFC 6895 s.3.1).
//   - RDATA of every type may be written as \# LENGTH HEX (RFC 3597 s.5). The length must be right, and for a known
//     type the octets too.
//   - All types that have a form but octets are read field by field. What a record must and must not have is in the row
//     of its type, and octets are held to the same row.
//   - Where an RFC says more than BIND 9.18 asks for, the RFC is followed: addresses of EUI48 and EUI64 are pairs of
//     digits (RFC 7043 s.3.2, s.4.2), groups of NID and L64 have four (RFC 6742 s.2.1.2), the digest of a TLSA record
//     has the octets of its hash (RFC 6698 s.2.1.3), the target of an SVCB record is a name and not in quotes (RFC 9460
//     s.2.1), and the flags of a key are a number, not words as in RFC 2535 (RFC 4034 s.2.2). Services of a WKS record
//     may have any name (RFC 1035 s.3.4.2). BIND's limit on one TXT record's text is not RFC 1035's.
//   - RDATA has at most 65,535 octets (RFC 1035 s.3.2.1). RDATA of no octets is an error but for APL (RFC 3123 s.4),
//     NULL and types without a row.
//
// Directives:
//
//   - $ORIGIN may be relative to the origin before it. $TTL is that of RFC 2308 s.4. Any other word that begins with a
//     dollar sign, $DATE of BIND's dumps excepted, is an error.
//   - $INCLUDE restores origin and owner at its end (RFC 1035 s.5.1), while a $TTL inside goes on to hold, as in BIND.
//     The file is looked for beside the file that includes it, beside the zone's file, where the name server's
//     configuration says, and at the root folder, never outside of the root folder. Includes go 20 deep, and a circle
//     is reported with all its members.
//   - $GENERATE is BIND's: start-stop/step with numbers up to 2,147,483,647, one field of data, $ and
//     ${offset,width,base}. Width is at most 255. Its records are shown at the directive.
//
// The origin is what the caller says: an operator, a configuration, a name server's configuration. Where nobody does,
// it is the owner of the SOA record if that is absolute, else an absolute $ORIGIN before the first record, else what
// the name of the file says. The root is believed where more lies in it than the file is named after. What a name says
// is a guess ([Zone.Guessed]): void where the owners contradict it, and no proof that names do not exist. A zone of
// unknown origin is read, and not judged.
//
// # What it may cost
//
// Zones come from strangers. [Limits] bounds what one of them may cost, and [RootDir] what it may reach; beyond them,
// the zone has a Problem that says so and a Gap, and nothing is concluded from what was not read. The same holds where
// a zone has a thousand problems: the rest of it is given up.
package zonefiles
