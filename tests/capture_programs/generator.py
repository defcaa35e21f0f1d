"""Random programs: nested branches and loops with break, continue, return and checks, over tensors and Python numbers,
with helper functions, closures, structures and open sizes. They always end.

    text = program_text(seed)        # defines f(x, u, m, s, i, j, b)
    args = arguments(seed, call)     # for one call
"""

from __future__ import annotations

import random

import numpy as np

from tests.capture_programs.expressions import KINDS, Expressions

# the parameters of f and their kinds; m is a matrix of open height
_HEAD = [
    "import numpy as np",
    "",
    "import irkit",
    "from irkit import ops",
    "",
    "TOTAL = irkit.Variable(np.float32(1))",
]
_BOX = """class Box:
    def __init__(self, h, n):
        self.h, self.n = h, n

    def add(self, v):
        if v > 1:
            self.h = ops.clip(self.h + v, -50.0, 50.0)
            self.n = (self.n + 1) % 101
            return self.h
        self.h = v
        return self.n""".splitlines()
PARAMETERS = [("x", "v"), ("u", "u"), ("m", ""), ("s", "f"), ("i", "i"), ("j", "j"), ("b", "b")]


def program_text(seed: int) -> str:
    """The source of a program."""
    rng = random.Random(seed)
    writer = _Writer(rng)
    helpers = [writer.helper(n) for n in range(rng.choice([0, 1, 1, 2]))]
    functions = [_BOX, *helpers, writer.main()]
    return "\n".join([*_HEAD, *(line for lines in functions for line in ["", "", *lines])]) + "\n"


def arguments(seed: int, call: int) -> list[np.ndarray]:
    """What f is given in a call: small dyadic numbers; sizes from 1 to 4."""
    rng = np.random.default_rng((seed, call))

    def floats(*shape: int) -> np.ndarray:
        return (rng.integers(-6, 7, shape) / 2).astype(np.float32)

    x, u, m = floats(rng.integers(1, 5)), floats(3), floats(rng.integers(1, 5), 3)
    i, j = np.array(rng.integers(-4, 7), np.int64), np.array(rng.integers(-4, 7), np.int32)
    return [x, u, m, floats(), i, j, np.array(rng.random() < 0.5)]


