#!/usr/bin/env bash
# Install the C++ runtime and build programs against it as its users do: CMake's find_package, and pkg-config.
#
#   scripts/check_install.sh [BUILD]      the shared library in the folder BUILD (build)
#   scripts/check_install.sh --static     libirkit.a, which is built in build/static for that
#
# Both programs must print what the model gives for zeros.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"

build=${1-build} static=
if [[ $build == --static ]]; then
    build=build/static static=--static
    quietly configure-static cmake -S . -B "$build" -DIRKIT_STATIC=ON -DIRKIT_BUILD_TESTS=ON \
        -DONNXRUNTIME_INCLUDE_DIR="$(bash scripts/find_onnxruntime.sh --include)"
    quietly compile-static cmake --build "$build" --parallel "$(nproc)" --target irkit irkit-run irkit-write-model
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

quietly install cmake --install "$build" --prefix "$work/prefix"
"$build/cpp_runtime/irkit-write-model" "$work/model.irk"

quietly find-package cmake -S examples/cpp -B "$work/cpp" -DCMAKE_PREFIX_PATH="$work/prefix"
quietly find-package cmake --build "$work/cpp"

config=$(dirname "$(find "$work/prefix" -name irkit.pc)")
export PKG_CONFIG_PATH=$config LD_LIBRARY_PATH=${config%/pkgconfig}
read -ra flags <<<"$(pkg-config $static --cflags --libs irkit)"
quietly pkg-config cc -std=c99 -Wall -Wextra -Werror examples/c/run_model.c "${flags[@]}" -o "$work/run_model"

for program in "$work/cpp/run_model" "$work/run_model"; do
    printed=$("$program" "$work/model.irk")
    grep -q '^0 0 20 *$' <<<"$printed" || fail "$program printed: $printed"
    if [[ -n $static ]] && ldd "$program" | grep -q libirkit; then
        fail "$program still needs the shared library"
    fi
done
echo "installed programs run, by find_package and by pkg-config${static:+, with libirkit.a}"
