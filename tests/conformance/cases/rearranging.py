"""DepthToSpace and SpaceToDepth."""

import numpy as np

from tests.conformance.cases import Case

x = np.arange(2 * 8 * 2 * 3, dtype=np.float32).reshape(2, 8, 2, 3)

CASES = [
    Case("DepthToSpace", [x], {"blocksize": 2, "mode": "CRD"}),
    Case("DepthToSpace", [x.astype(np.float64)], {"blocksize": 1}),
    Case("SpaceToDepth", [x.transpose(0, 1, 3, 2).reshape(2, 4, 6, 2).copy()], {"blocksize": 2}),
    Case("SpaceToDepth", [x[:0]], {"blocksize": 1}),
]
