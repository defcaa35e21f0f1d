#!/usr/bin/env bash
# Set up irkit in this folder and run its main job, examples/quickstart.py: real handwritten digits through one
# model in three spellings, one file and three runtimes. Arguments go to the example.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"

need_venv plot examples
echo "building the C++ runtime"
bash scripts/build_runtime.sh -DIRKIT_BUILD_TESTS=OFF
PATH=$venv/bin:$PATH exec python examples/quickstart.py "$@"
