#!/usr/bin/env bash
# compare.sh: how long mx46 takes, and how much memory, beside the checkers that people run today, on generated zones.
# It prints Markdown on standard output, to be pasted into a README, and tells of its progress on standard error.
#
# Programs run in turn on the same file, so that each run finds the machine as another program left it: runs of one program back to
# back find its memory warm, which no user's run does. Before that, one run under GNU time measures the peak memory and the exit
# code: a program that does not accept the zone is timed all the same and marked with its exit code.
set -euo pipefail

readonly usage='usage: testdata/bench/compare.sh [--records N] [--zones N] [--case NAME]... [--runs N] [--timeout SECONDS] [--dir DIR]

  --records N  records in the zones of the single-file cases; growth has four times as many (default 1000000)
  --zones N    zones in the case small (default 10000)
  --case NAME  run this case only; may be repeated. Cases: hosting flawed tld signed reverse small small-flawed single growth
               and, run only when named: reverse-generate pathological one-domain shared-host
  --runs N     timed runs of each program (default 5; of a single small zone ten times as many)
  --timeout S  give up on a program after that many seconds in one run (default 300)
  --dir DIR    keep the generated zones and the raw results there (default: a temporary folder, removed at the end)

Environment:
  MX46         the mx46 binary to measure (default: built from this tree)
  ZONE_BENCH   the zone-bench of simdzone, which no package has, as a bound for any reader (default: left out)
  NO_INSTALL   when set, missing programs are left out instead of installed by apt-get
               (which, where systemd runs, also starts the server of the package nsd)'

records=1000000 zones=10000 runs=5 limit=300 dir='' keep='' cases=()
die() { printf 'compare.sh: %s\n' "$*" >&2; exit 2; }
say() { printf 'compare.sh: %s\n' "$*" >&2; }

while (($#)); do
	case $1 in
	-h | --help) printf '%s\n' "$usage"; exit 0 ;;
	--records | --zones | --runs | --timeout | --case | --dir) (($# > 1)) || die "$1 needs a value" ;;
	*) die "unknown argument $1; see --help" ;;
	esac
	case $1 in
	--case | --dir) ;;
	*) [[ $2 =~ ^[1-9][0-9]{0,8}$ ]] || die "$1 needs a number from 1 on, not $2" ;;
	esac
	case $1 in
	--records) records=$2 ;;
	--zones) zones=$2 ;;
	--runs) runs=$2 ;;
	--timeout) limit=$2 ;;
	--dir) dir=$2 ;;
	--case) cases+=("$2") ;;
	esac
	shift 2
