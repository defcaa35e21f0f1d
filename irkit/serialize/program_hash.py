"""The one fact that Python reads from a PROGRAM section: which IR it was made from."""

from __future__ import annotations

import struct

from irkit.errors import FormatError

_IDENTIFIER = b"IRKP"


def ir_hash_of(program: memoryview, start: int = 0) -> int:
    """`Program.ir_hash`, its first field. start: where the section begins in the file. Raises FormatError.

    A FlatBuffer begins with the offset of its root table; a table begins with the distance back to its vtable, whose
    third number is the place of the first field in the table, 0 where the field is left out.
    """
    try:
        root, identifier = struct.unpack_from("<I4s", program)
        if identifier != _IDENTIFIER:
            raise FormatError(
                f"Byte {start + 4}: section PROGRAM must say {_IDENTIFIER!r}, not {identifier!r}."
            )
        vtable = root - struct.unpack_from("<i", program, root)[0]
        if vtable < 0:
            raise struct.error("a vtable before the beginning")
        size = struct.unpack_from("<H", program, vtable)[0]
        place = struct.unpack_from("<H", program, vtable + 4)[0] if size >= 6 else 0
        found: int = struct.unpack_from("<Q", program, root + place)[0] if place else 0
    except struct.error as error:
        raise FormatError(f"Byte {start}: section PROGRAM is no FlatBuffer ({error}).") from None
    return found
