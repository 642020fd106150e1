"""Arrays through the wall: one frame format, bounded before anything is allocated.

A frame is

    magic 4 bytes | header length u32 | blob length u64 | header (JSON, UTF-8) | blob

The header is `{"id": int, "tag": str, "call": {…}, "text": {name: str}, "arrays": [[name, dtype, shape], …]}`; the
arrays lie in the blob one behind the other and must fill it exactly. No pickle, no objects, no references.
Whoever reads a frame believes nothing in it: every length is checked against a bound first, names and dtypes
against a whitelist, and the first thing that is off raises `MalformedFrame`.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from grader.model import GradeboundError, Values

MAGIC = b"GBD1"
PREFIX = struct.Struct("<4sIQ")
MAX_HEADER = 1 << 20
MAX_ARRAYS = 8192
MAX_NAME = 200
MAX_TEXT = 1 << 16
MAX_DIMENSIONS = 16
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn")

DTYPES = {
    name: np.dtype(name)
    for name in [
        "float16",
        "float32",
        "float64",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "complex64",
        "complex128",
        "bool",
    ]
}


class MalformedFrame(GradeboundError):  # noqa: N818 - it names what is wrong, like the statuses
    """The bytes are not a frame, or exceed a bound."""


@dataclass(frozen=True)
class Frame:
    """One message: which request it belongs to, what it is, and what it carries."""

    id: int
    tag: str
    values: Values = field(default_factory=dict)
    call: Mapping[str, Any] = field(default_factory=dict)


def encode(frame: Frame) -> bytes:
    """The bytes of a frame. Raises `MalformedFrame` for a value that may not cross."""
    arrays: list[tuple[str, str, list[int]]] = []
    text: dict[str, str] = {}
    blobs: list[bytes] = []
    for name, array in frame.values.items():
        if array.dtype.kind == "U" and array.ndim == 0:
            text[name] = str(array)[:MAX_TEXT]
        elif array.dtype.name in DTYPES:
            arrays.append((name, array.dtype.name, list(array.shape)))
            blobs.append(np.ascontiguousarray(array).tobytes())
        else:
            raise MalformedFrame(f"{name} has dtype {array.dtype}, which may not cross the wall")
    body = {"id": frame.id, "tag": frame.tag, "call": frame.call, "text": text, "arrays": arrays}
    header = json.dumps(body, allow_nan=False, separators=(",", ":")).encode()
    if len(header) > MAX_HEADER:
        raise MalformedFrame(f"header has {len(header)} bytes, the limit is {MAX_HEADER}")
    blob = b"".join(blobs)
    return PREFIX.pack(MAGIC, len(header), len(blob)) + header + blob


def read_frame(read: Callable[[int], bytes], *, max_blob: int) -> Frame:
    """The next frame from `read(n)`, which returns exactly n bytes or raises.

    Nothing longer than the bounds is ever asked for. Raises `MalformedFrame`.
    """
    magic, header_length, blob_length = PREFIX.unpack(read(PREFIX.size))
    if magic != MAGIC:
        raise MalformedFrame("does not begin with the magic bytes")
    if header_length > MAX_HEADER:
        raise MalformedFrame(f"header of {header_length} bytes announced, the limit is {MAX_HEADER}")
    if blob_length > max_blob:
        raise MalformedFrame(f"{blob_length} bytes of arrays announced, the limit is {max_blob}")
    header = _header(read(header_length))
    return _frame(header, read(blob_length))


def decode(data: bytes, *, max_blob: int) -> Frame:
    """The frame that `data` is, from the first byte to the last."""
    view = memoryview(data)
    position = 0

    def read(n: int) -> bytes:
        nonlocal position
        if position + n > len(view):
            raise MalformedFrame("ends in the middle")
        position += n
        return bytes(view[position - n : position])

    frame = read_frame(read, max_blob=max_blob)
    if position != len(view):
        raise MalformedFrame(f"{len(view) - position} bytes left over")
    return frame


def digest(*parts: bytes | str | Values) -> str:
    """Hex SHA-256 over texts, bytes and arrays, unambiguous about where one ends and the next begins."""
    h = hashlib.sha256()
    for part in parts:
        if isinstance(part, Mapping):
            part = encode(Frame(0, "digest", {name: part[name] for name in sorted(part)}))  # noqa: PLW2901
        raw = part.encode() if isinstance(part, str) else part
        h.update(len(raw).to_bytes(8, "little"))
        h.update(raw)
    return h.hexdigest()


def printable(text: str) -> str:
    """A text without what could break whoever shows it: controls, escapes, text direction, lone surrogates."""
    if text.isascii() and text.isprintable():
        return text
    return "".join("�" if unicodedata.category(c) in HIDDEN and c not in "\n\t" else c for c in text)


def under(prefix: str, values: Values) -> dict[str, np.ndarray]:
    """The entries named `prefix/…`, with the prefix taken off."""
    return {name[len(prefix) + 1 :]: array for name, array in values.items() if name.startswith(prefix + "/")}


def beneath(prefix: str, values: Values) -> dict[str, np.ndarray]:
    """All entries, renamed to `prefix/…`."""
    return {f"{prefix}/{name}": array for name, array in values.items()}


def cases(values: Values) -> dict[str, dict[str, np.ndarray]]:
    """Values named `case/name` as one dictionary per case, in the order in which the cases first occur."""
    found: dict[str, dict[str, np.ndarray]] = {}
    for name, array in values.items():
        case, _, rest = name.partition("/")
        found.setdefault(case, {})[rest] = array
    return found


def _header(raw: bytes) -> dict[str, Any]:
    try:
        header = json.loads(raw.decode(), parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
    except (ValueError, RecursionError) as error:
        raise MalformedFrame(f"header is not JSON: {type(error).__name__}") from None
    if not isinstance(header, dict) or set(header) != {"id", "tag", "call", "text", "arrays"}:
        raise MalformedFrame("header does not have the five keys")
    whole = type(header["id"]) is int and abs(header["id"]) < 1 << 63
    if not (whole and _name(header["tag"]) and isinstance(header["call"], dict)):
        raise MalformedFrame("id, tag or call has the wrong type")
    return header


def _frame(header: dict[str, Any], blob: bytes) -> Frame:
    text, arrays = header["text"], header["arrays"]
    if not isinstance(text, dict) or not isinstance(arrays, list) or len(text) + len(arrays) > MAX_ARRAYS:
        raise MalformedFrame("text or arrays has the wrong type, or there are too many")
    values: dict[str, np.ndarray] = {}
    for name, string in text.items():
        if not (_name(name) and isinstance(string, str) and len(string) <= MAX_TEXT):
            raise MalformedFrame("a text is not a short string")
        values[name] = np.array(printable(string))
    offset = 0
    for entry in arrays:
        name, dtype, shape = _entry(entry)
        if name in values:
            raise MalformedFrame(f"{name} occurs twice")
        length = dtype.itemsize
        for size in shape:
            length *= size
        if offset + length > len(blob):
            raise MalformedFrame("arrays are longer than their bytes")
        raw = np.frombuffer(blob, np.uint8 if dtype.kind == "b" else dtype, length // dtype.itemsize, offset)
        # A byte other than 0 and 1 under dtype bool is undefined behaviour in numpy.
        array = (raw != 0 if dtype.kind == "b" else raw.copy()).reshape(shape)
        array.flags.writeable = False
        values[name] = array
        offset += length
    if offset != len(blob):
        raise MalformedFrame("arrays do not fill their bytes")
    return Frame(header["id"], header["tag"], values, header["call"])


def _entry(entry: Any) -> tuple[str, np.dtype[Any], list[int]]:
    if not (isinstance(entry, list) and len(entry) == 3):
        raise MalformedFrame("an array is not [name, dtype, shape]")
    name, dtype, shape = entry
    if not (_name(name) and isinstance(dtype, str) and dtype in DTYPES):
        raise MalformedFrame("an array has a bad name or dtype")
    if not (isinstance(shape, list) and len(shape) <= MAX_DIMENSIONS):
        raise MalformedFrame(f"{name}: shape is not a short list")
    if not all(type(size) is int and 0 <= size < 1 << 40 for size in shape):
        raise MalformedFrame(f"{name}: a size is not a number of entries")
    # Even an array of no entries can have a shape that numpy can't count.
    if math.prod(max(size, 1) for size in shape) >= 1 << 60:
        raise MalformedFrame(f"{name}: a shape beyond all bounds")
    return name, DTYPES[dtype], shape


def _name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_NAME and value.isprintable()


def _no_constant(constant: str) -> NoReturn:
    raise ValueError(constant)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found