done
((${#cases[@]})) || cases=(hosting flawed tld signed reverse small small-flawed single growth)
for c in "${cases[@]}"; do
	case $c in
	hosting | flawed | tld | signed | reverse | small | small-flawed | single | growth | reverse-generate | pathological | one-domain | shared-host) ;;
	*) die "unknown case $c; see --help" ;;
	esac
done

# nsd-checkzone lies in /usr/sbin, which is not on everybody's path.
PATH=$PATH:/usr/sbin:/sbin
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

if [[ -n $dir ]]; then
	mkdir -p "$dir"
	dir=$(cd "$dir" && pwd)
	keep=yes
else
	dir=$(mktemp -d)
	trap 'rm -rf "$dir"' EXIT
fi

# Each program and the Debian package that holds it.
install_missing() {
	local pair missing=()
	for pair in named-checkzone:bind9-utils kzonecheck:knot-dnssecutils nsd-checkzone:nsd ldns-read-zone:ldnsutils \
		validns:validns hyperfine:hyperfine jq:jq time:time; do
		type -P "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
	done
	((${#missing[@]})) || return 0
	[[ -z ${NO_INSTALL:-} ]] || { say "not installed: ${missing[*]}"; return 0; }
	type -P apt-get >/dev/null || { say "not installed, and no apt-get: ${missing[*]}"; return 0; }
	say "installing ${missing[*]}"
	local sudo=()
	((EUID == 0)) || sudo=(sudo)
	"${sudo[@]}" apt-get update -qq >&2
	"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}
install_missing
for tool in hyperfine jq time; do
	type -P "$tool" >/dev/null || die "$tool is needed"
done

say "building in $root"
(cd "$root" && go build -o "$dir/generate" ./testdata/bench/generate)
if [[ -z ${MX46:-} ]]; then
	(cd "$root" && CGO_ENABLED=0 go build -trimpath -o "$dir/mx46" .)
	MX46=$dir/mx46
fi
MX46=$(type -P "$MX46") || die "MX46 names no program that can be run"

# quote WORD... makes one line for a shell.
quote() { printf '%q ' "$@"; }

# commands CASE FILE ORIGIN prints "name<TAB>command line" for each program that can read the case's input.
commands() {
	local case=$1 file=$2 origin=$3 integrity=full dnssec=()
	if [[ $case == small* ]]; then
		printf 'mx46 lint\t%s\n' "$(quote "$MX46" lint --no-config "$file")"
		printf 'named-checkconf -z\t%s\n' "$(quote named-checkconf -z "$file")"
		return
	fi
	# With full, named-checkzone asks the DNS about each name server below a cut: minutes, and a measure of the network.
	[[ $case != tld ]] || integrity=local
	# The signatures of the generated zone are pseudo-random, and Knot would rightly refuse them.
	[[ $case != signed ]] || dnssec=(-d off)
	printf 'mx46 lint\t%s\n' "$(quote "$MX46" lint --no-config --origin "$origin" "$file")"
	printf 'named-checkzone -i %s\t%s\n' "$integrity" "$(quote named-checkzone -i "$integrity" "$origin" "$file")"
	printf '%s\t%s\n' "kzonecheck${dnssec[*]:+ ${dnssec[*]}}" "$(quote kzonecheck "${dnssec[@]}" -o "$origin" "$file")"
	printf 'nsd-checkzone\t%s\n' "$(quote nsd-checkzone "$origin" "$file")"
	printf 'validns\t%s\n' "$(quote validns -z "$origin" "$file")"
	[[ -z ${ZONE_BENCH:-} ]] || printf 'simdzone, parsing alone\t%s\n' "$(quote "$ZONE_BENCH" parse "$file")"
	# Reads and prints every record; -E SOA keeps the printing out of the measure.
	printf 'ldns-read-zone\t%s\n' "$(quote ldns-read-zone -E SOA "$file")"
}

# measure CASE TITLE FILE ORIGIN prints the rows of one case.
measure() {
	local case=$1 title=$2 file=$3 origin=$4 name command exit_code peak label
	local names=() peaks=() notes=() lines=() rows=() i
	say "$case: $title"
	while IFS=$'\t' read -r name command; do
		if ! type -P "${command%% *}" >/dev/null; then
			rows+=("| $title | $name | not installed | | |")
			continue
		fi
		exit_code=0
		# GNU time stands next to the program, for a shell in between would be measured too; timeout stops both.
		eval "timeout $limit time -v -o $(quote "$dir/time.txt") $command" >/dev/null 2>&1 || exit_code=$?
		if ((exit_code == 124)); then
			rows+=("| $title | $name | over $limit s | | |")
			continue
		fi
		peak=$(awk -F': ' '/Maximum resident set size/ { printf "%.0f MB", $2 * 1024 / 1e6 }' "$dir/time.txt")
		names+=("$name")
		peaks+=("$peak")
		lines+=("$command")
		label=''
		((exit_code == 0)) || label=" (exit $exit_code)"
		notes+=("$label")
	done < <(commands "$case" "$file" "$origin")
	if ((${#lines[@]})); then
		local round rounds=$runs medians=() base='' ratio
		[[ $case != single ]] || rounds=$((10 * runs))
		for ((round = 0; round < rounds; round++)); do # each program once
			hyperfine --shell none --style none --ignore-failure --runs 1 --output null --export-json "$dir/$case.$round.json" \
				"${lines[@]}" >/dev/null 2>"$dir/$case.err" || { cat "$dir/$case.err" >&2; die "hyperfine failed on $case"; }
		done
		mapfile -t medians < <(jq -rs '[.[].results | map(.median)] | transpose[] | sort | .[length / 2 | floor]' \
			"$dir/$case".*.json)
		[[ ${names[0]} != mx46* ]] || base=${medians[0]}
		for i in "${!names[@]}"; do
			ratio=$(awk -v m="${medians[i]}" -v b="$base" 'BEGIN { if (b > 0) printf "%.1f×", m / b }')
			rows+=("$(awk -v t="$title" -v n="${names[i]}${notes[i]}" -v m="${medians[i]}" -v r="$ratio" -v p="${peaks[i]}" 'BEGIN {
				s = m < 1 ? sprintf("%.1f ms", m * 1000) : sprintf("%.2f s", m)
				printf "| %s | %s | %s | %s | %s |", t, n, s, r, p
			}')")
		done
	fi
	printf '%s\n' "${rows[@]}"
}

# shape CASE prints the generator's name for what a case reads.
shape() {
	case $1 in
	growth) echo hosting ;;
	reverse-generate) echo reverse ;;
	reverse | pathological) echo "$1-plain" ;; # Knot, NSD and ldns do not know $GENERATE
	*) echo "$1" ;;
	esac
}

# human N writes a count for a title: 4M, 250k, 45.
human() {
	awk -v n="$1" 'BEGIN {
		if (n >= 1000000) printf "%.3gM", n / 1000000; else if (n >= 1000) printf "%.3gk", n / 1000; else print n
	}'
}

# run CASE generates the case's input and measures; the input goes at once unless it is to be kept, for it may be large.
run() {
	local case=$1 size=$records origin file title
	case $case in
	small | small-flawed | single)
		[[ $case == small* ]] && size=$zones || size=1
		"$dir/generate" -shape "${case/single/small}" -size "$size" -o "$dir/$case"
		if [[ $case == small* ]]; then
			title="$(human "$size") zones of 45 records"
			[[ $case == small ]] || title+=', with findings'
			measure "$case" "$title" "$dir/$case/named.conf" .
		else
			measure single 'one zone of 45 records' "$dir/single/zones/db.z000000.example" z000000.example.
		fi
		[[ -n $keep ]] || rm -rf "${dir:?}/$case"
		return
		;;
	growth) size=$((4 * records)) ;;
	one-domain) size=1000 ;;
	esac
	origin=$(awk -v s="$(shape "$case")" '$1 == s { print $2 }' <<<"$shapes")
	file=$dir/$case.zone
	"$dir/generate" -shape "$(shape "$case")" -size "$size" -o "$file"
	title="$case, $(human "$size") $(awk -v s="$(shape "$case")" '$1 == s { print $3 }' <<<"$shapes")"
	title+=", $(awk -v b="$(stat -c %s "$file")" 'BEGIN { printf b < 1e6 ? "%.2g" : "%.0f", b / 1e6 }') MB"
	measure "$case" "$title" "$file" "$origin"
	[[ -n $keep ]] || rm -f "$file"
}

# version PROGRAM... prints the first version number that a program tells, or nothing.
version() { { "$@" 2>&1 || true; } | grep -Eom1 '[0-9]+(\.[0-9]+)+[^ ,)]*' | head -n1 || true; }

# package NAME prints the version of an installed Debian package, for programs that do not tell their own.
package() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }

heading() {
	local cpu mx46_version
	mx46_version=$("$MX46" version | awk '{ print $2; exit }')
	cpu=$(awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)
	printf 'Measured on %s on %s (%s cores), medians of %s runs in turn.\n' "$(date -u +%F)" "${cpu:-an unknown CPU}" "$(nproc)" "$runs"
	printf 'mx46 %s, BIND %s, Knot DNS %s, NSD %s, validns %s, ldns %s, hyperfine %s.\n\n' \
		"${mx46_version:-(version unknown)}" "$(version named-checkzone -v)" "$(version kzonecheck -V)" "$(package nsd)" \
		"$(package validns)" "$(version ldns-read-zone -v)" "$(version hyperfine --version)"
	printf '| zone | program | time | against mx46 | peak memory |\n|---|---|--:|--:|--:|\n'
}

shapes=$("$dir/generate" -list)
heading
for c in "${cases[@]}"; do
	run "$c"
done