class _Writer:
    """Writes statements; keeps which variables are defined, and how deep in loops it is."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.made = rng, 0
        self.draw = Expressions(rng, state=rng.random() < 0.3)
        self.lines: list[str] = []
        self.indent, self.loops, self.budget = 1, 0, 0
        self.breakable = False
        self.containers: list[
            tuple[str, list[tuple[str, str]]]
        ] = []  # name, and kinds and ends of what is in it
        self.result: str | tuple[str, ...] = ""

    # ---- functions

    def helper(self, number: int) -> list[str]:
        """A function outside of f, with its own branches and returns."""
        kinds = "".join(self.rng.choices(KINDS, k=self.rng.randint(1, 3)))
        kind = self.rng.choice("fvuijk".replace("v", "v" if "v" in kinds else "f"))
        kind = kind if kind in kinds or kind in "fk" else kinds[0].replace("b", "f")
        names = [f"p{n}" for n in range(len(kinds))]
        parameters = list(zip(names, kinds, strict=True))
        lines = self._function(f"h{number}", parameters, kind, self.rng.randint(1, 4))
        self.draw.helpers.append((f"h{number}", kinds, kind))
        return lines

    def main(self) -> list[str]:
        self.result = tuple(self.rng.choices(KINDS, k=self.rng.randint(1, 4)))
        return self._function("f", PARAMETERS, self.result, self.rng.randint(3, 9))

    def _function(
        self, name: str, parameters: list[tuple[str, str]], result: str | tuple[str, ...], budget: int
    ) -> list[str]:
        before = self.draw.variables
        self.draw.variables = {k: [n for n, kind in parameters if kind == k] for k in KINDS}
        self._complete(parameters)
        self.draw.matrices = [n for n, kind in parameters if not kind]
        self.containers = []
        self.lines, self.result, self.budget, self.indent = [*self.lines_of_missing], result, budget, 1
        while self.budget > 0:
            self.statement()
        self.write(f"return {self.returned()}")
        self.draw.variables = before
        return [f"def {name}({', '.join(n for n, _ in parameters)}):", *self.lines]

    def _complete(self, parameters: list[tuple[str, str]]) -> None:
        """Kinds without a parameter are made from those that there are; without a vector of open size, u is one."""
        self.lines_of_missing: list[str] = []
        have = self.draw.variables
        base = have["v"] or have["u"]
        start = f"{base[0]}.sum()" if base else have["f"][0] if have["f"] else "1.5"
        made = {"f": start, "i": f"ops.cast({start}, 'int64')", "j": f"ops.cast({start}, 'int32')"}
        made |= {"u": f"ops.stack([{start}, {start}, {start}]) * 1.0", "b": f"{start} > 1", "k": "2"}
        made["v"] = "" if have["v"] else f"ops.stack([{start}, {start}]) * 1.0"
        for kind, text in made.items():
            if text and not have[kind] and kind != "k":
                have[kind].append(f"{kind}0")
                self.lines_of_missing.append(f"    {kind}0 = {text}")

    def returned(self) -> str:
        if isinstance(self.result, str):
            return self.draw.draw(self.result, 1)
        parts = [self.draw.draw(kind, 1) for kind in self.result]
        if len(parts) % 2:
            return f"({', '.join(parts)},)"
        return "{" + ", ".join(f"'r{n}': {p}" for n, p in enumerate(parts)) + "}"

    # ---- statements

    def write(self, line: str) -> None:
        self.lines.append("    " * self.indent + line)

    def block(self, header: str, *, breakable: bool | None = None, first: str = "") -> None:
        """`header` and a few statements under it. What they define is not known afterwards."""
        self.write(header)
        if first:
            self.write(f"    {first}")
        kept = {kind: list(names) for kind, names in self.draw.variables.items()}
        before, self.indent, containers = self.breakable, self.indent + 1, list(self.containers)
        self.breakable = before if breakable is None else breakable
        start = len(self.lines)
        for _ in range(self.rng.randint(1, 3)):
            self.statement()
        if len(self.lines) == start:
            self.write("pass")
        self.draw.variables, self.breakable, self.indent = kept, before, self.indent - 1
        self.containers = containers

    def statement(self) -> None:
        self.budget -= 1
        deep = self.indent >= 4 or self.budget <= 0
        kinds = ["assign"] * 6 + ["unpack", "structure", "check", "closure", "container", "box"]
        kinds += ["alias"] if self.containers else []
        kinds += ["state"] * 2 if self.draw.state else []
        kinds += [] if deep else ["branch"] * 5 + ["loop"] * 4
        kinds += ["leave"] * 2 if self.breakable else []
        kinds += ["early"] if self.indent > 1 else []
        getattr(self, self.rng.choice(kinds))()

    def bounded(self, kind: str, text: str) -> str:
        """In loops, numbers are kept small and exact."""
        if not self.loops:
            return text
        if kind in "ijk":
            return f"({text}) % 101"
        if kind == "p":
            return f"({text}) % 8.0 - 4.0"
        return f"ops.floor(ops.clip({text}, -50.0, 50.0))" if kind in "fvu" else text

    def assign(self) -> None:
        kind = self.rng.choice(KINDS)
        names = self.draw.variables[kind]
        text = self.bounded(kind, self.draw.draw(kind))
        if names and self.rng.random() < 0.7:
            name = self.rng.choice(names)
            if kind in "fijkvup" and not self.loops and self.rng.random() < 0.3:
                self.write(f"{name} {self.rng.choice(['+=', '-='])} {self.draw.draw(kind, 1)}")
            else:
                self.write(f"{name} = {text}")
        else:
            self.define(kind, text)

    def define(self, kind: str, text: str) -> None:
        self.made += 1
        name = f"{kind}{self.made}"
        self.write(f"{name} = {text}")
        self.draw.variables[kind].append(name)

    def unpack(self) -> None:
        kind = self.rng.choice([k for k in KINDS if len(self.draw.variables[k]) > 1] or ["f"])
        a, b = (self.rng.choice(self.draw.variables[kind]) for _ in range(2))
        if a != b:
            self.write(f"{a}, {b} = {b}, {self.bounded(kind, self.draw.draw(kind, 1))}")

    def structure(self) -> None:
        """A dictionary or list that a branch changes, and that is read again."""
        self.made += 1
        kind, name = self.rng.choice("fvuik"), f"d{self.made}"
        key = self.rng.choice(["'p'", "1"])
        one, two = self.draw.draw(kind, 1), self.draw.draw(kind, 1)
        self.write(f"{name} = " + (f"{{'p': {one}, 'q': ({two}, 1)}}" if key == "'p'" else f"[{two}, {one}]"))
        if self.rng.random() < 0.7:
            self.write(f"if {self.draw.condition(1)}:")
            self.write(f"    {name}[{key}] = {self.draw.draw(kind, 1)}")
        self.define(kind, self.bounded(kind, f"{name}[{key}]"))

    def container(self) -> None:
        """A list or dictionary whose elements are variables from now on."""
        self.made += 1
        kinds, name = self.rng.choices("fvuik", k=2), f"d{self.made}"
        one, two = (self.draw.draw(kind, 1) for kind in kinds)
        in_dictionary = self.rng.random() < 0.5
        self.write(f"{name} = " + (f"{{'p': {one}, 'q': {two}}}" if in_dictionary else f"[{one}, {two}]"))
        ends = ["['p']", "['q']"] if in_dictionary else ["[0]", "[-1]"]
        self._holds(name, list(zip(kinds, ends, strict=True)))

    def box(self) -> None:
        """An object with two variables, or a call of one that there is."""
        boxes = [name for name, parts in self.containers if parts[0][1] == ".h"]
        if boxes and self.rng.random() < 0.6:
            self.write(f"{self.rng.choice(boxes)}.add({self.bounded('f', self.draw.draw('f', 1))})")
        else:
            self.made += 1
            self.write(f"o{self.made} = Box({self.draw.draw('f', 1)}, {self.draw.draw('k', 1)})")
            self._holds(f"o{self.made}", [("f", ".h"), ("k", ".n")])

    def alias(self) -> None:
        """Another name for a container; sometimes for one of two, as a condition decides."""
        self.made += 1
        name, parts = self.rng.choice(self.containers)
        alike = [other for other, others in self.containers if others == parts]
        choice = (
            f" if {self.draw.condition(1)} else {self.rng.choice(alike)}" if self.rng.random() < 0.2 else ""
        )
        self.write(f"d{self.made} = {name}{choice}")
        self._holds(f"d{self.made}", parts)

    def _holds(self, name: str, parts: list[tuple[str, str]]) -> None:
        self.containers.append((name, parts))
        for kind, end in parts:
            self.draw.variables[kind].append(name + end)

    def state(self) -> None:
        self.write(f"TOTAL.assign(ops.clip({self.draw.draw('f', 1)}, -50.0, 50.0))")

    def check(self) -> None:
        self.made += 1
        bound = f"{self.draw.draw('f', 1)} < {self.rng.choice([2, 100, 100, 100])}"
        if self.rng.random() < 0.5:
            self.write(f"assert {bound}, 'check {self.made}'")
        else:
            self.write(f"if not {bound}:")
            self.write(f"    raise ValueError('check {self.made}')")

    def closure(self) -> None:
        """A function made inside, which sees the variables around it; now and then it changes one."""
        self.made += 1
        name, kind = f"g{self.made}", self.rng.choice("fik")
        if self.rng.random() < 0.5:
            self.write(f"{name} = lambda q: q + {self.draw.draw(kind, 1)}")
        else:
            self.write(f"def {name}(q):")
            self.write(f"    if {self.draw.condition(1)}:")
            self.write(f"        return {self.draw.draw(kind, 1)}")
            self.write(f"    return q + {self.draw.draw(kind, 0)}")
        self.define(kind, self.bounded(kind, f"{name}({self.draw.draw(kind, 1)})"))

    def branch(self) -> None:
        self.block(f"if {self.draw.condition()}:")
        while self.rng.random() < 0.3:
            self.block(f"elif {self.draw.condition()}:")
        if self.rng.random() < 0.5:
            self.block("else:")

    def loop(self) -> None:
        self.loops += 1
        self.made += 1
        getattr(self, self.rng.choice(["_while", "_for_range", "_for_rows", "_for_static", "_for_size"]))(
            self.made
        )
        self.loops -= 1

    def _while(self, n: int) -> None:
        counter = f"c{n}"
        self.write(f"{counter} = 0")
        header = f"while {counter} < {self.rng.randint(1, 4)} and {self.draw.condition(1)}:"
        self.block(header, breakable=True, first=f"{counter} += 1")

    def _over(self, header: str, **names: str) -> None:
        """A for loop whose targets are known inside."""
        kept = {kind: list(known) for kind, known in self.draw.variables.items()}
        for kind, name in names.items():
            self.draw.variables[kind].append(name)
        self.block(header, breakable=True)
        self.draw.variables = kept
        if self.rng.random() < 0.2:
            self.block("else:")

    def _for_range(self, n: int) -> None:
        count = f"{self.draw.draw(self.rng.choice('ijk'), 1)} % {self.rng.randint(2, 4)}"
        first = self.rng.choice(["", "", "1, "])
        self._over(f"for k{n} in range({first}{count}):", k=f"k{n}")

    def _for_rows(self, n: int) -> None:
        rows, kind = (
            ("m", "u") if self.draw.matrices and self.rng.random() < 0.6 else (self.draw.draw("v", 0), "f")
        )
        names = {kind: f"{kind}{n}"}
        if self.rng.random() < 0.3:
            self._over(f"for k{n}, {kind}{n} in enumerate({rows}):", k=f"k{n}", **names)
        else:
            self._over(f"for {kind}{n} in {rows}:", **names)

    def _for_static(self, n: int) -> None:
        self._over(f"for k{n} in {self.rng.choice(['range(3)', '(1, -2)', '[2, 0, 5]'])}:", k=f"k{n}")

    def _for_size(self, n: int) -> None:
        self._over(f"for k{n} in range({self.draw.draw('v', 0)}.shape[0]):", k=f"k{n}")

    def leave(self) -> None:
        self.write(f"if {self.draw.condition(1)}:")
        self.write(f"    {self.rng.choice(['break', 'continue'])}")

    def early(self) -> None:
        if self.rng.random() < 0.4:
            self.write(f"if {self.draw.condition(1)}:")
            self.write(f"    return {self.returned()}")
        else:
            self.assign()
