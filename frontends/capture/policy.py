"""The policy for what has no Python source to rewrite: what may be called while a program is captured, and why not.

Tables of names. What is not named here is refused: a stranger's function may read a clock, draw a
number, or keep a tensor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_AS_INPUT = "Read it outside, and pass it as an input."
_RANDOM = "Pass the random numbers as an input; a graph would repeat those of the capture."
_CLOCK = "Pass the time as an input; a graph would repeat that of the capture."
_IDENTITY = "Identities and hashes differ from run to run; use a name or number of your own."
_THREADS = "Do this outside of the captured program."
_CODE = "Write it as a function of its own; code made from text cannot be followed."

# Modules whose functions depend on what they are given only.
PURE_MODULES: Final = frozenset(
    {
        "_abc",
        "_bisect",
        "_collections",
        "_functools",
        "_heapq",
        "_json",
        "_operator",
        "_sre",
        "_statistics",
        "_string",
        "_struct",
        "_typing",
        "abc",
        "base64",
        "binascii",
        "bisect",
        "cmath",
        "collections",
        "colorsys",
        "copy",
        "dataclasses",
        "decimal",
        "enum",
        "fractions",
        "functools",
        "heapq",
        "itertools",
        "json",
        "math",
        "ml_dtypes",
        "numbers",
        "numpy",
        "operator",
        "re",
        "reprlib",
        "statistics",
        "string",
        "struct",
        "textwrap",
        "types",
        "typing",
        "typing_extensions",
        "unicodedata",
        "zlib",
        "builtins",
        "datetime",
        "contextlib",
    }
)

# Modules, and names in them ("" for the whole module), that are refused, with the cure.
REFUSED: Final[Mapping[str, Mapping[str, str]]] = {
    "builtins": {
        "open": _AS_INPUT,
        "input": _AS_INPUT,
        "id": _IDENTITY,
        "hash": _IDENTITY,
        "eval": _CODE,
        "exec": _CODE,
        "compile": _CODE,
        "__import__": _CODE,
        "globals": _AS_INPUT,
        "locals": _AS_INPUT,
        "breakpoint": "Run the function eagerly to debug it; irkit.debug steps through a captured one.",
        "memoryview": "Use arrays.",
    },
    "random": {"": _RANDOM},
    "_random": {"": _RANDOM},
    "secrets": {"": _RANDOM},
    "uuid": {"": _RANDOM},
    "numpy.random": {"": _RANDOM},  # and the modules in it, of Generator and RandomState
    "time": {"": _CLOCK},
    "datetime": {"now": _CLOCK, "today": _CLOCK, "utcnow": _CLOCK, "fromtimestamp": _CLOCK},
    "os": {"": _AS_INPUT},
    "posix": {"": _AS_INPUT},
    "nt": {"": _AS_INPUT},
    "io": {"": _AS_INPUT},
    "_io": {"": _AS_INPUT},
    "pathlib": {"": _AS_INPUT},
    "sys": {"": _AS_INPUT},
    "socket": {"": _AS_INPUT},
    "subprocess": {"": _AS_INPUT},
    "threading": {"": _THREADS},
    "_thread": {"": _THREADS},
    "multiprocessing": {"": _THREADS},
    "concurrent": {"": _THREADS},
    "asyncio": {"": _THREADS},
    "_contextvars": {"": _AS_INPUT},
    "contextvars": {"": _AS_INPUT},
    "numpy": dict.fromkeys(
        ("load", "fromfile", "genfromtxt", "loadtxt", "memmap", "save", "savez", "savetxt", "fromregex"),
        _AS_INPUT,
    )
    | dict.fromkeys(("seterr", "set_printoptions", "seterrcall", "setbufsize"), _THREADS),
    "enum": {"auto": _CODE},
}

# Modules whose functions write for people: they run once, while the program is captured, and the report says so.
TELLING: Final = frozenset({"warnings", "_warnings", "logging", "pprint", "traceback"})

# Methods of Python's and numpy's own objects that change them.
CHANGING: Final[Mapping[type, frozenset[str]]] = {
    list: frozenset({"append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"}),
    dict: frozenset({"clear", "pop", "popitem", "setdefault", "update", "move_to_end"}),
    set: frozenset(
        {
            "add",
            "clear",
            "difference_update",
            "discard",
            "intersection_update",
            "pop",
            "remove",
            "symmetric_difference_update",
            "update",
        }
    ),
    bytearray: frozenset({"append", "clear", "extend", "insert", "pop", "remove", "reverse"}),
}
CHANGING_ANY: Final = frozenset(
    {
        "__setitem__",
        "__delitem__",
        "__iadd__",
        "__ior__",
        "__iand__",
        "__isub__",
        "__imul__",
        "__ixor__",
        "__setattr__",
        "__delattr__",
        "__init__",
        "__next__",
        "__setstate__",
        "appendleft",
        "extendleft",
        "popleft",
        "rotate",
        "subtract",
    }
)
CHANGING_ARRAYS: Final = frozenset(
    {"fill", "itemset", "partition", "put", "resize", "setfield", "setflags", "sort", "byteswap"}
)
LEAVING_ARRAYS: Final = frozenset({"tofile", "dump", "dumps"})

# Functions that change their first argument.
CHANGING_FIRST: Final[Mapping[str, frozenset[str]]] = {
    "_operator": frozenset(
        {
            "setitem",
            "delitem",
            "iadd",
            "iand",
            "iconcat",
            "ior",
            "isub",
            "imul",
            "ixor",
            "itruediv",
            "ifloordiv",
            "imod",
            "ipow",
            "imatmul",
            "ilshift",
            "irshift",
        }
    ),
    "_bisect": frozenset({"insort", "insort_left", "insort_right"}),
    "_heapq": frozenset({"heappush", "heappop", "heapify", "heapreplace", "heappushpop"}),
    "builtins": frozenset({"setattr", "delattr", "next"}),
    "numpy": frozenset({"copyto", "put", "place", "putmask", "fill_diagonal", "put_along_axis"}),
}


def refusal(module: str, name: str = "") -> str | None:
    """The cure when `name` of `module` is refused, by it or by a module around it. Without a name: all of it."""
    while module:
        refused = REFUSED.get(module, {})
        if "" in refused or name in refused:
            return refused.get(name) or refused[""]
        module = module.rpartition(".")[0]
    return None
