#!/usr/bin/env bash
# Import the generated protobuf code under the oldest and newest runtime that pyproject.toml allows, and those
# between, each in its own throwaway virtual environment, with the C and with the pure Python implementation.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

python=$(find_python) || fail "Python 3.11 or newer is needed; set PYTHON to one"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# By its path: irkit/__init__.py would ask for numpy.
cat >"$work/roundtrip.py" <<'PYTHON'
import sys
from google.protobuf import __version__
from google.protobuf.internal import api_implementation
sys.path.insert(0, sys.argv[1])
import irkit_pb2
model = irkit_pb2.Model(name="digits", strings=["a", "b"])
model.graph.nodes.add().attributes.add().ints.values.extend([1, -1])
assert irkit_pb2.Model.FromString(model.SerializeToString(deterministic=True)) == model
print("protobuf", __version__, api_implementation.Type(), "works")
PYTHON

for wanted in "==4.25.*" "==5.*" "==6.*" ">=7,<8"; do
    "$python" -m venv --clear "$work/venv"
    "$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check "protobuf$wanted"
    for implementation in upb python; do
        PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=$implementation \
            "$work/venv/bin/python" -W error "$work/roundtrip.py" "$root/irkit/_generated"
    done
done
