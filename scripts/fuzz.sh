#!/usr/bin/env bash
# Fuzz both loaders: libFuzzer on the C++ one (address and undefined-behaviour sanitizers), atheris on Python's.
#
#   scripts/fuzz.sh [SECONDS]      600 seconds for each, if not told otherwise; a nightly job gives it hours
#   scripts/fuzz.sh 0              only the malformed files of tests/malformed, under the sanitizers
#
# Starts from fuzz/corpus and keeps what it learns in build/fuzz. A finding is a file build/fuzz/crash-…, and exit
# code 1. Give it to the same program again to see it: build/fuzz/cpp_runtime/irkit-fuzz-loader crash-…
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
seconds=${1:-600}
build=build/fuzz

need_packages cmake make clang flatbuffers-compiler libflatbuffers-dev libxxhash-dev
need_venv fuzz
include=$(bash scripts/find_onnxruntime.sh --include)
quietly fuzz-cmake cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_C_COMPILER=clang \
    -DCMAKE_CXX_COMPILER=clang++ -DIRKIT_FUZZ=address,undefined -DIRKIT_STATIC=ON -DIRKIT_BUILD_TESTS=OFF \
    -DONNXRUNTIME_INCLUDE_DIR="$include"
quietly fuzz-compile cmake --build "$build" --target irkit-fuzz-loader

"$venv/bin/python" -m tests.malformed.groups "$build/malformed"
quietly fuzz-malformed "$build/cpp_runtime/irkit-fuzz-loader" "$build"/malformed/*.irk
((seconds > 0)) || exit 0

mkdir -p "$build/corpus-cpp" "$build/corpus-python"
common=(-max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1
    -artifact_prefix="$build/crash-")
status=0
# Each unit is up to 17 executions of the loader: fuzz/loader.cpp says why.
"$build/cpp_runtime/irkit-fuzz-loader" "${common[@]}" -mutate_depth=1 "$build/corpus-cpp" fuzz/corpus \
    2>&1 | tail -n 20 || status=1
"$venv/bin/python" fuzz/python_loader.py "${common[@]}" "$build/corpus-python" fuzz/corpus 2>&1 | tail -n 20 || status=1
exit "$status"
