#!/usr/bin/env bash
# Find onnxruntime for the C++ runtime, which needs its C headers to build and its shared library to run.
#
#   scripts/find_onnxruntime.sh --include    print the folder of onnxruntime_c_api.h; fetch it if there is none
#   scripts/find_onnxruntime.sh --library    print the path of libonnxruntime.so
#
# Headers, in this order: $ONNXRUNTIME_ROOT (the official archive, unpacked); a CMake prefix or the system;
# pkg-config; build/onnxruntime from an earlier run; Debian's package libonnxruntime-dev, of which only the
# headers are unpacked into build/onnxruntime. They need not be of the library's release: onnxruntime serves
# every API version up to its own.
# Library: $ONNXRUNTIME_ROOT, the Python wheel's, the system's.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

oldest_api=23                        # what cpp_runtime is written against
fetched=$root/build/onnxruntime      # where fetched headers are kept
suites_with_headers=(forky)          # Debian suites known to have a package of that API

# api_version FOLDER: print the API version of the headers there, if any are.
api_version() {
    sed -n 's/^#define ORT_API_VERSION \([0-9]*\).*/\1/p' "$1/onnxruntime_c_api.h" 2>/dev/null || true
}

# first_usable FOLDER…: print the first that holds headers, or has them in one of their usual places.
first_usable() {
    local folder place
    for folder in "$@"; do
        for place in "" /onnxruntime /onnxruntime/core/session; do
            if [[ $(api_version "$folder$place") -ge $oldest_api ]]; then
                echo "$folder$place"
                return
            fi
        done
    done
    return 1
}

system_folders() {
    local prefix
    local IFS=';:' # CMake separates by the first, its environment variable by the second
    for prefix in ${CMAKE_PREFIX_PATH-}; do
        echo "$prefix/include"
    done
    printf '%s\n' /usr/local/include /usr/include
    pkg-config --variable=includedir libonnxruntime 2>/dev/null || true
}

