#!/usr/bin/env bash
# Build the C++ runtime: build/cpp_runtime/irkit-run and libirkit.
#
#   scripts/build_runtime.sh [CMAKE ARGUMENT…]     for example -DIRKIT_SANITIZE=ON
#
# Installs what is missing, fetches onnxruntime's headers if there are none, compiles what has changed.
# IRKIT_BUILD_DIR names another folder than build, for a second variant beside the first.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
build=${IRKIT_BUILD_DIR:-build}

need_packages cmake make g++ flatbuffers-compiler libflatbuffers-dev libxxhash-dev libcli11-dev doctest-dev
include=$(bash scripts/find_onnxruntime.sh --include)
# For the tests, and for irkit-run when nobody names another. Without one the runtime still builds.
library=$(bash scripts/find_onnxruntime.sh --library 2>/dev/null) || library=

# CMake refuses a cache that was copied with its tree.
if [[ -f $build/CMakeCache.txt ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$build/CMakeCache.txt"; then
    rm -rf "$build/CMakeCache.txt" "$build/CMakeFiles"
fi

quietly cmake cmake -S . -B "$build" -DONNXRUNTIME_INCLUDE_DIR="$include" -DONNXRUNTIME_LIBRARY="$library" "$@"
quietly compile cmake --build "$build" --parallel "$(nproc)"
