// Package rules holds what can be wrong with mail: one rule a file, with its page under docs. All is the only list.
package rules

import (
	"embed"

	"mx46/lint"
)

//go:embed docs/*.md
var pages embed.FS

// All is the catalogue, in the order of the documentation. Each rule carries its page.
func All() []*lint.Rule {
	catalogue := []lint.Rule{
		mxPrimarySingleStack,
		mxTargetNoAddress,
		mxSecondaryStranded,
		mxNoIPv4,
		mxNoIPv6,
		mxRelaySingleBridge,
		mxRelayIndirect,
		mxRelayUnknown,
		mxHostSingleStack,
		mxFamilySingleHost,
		implicitMXSingleStack,

		mxTargetCNAME,
		mxTargetUnderDNAME,
		mxTargetIsAddress,
		mxTargetMissingDot,
		mxTargetNotHostname,
		mxTargetLocalhost,
		nullMXNotAlone,
		nullMXPreference,
		nullMXSender,
		mxDuplicate,
		mxSameAddress,
		mxTTLMismatch,
		mxManyAddresses,

		addrScoped,
		addrPrivate,
		addrTranslated,
		addrDocumentation,
		addrSpecialPurpose,
		addrTTLSkew,

		cnameAndOtherData,
		cnameLoop,
		mxOccluded,
		wildcardHidesFamily,
		mxTargetWildcard,
		wildcardMXShadowed,
		mxTargetDelegated,
		nsNoIPv4,
		nsNoIPv6,
		nsFamilySingle,
		nsTargetCNAME,
		nsTargetNoAddress,
		glueMissing,
		zoneRefused,
		recordOutsideZone,

		spfFamilyGap,
		spfVoidLookups,
		spfAbsent,
		spfMXLimit,
		spfBroken,
		ptrMissing,
		ptrMismatch,
		tlsaPartial,
		tlsaMisplaced,
		mtaSTSHost,
		mtaSTSMismatch,

		domainNotFound,
		nameserverAAAABroken,
		nameserverTLSABroken,
		nameserverAnswersDiffer,
		nameserverNoTCP,
		nameserverSilent,
		delegationFamilyGap,
		dnssecBogus,
		servedDiffers,
		smtpFamilyClosed,
		smtpFamiliesDiffer,

		zoneSyntax,
		zoneOriginUnknown,
		zoneInclude,
		zoneUnread,
		zoneLimit,
		mxHostUnknown,
		lockInvalid,
		factUnused,

		ignoreUnused,
		ignoreInvalid,
	}
	all := make([]*lint.Rule, len(catalogue))
	for i := range catalogue {
		all[i] = &catalogue[i]
		all[i].ReadPage = func() string {
			page, _ := pages.ReadFile("docs/" + all[i].Name + ".md") // a missing page stays empty, which a test refuses
			return string(page)
		}
	}
	return all
}
