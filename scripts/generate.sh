#!/usr/bin/env bash
# Make irkit/_generated from the two schemas in proto/, or check that it is up to date.
#
#   scripts/generate.sh            make the files (needs protoc 3.20 or 3.21, and flatc)
#   scripts/generate.sh --check    fail if a committed file is not made from today's schema
#
# The check needs no generator: each file's first line holds the hash of its schema. Where the generator that
# made a file is installed, the file is also made again and compared, which finds edits by hand.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"

generated=irkit/_generated
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

version_of() {
    command -v "$1" >/dev/null && "$1" --version | awk '{print $NF}'
}

# header FILE SCHEMA GENERATOR: put the line in front that says how the file was made.
header() {
    local hash
    hash=$(sha256sum "$2" | cut -d' ' -f1)
    printf '# Made by scripts/generate.sh from %s (sha256 %s) with %s %s; never edited.\n%s\n' \
        "$2" "$hash" "$3" "$(version_of "$3")" "$(<"$1")" >"$1.new"
    mv "$1.new" "$1"
}

make_protobuf() {
    protoc --proto_path=proto --python_out="$work" --pyi_out="$work" irkit.proto
    header "$work/irkit_pb2.py" proto/irkit.proto protoc
    header "$work/irkit_pb2.pyi" proto/irkit.proto protoc
}

make_flatbuffers() {
    # One file: flatc's default, a module per table, would land in the package's own namespace.
    flatc --python --gen-onefile -o "$work" proto/program.fbs
    mv "$work/program_generated.py" "$work/program_fbs.py"
    rm -f "$work/__init__.py"
    header "$work/program_fbs.py" proto/program.fbs flatc
}

# check FILE SCHEMA GENERATOR MAKE
check() {
    local line
    line=$(head -n 1 "$generated/$1")
    if [[ $line != *"$(sha256sum "$2" | cut -d' ' -f1)"* ]]; then
        fail "$generated/$1 was not made from today's $2; run scripts/generate.sh"
    fi
    if [[ $line == *"with $3 $(version_of "$3");"* ]]; then
        "$4"
        cmp "$work/$1" "$generated/$1" || fail "$generated/$1 was edited by hand; run scripts/generate.sh"
    else
        echo "$1: made from today's schema (not made again: that needs the generator of its first line)"
    fi
}

case ${1-} in
--check)
    check irkit_pb2.py proto/irkit.proto protoc make_protobuf
    check irkit_pb2.pyi proto/irkit.proto protoc make_protobuf
    check program_fbs.py proto/program.fbs flatc make_flatbuffers
    ;;
'')
    need_packages protobuf-compiler flatbuffers-compiler
    # Newer generators write code that refuses protobuf 4.25, older ones code that refuses 4 and up.
    [[ $(version_of protoc) == 3.2[01].* ]] ||
        fail "protoc $(version_of protoc) makes code for too few protobuf versions; 3.20 or 3.21 is needed"
    make_protobuf
    make_flatbuffers
    mv "$work"/irkit_pb2.py "$work"/irkit_pb2.pyi "$work"/program_fbs.py "$generated/"
    ;;
*)
    fail "usage: scripts/generate.sh [--check]"
    ;;
esac
