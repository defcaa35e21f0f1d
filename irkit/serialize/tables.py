"""The tables of the IR section: names and types stand there once, and everything else refers to them by number."""

from __future__ import annotations

from collections.abc import Sequence

from irkit._generated import irkit_pb2 as pb
from irkit.errors import FormatError, LimitError, UnsupportedError
from irkit.ir import Dim, DType, OptionalType, SequenceType, TensorType, Type, dim_text, limits
from irkit.ir.types import symbols_of

LAST_DTYPE = DType.float8e8m0  # in this version of the format
_SURELY_SHORT = limits.NAME_BYTES // 4  # characters that fit, whatever they are
_MAX_TYPE_DEPTH = 8  # of sequences and optionals within each other


class StringTable:
    """Names in order of first use; number 0 is ""."""

    def __init__(self, message: pb.Model) -> None:
        self._numbers = {"": 0}
        self._message = message.strings
        self._message.append("")

    def __getitem__(self, name: str) -> int:
        """The number of `name`. Raises LimitError when it is too long."""
        number = self._numbers.get(name)
        if number is None:
            checked_name(name)
            number = self._numbers[name] = len(self._numbers)
            self._message.append(name)
        return number


def checked_name(name: str) -> str:
    """`name`, when a file may hold it. Raises LimitError."""
    if len(name) > _SURELY_SHORT and len(name.encode()) > limits.NAME_BYTES:
        raise LimitError(f"The name '{name[:60]}…' has more than {limits.NAME_BYTES} bytes.")
    return name


class TypeTable:
    """Distinct types in order of first use."""

    def __init__(self, message: pb.Model) -> None:
        self._numbers: dict[Type, int] = {}
        self._by_identity: dict[int, int] = {}  # the same type object stands at many values; saves hashing
        self._kept: list[Type] = []  # so that no identity is given out twice
        self._message = message.types

    def __getitem__(self, type_: Type) -> int:
        number = self._by_identity.get(id(type_))
        if number is None:
            number = self._numbers.get(type_)
            if number is None:
                number = self._numbers[type_] = len(self._numbers)
                write_type(type_, self._message.add())
            self._by_identity[id(type_)] = number
            self._kept.append(type_)
        return number


def write_type(type_: Type, message: pb.Type) -> None:
    """Raises LimitError for a size that cannot be written, UnsupportedError for such an element type."""
    while not isinstance(type_, TensorType):
        message.kind = pb.Type.SEQUENCE if isinstance(type_, SequenceType) else pb.Type.OPTIONAL
        type_, message = type_.element, message.element
    if type_.dtype > LAST_DTYPE:
        raise UnsupportedError(f"A file cannot hold {type_}: its elements are too new.")
    message.dtype = type_.dtype
    message.has_rank = type_.shape is not None
    for size in type_.shape or ():
        write_dim(size, message.dims.add())


def write_dim(size: Dim, message: pb.Dim) -> None:
    """Raises LimitError for a size that could not be read back."""
    if isinstance(size, int):
        if not 0 <= size <= limits.SIZE:
            raise LimitError(f"A size of {size} cannot be written: sizes are 0 to {limits.SIZE}.")
        message.size = size
        return
    text = str(size)
    try:
        agrees = dim_text.parse(text) == size
    except FormatError:
        agrees = False
    if not agrees:
        raise LimitError(f"The size {text[:200]} is too intricate for a file.")
    message.expression = text


# ---- reading


def read_strings(message: pb.Model) -> list[str]:
    """The names. Raises FormatError or LimitError."""
    strings = list(message.strings)
    if not strings or strings[0]:
        raise FormatError("string 0 must be empty.")
    if len(strings) > limits.STRINGS:
        raise LimitError(f"{len(strings):,} strings; at most {limits.STRINGS:,} are allowed.")
    if len(set(strings)) != len(strings):
        raise FormatError("a string stands twice in the table.")
    for name in strings:
        checked_name(name)
    return strings


def read_types(message: pb.Model) -> list[Type]:
    """The types. Raises FormatError or LimitError."""
    types = [read_type(m, f"type {i}") for i, m in enumerate(message.types)]
    if len(set(types)) != len(types):
        raise FormatError("a type stands twice in the table.")
    if len(all_symbols(types)) > limits.SYMBOLS:
        raise LimitError(f"More than {limits.SYMBOLS:,} symbolic sizes.")
    return types


def all_symbols(types: Sequence[Type]) -> dict[str, None]:
    """Names of the symbolic sizes in `types`."""
    found: dict[str, None] = {}
    for type_ in types:
        found.update(symbols_of(type_))
    return found


def read_type(message: pb.Type, at: str) -> Type:
    """A type; at: what it is called in errors. Raises FormatError or LimitError."""
    holders: list[type[SequenceType | OptionalType]] = []
    while message.kind != pb.Type.TENSOR:
        if message.kind not in (pb.Type.SEQUENCE, pb.Type.OPTIONAL) or message.dtype or message.dims:
            raise FormatError(f"{at} is of an unknown kind.")
        if len(holders) == _MAX_TYPE_DEPTH:
            raise LimitError(f"{at} is nested more than {_MAX_TYPE_DEPTH} deep.")
        holders.append(SequenceType if message.kind == pb.Type.SEQUENCE else OptionalType)
        message = message.element
    result: Type = _read_tensor_type(message, at)
    for holder in reversed(holders):
        result = holder(result)
    return result


def _read_tensor_type(message: pb.Type, at: str) -> TensorType:
    if len(message.dims) > limits.RANK:
        raise LimitError(f"{at} has rank {len(message.dims)}; at most {limits.RANK} is allowed.")
    if message.HasField("element") or (message.dims and not message.has_rank):
        raise FormatError(f"{at} contradicts itself.")
    shape = tuple(read_dim(d, at) for d in message.dims) if message.has_rank else None
    return TensorType(read_dtype(message.dtype, at), shape)


def read_dtype(number: int, at: str) -> DType:
    """The element type with this number. Raises FormatError."""
    if not DType.float32 <= number <= LAST_DTYPE:
        raise FormatError(f"{at}: there is no dtype {number}.")
    return DType(number)


def read_dim(message: pb.Dim, at: str) -> Dim:
    """A size, which must be written in its canonical form. Raises FormatError or LimitError."""
    form = message.WhichOneof("value")
    if form is None:
        raise FormatError(f"{at}: a size is missing.")
    if form == "size":
        if message.size > limits.SIZE:
            raise LimitError(f"{at}: the size {message.size} is larger than the format allows.")
        return message.size
    size = dim_text.parse(message.expression)
    if isinstance(size, int) or str(size) != message.expression:
        raise FormatError(f"{at}: the size {message.expression!r} should be written {str(size)!r}.")
    return size
