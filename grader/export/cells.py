"""A table as text whose cells know where they stand, so that single ones can be replaced and all else stays as it is.

Cells are told apart as Python's own csv module does: a quotation mark counts only at the beginning of a cell, two of
them in a quoted cell are one, and CR, LF and CRLF all end a row.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.model import UsageError

MAX_BYTES = 16 << 20
MAX_CELLS = 1_000_000

DELIMITERS = ",;\t|"
BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of spreadsheet programs begin."""
SEPARATOR = re.compile(r"sep=(.)(?:\r\n|\r|\n)", re.IGNORECASE)
"""A first line by which Excel is told the delimiter."""

Span = tuple[int, int]


@dataclass(frozen=True)
class Sheet:
    """A table as it was read. `rows` are the places of the cells in `text`; `bom` stands before it in the file."""

    text: str
    codec: str
    bom: bytes
    delimiter: str
    rows: tuple[tuple[Span, ...], ...]

    def at(self, row: int, column: int) -> str:
        """What a cell says, "" where the row is too short to have it."""
        if column >= len(self.rows[row]):
            return ""
        raw = self.text[slice(*self.rows[row][column])]
        quoted = _cell(self.delimiter)[0].fullmatch(raw)
        return quoted[1].replace('""', '"') + quoted[2] if quoted else raw

    def values(self, row: int) -> list[str]:
        """What the cells of a row say."""
        return [self.at(row, column) for column in range(len(self.rows[row]))]

    def replaced(self, cells: Mapping[tuple[int, int], str]) -> bytes:
        """The file with other texts in the cells (row, column); a row that is too short gets the cells it lacks."""
        parts, done = [], 0
        for (row, column), value in sorted(cells.items()):
            spans = self.rows[row]
            missing = max(0, column + 1 - len(spans))
            start, end = (spans[-1][1],) * 2 if missing else spans[column]
            quoted = self.text.startswith('"', start) and start < end
            parts += [self.text[done:start], self.delimiter * missing, self._written(value, quoted=quoted)]
            done = end
        return self.bom + "".join([*parts, self.text[done:]]).encode(self.codec)

    def _written(self, value: str, *, quoted: bool) -> str:
        if quoted or any(sign in value for sign in (self.delimiter, '"', "\r", "\n")):
            return '"' + value.replace('"', '""') + '"'
        return value


def read_sheet(path: Path) -> Sheet:
    """The table of a CSV file, in whatever encoding and with whatever delimiter. Raises `UsageError`."""
    if not path.is_file():
        raise UsageError(f"{path} {'is not a file' if path.exists() else 'does not exist'}")
    if path.stat().st_size > MAX_BYTES:
        raise UsageError(f"{path} has {path.stat().st_size:,} bytes; a worksheet may have {MAX_BYTES:,}")
    data = path.read_bytes()
    if data.startswith(SPREADSHEETS):
        raise UsageError(f"{path} is a file of a spreadsheet program; download the worksheet as CSV")
    bom, codec, text = _decoded(data, path)
    if not text.strip() or "\0" in text:
        raise UsageError(f"{path} holds no table of text; download the worksheet as CSV")
    told = SEPARATOR.match(text)
    start = told.end() if told else 0
    delimiter = told[1] if told else max(DELIMITERS, key=lambda sign: len(_header(text, start, sign)))
    return Sheet(text, codec, bom, delimiter, _rows(text, start, delimiter, path))


def _decoded(data: bytes, path: Path) -> tuple[bytes, str, str]:
    """The byte-order mark, an encoding that gives back the same bytes, and the text."""
    for bom, codec in BOMS:
        if data.startswith(bom):
            try:
                return bom, codec, data[len(bom) :].decode(codec)
            except UnicodeDecodeError:
                raise UsageError(f"{path} begins like {codec.upper()} and is not; download it again") from None
    for codec in ("utf-8", "cp1252"):
        try:
            return b"", codec, data.decode(codec)
        except UnicodeDecodeError:
            continue
    return b"", "latin-1", data.decode("latin-1")


@functools.cache
def _cell(delimiter: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The patterns of a quoted cell, with what stands in the quotes and after them, and of one that is not quoted."""
    plain = f"[^{re.escape(delimiter)}\r\n]*"
    return re.compile(f'"((?:[^"]|"")*+)"({plain})'), re.compile(f'(?!"){plain}')


def _header(text: str, start: int, delimiter: str) -> tuple[Span, ...]:
    """The cells of the first row, none if it can't be read with this delimiter."""
    return _row(text, start, _cell(delimiter), delimiter) or ()


def _row(
    text: str, start: int, cell: tuple[re.Pattern[str], re.Pattern[str]], delimiter: str
) -> tuple[Span, ...] | None:
    """The cells of the row that begins at `start`; None if a quotation mark in it is never closed."""
    spans = []
    while True:
        found = cell[0].match(text, start) or cell[1].match(text, start)
        if found is None:
            return None
        spans.append(found.span())
        if not text.startswith(delimiter, found.end()):
            return tuple(spans)
        start = found.end() + 1


def _rows(text: str, start: int, delimiter: str, path: Path) -> tuple[tuple[Span, ...], ...]:
    cell, rows, count = _cell(delimiter), [], 0
    while start < len(text):
        row = _row(text, start, cell, delimiter)
        if row is None:
            line = len(re.findall(r"\r\n|\r|\n", text[:start])) + 1
            raise UsageError(f"{path}:{line}: a quotation mark is opened in this row and never closed")
        rows.append(row)
        count += len(row)
        if count > MAX_CELLS:
            raise UsageError(f"{path} has more than {MAX_CELLS:,} cells")
        end = row[-1][1]
        start = end + (2 if text.startswith("\r\n", end) else 1)
    return tuple(rows)
