#!/usr/bin/env bash
# Set up irkit in this folder and run every check and every test, Python and C++.
#
# All steps run even if one fails; the failures are named at the end. The last lines are the summaries of pytest
# and ctest. Each step's whole output is in build/logs.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"

need_packages git shellcheck
need_venv dev plot examples oracle
export PATH=$venv/bin:$PATH VIRTUAL_ENV=$venv

failed=()

# step NAME COMMAND…
step() {
    local start=$SECONDS
    if quietly "$@"; then
        printf '%-14s ok      %4d s\n' "$1" $((SECONDS - start))
    else
        printf '%-14s FAILED  %4d s\n' "$1" $((SECONDS - start))
        failed+=("$1")
    fi
}

cpp_sources() {
    find cpp_runtime examples/c examples/cpp -type f '(' -name '*.cpp' -o -name '*.hpp' -o -name '*.h' -o -name '*.c' ')' 2>/dev/null
}

clang_format() {
    mapfile -t files < <(cpp_sources)
    ((${#files[@]} == 0)) || clang-format --dry-run -Werror "${files[@]}"
}

step generated bash scripts/generate.sh --check
step ruff ruff check .
step format ruff format --check .
step mypy mypy
step imports lint-imports
step shellcheck shellcheck --external-sources scripts/*.sh .ci/run
step clang-format clang_format
step build bash scripts/build_runtime.sh -DIRKIT_BUILD_TESTS=ON
step pytest pytest --numprocesses auto --dist worksteal
step ctest ctest --test-dir build --output-on-failure --no-tests=error --parallel "$(nproc)"

if ((${#failed[@]} > 0)); then
    echo "failed: ${failed[*]}"
fi
tail -n 1 "$logs/pytest.log"
grep -E 'tests passed|No tests were found' "$logs/ctest.log" || echo "ctest did not run"
((${#failed[@]} == 0))
