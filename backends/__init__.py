"""Ways out: interpreter, lowering and ONNX export, onnxruntime, the C++ runtime.

The folder stands at the top of the repository and is linked into the package as `irkit/backends`.
"""

if __name__ == "backends":
    # Under two names every class would exist twice, and `isinstance` would fail between the two.
    raise ImportError("This folder is the package irkit.backends. Write: import irkit.backends")