# debian_mirrors: the mirrors in apt's sources of this machine, one "URI<tab>signed-by" a line.
debian_mirrors() {
    local sources=()
    mapfile -t sources < <(find /etc/apt/sources.list /etc/apt/sources.list.d -maxdepth 1 \
        '(' -name '*.list' -o -name '*.sources' ')' 2>/dev/null)
    ((${#sources[@]} > 0)) || return 0
    awk '
        function flush(  i, n, all) {
            n = split(uris, all, " ")
            for (i = 1; i <= n; i++) print all[i] "\t" key
            uris = key = ""
        }
        FNR == 1 || NF == 0 { flush() }
        /^deb / {
            match($0, /signed-by=[^] ]+/)
            key = RSTART ? substr($0, RSTART + 10, RLENGTH - 10) : ""
            sub(/\[[^]]*\]/, "")
            uris = $2
            flush()
        }
        /^URIs:/ { uris = substr($0, 6) }
        /^Signed-By: *\// { key = $2 }
        END { flush() }' "${sources[@]}" | grep -v -e '-security' | sort -u || true
}

# private_apt FOLDER ARGUMENT…: apt-get that reads and writes in FOLDER only, so that it needs no root and leaves
# the machine's own lists alone. FOLDER/sources.list, if there is one, replaces the machine's sources.
private_apt() {
    local folder=$1
    shift
    mkdir -p "$folder"/{state/lists/partial,cache/archives/partial,log}
    touch "$folder/status"
    {
        printf 'Dir::State "%s/state";\nDir::State::status "%s/status";\n' "$folder" "$folder"
        printf 'Dir::Cache "%s/cache";\nDir::Log "%s/log";\n' "$folder" "$folder"
        if [[ -f $folder/sources.list ]]; then
            printf 'Dir::Etc::SourceList "%s/sources.list";\nDir::Etc::SourceParts "/dev/null";\n' "$folder"
        fi
        printf 'APT::Sandbox::User "%s";\n' "$(id -un)"
        printf 'Acquire::Languages "none";\n'
        # Mirrors frozen in time serve indexes that have expired. Signatures are still verified; what an attacker
        # gains by showing us an old index is an old header, and that is refused by its API version.
        printf 'Acquire::Check-Valid-Until "false";\n'
        # Container images clean the machine's cache after each run, which is neither ours nor allowed.
        printf '#clear APT::Update::Post-Invoke;\n#clear APT::Update::Post-Invoke-Success;\n'
    } >"$folder/apt.conf"
    apt-get --config-file "$folder/apt.conf" "$@"
}

# unpack_headers FOLDER: download libonnxruntime-dev with FOLDER's apt, keep its headers if they are new enough.
unpack_headers() {
    local folder=$1 include
    private_apt "$folder" update || true # a source without the suite is an error to apt, the next step decides
    (cd "$folder" && private_apt "$folder" download libonnxruntime-dev) || return 1
    dpkg-deb --extract "$folder"/libonnxruntime-dev_*.deb "$folder/package" || return 1
    include=$(first_usable "$folder/package/usr/include") || return 1
    rm -rf "$fetched"
    mkdir -p "$fetched"
    cp -r "$include" "$fetched/include"
}

# fetch_headers: try the Debian mirrors of this machine, then its own suites as they are.
fetch_headers() {
    local uri key suite work=$1
    command -v apt-get >/dev/null || return 1
    while IFS=$'\t' read -r uri key; do
        for suite in "${suites_with_headers[@]}"; do
            rm -rf "$work/apt"
            mkdir -p "$work/apt"
            echo "deb ${key:+[signed-by=$key] }$uri $suite main" >"$work/apt/sources.list"
            unpack_headers "$work/apt" && return
        done
    done < <(debian_mirrors)
    rm -rf "$work/apt"
    unpack_headers "$work/apt"
}

find_include() {
    local folders work
    if [[ -n ${ONNXRUNTIME_ROOT-} ]]; then
        first_usable "$ONNXRUNTIME_ROOT/include" "$ONNXRUNTIME_ROOT" ||
            fail "ONNXRUNTIME_ROOT=$ONNXRUNTIME_ROOT has no include/onnxruntime_c_api.h of API $oldest_api or newer"
        return
    fi
    mapfile -t folders < <(system_folders)
    first_usable "${folders[@]}" "$fetched/include" && return
    echo "fetching onnxruntime's C headers (Debian's libonnxruntime-dev)" >&2
    work=$(mktemp -d)
    # shellcheck disable=SC2064  # now, while the name is in scope
    trap "rm -rf '$work'" EXIT
    quietly onnxruntime-headers fetch_headers "$work" || fail "no onnxruntime headers of API $oldest_api or newer." \
        "Unpack an official onnxruntime archive and set ONNXRUNTIME_ROOT to its folder"
    first_usable "$fetched/include"
}

find_library() {
    local python=${VIRTUAL_ENV:-$venv}/bin/python library
    [[ -x $python ]] || python=$(find_python) || python=false
    if [[ -n ${ONNXRUNTIME_ROOT-} ]]; then
        library=$(compgen -G "$ONNXRUNTIME_ROOT/lib/libonnxruntime.so*" | head -n 1) ||
            fail "ONNXRUNTIME_ROOT=$ONNXRUNTIME_ROOT has no lib/libonnxruntime.so"
        echo "$library"
        return
    fi
    # find_spec looks without importing: importing onnxruntime takes a second.
    "$python" - <<'PYTHON' 2>/dev/null && return
import sys
from importlib.util import find_spec
from pathlib import Path
spec = find_spec("onnxruntime")
found = sorted(Path(spec.origin).parent.glob("capi/libonnxruntime.so.1*")) if spec and spec.origin else []
sys.exit(1) if not found else print(found[-1])
PYTHON
    library=$(ldconfig -p 2>/dev/null | awk '$1 ~ /^libonnxruntime\.so/ {print $NF; exit}')
    [[ -n $library ]] || fail "no libonnxruntime.so: pip install onnxruntime, or set ONNXRUNTIME_ROOT"
    echo "$library"
}

case ${1---include} in
--include) find_include ;;
--library) find_library ;;
*) fail "usage: scripts/find_onnxruntime.sh [--include | --library]" ;;
esac
