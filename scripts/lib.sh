# shellcheck shell=bash
# What the scripts here share: quiet steps with logs, apt packages, the virtual environment. To be sourced.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv
logs=$root/build/logs
export LC_ALL=C.UTF-8 # a bare container's locale is ASCII, our files are not

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# quietly NAME COMMAND…: run COMMAND, keep its output in build/logs/NAME.log, show it only if it fails.
quietly() {
    local log=$logs/$1.log status=0
    shift
    mkdir -p "$logs"
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if ((status != 0)); then
        {
            printf -- '---- failed with status %s: %s\n' "$status" "$*"
            tail -n 60 "$log"
            printf -- '---- all of it: %s\n' "${log#"$root"/}"
        } >&2
    fi
    return "$status"
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    else
        sudo "$@"
    fi
}

is_installed() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# need_packages PACKAGE…: install those that are missing. Asks apt for nothing when all are there.
need_packages() {
    local package missing=()
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    ((${#missing[@]} == 0)) && return
    command -v apt-get >/dev/null || fail "please install the equivalents of: ${missing[*]}"
    ((EUID == 0)) || command -v sudo >/dev/null ||
        fail "neither root nor sudo; please run: apt-get install ${missing[*]}"
    echo "installing ${missing[*]}"
    # A foreign source that does not answer is no reason to stop: the install decides.
    quietly apt-update as_root apt-get update || true
    quietly apt-install as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=600 install --yes --no-install-recommends "${missing[@]}" ||
        fail "apt-get could not install ${missing[*]}"
}

# find_python: print the first Python that is new enough.
find_python() {
    local python
    for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$python"
            return
        fi
    done
    return 1
}

make_venv() {
    local python
    find_python >/dev/null || need_packages python3
    python=$(find_python) || fail "Python 3.11 or newer is needed; set PYTHON to one"
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        need_packages "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    fi
    quietly venv "$python" -m venv --clear "$venv"
}

# need_venv EXTRA…: .venv with irkit (editable) and these extras. A second run takes milliseconds: for each
# extra a stamp holds the hash of pyproject.toml with which it was installed.
need_venv() {
    local extra stamp wanted missing=()
    # A virtual environment knows its own path, so one that was copied with its tree is made again.
    if ! grep -qsF -- "$venv" "$venv/pyvenv.cfg" "$venv/bin/activate" || ! "$venv/bin/python" -c '' 2>/dev/null; then
        make_venv
    fi
    wanted=$(sha256sum <"$root/pyproject.toml")
    for extra in "$@"; do
        stamp=$venv/irkit-$extra.stamp
        [[ -f $stamp && $(<"$stamp") == "$wanted" ]] || missing+=("$extra")
    done
    ((${#missing[@]} == 0)) && return
    echo "installing irkit with [$*] into .venv"
    extra=$(IFS=, && echo "$*")
    quietly pip "$venv/bin/python" -m pip install --disable-pip-version-check --editable "${root}[$extra]" ||
        fail "pip could not install irkit[$extra]"
    for extra in "$@"; do
        echo "$wanted" >"$venv/irkit-$extra.stamp"
    done
}
