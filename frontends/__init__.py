"""Ways in: layers, models, the eager and symbolic `ops`, capture, importers.

The folder stands at the top of the repository and is linked into the package as `irkit/frontends`.
"""

if __name__ == "frontends":
    # Under two names every class would exist twice, and `isinstance` would fail between the two.
    raise ImportError("This folder is the package irkit.frontends. Write: import irkit.frontends")
