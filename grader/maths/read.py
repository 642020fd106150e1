"""A formula's text → its tree: whole or not at all.

Theory of operation. Text becomes tokens (`raw`, `lex`), one look over them settles brackets, bars and differentials
(`cursor`), and a recursive descent goes through them once, without ever going back: `names` reads what has a name,
`bigs` what binds variables, `terms` everything else, and this file the row. What can't be read is never skipped: a
formula read in part would be judged for what it does not say.
"""

from __future__ import annotations

from grader.maths.charity import variants
from grader.maths.lex import Token, Unreadable
from grader.maths.notation import Notation
from grader.maths.raw import CHARACTERS
from grader.maths.symbols import CONDITIONS
from grader.maths.terms import Terms
from grader.maths.tree import Apply, Chain, Node, Row, Symbol, walk

__all__ = ["Unreadable", "read", "read_row", "readings", "unknown"]

READINGS = 6

_SEPARATORS = frozenset({",", ";", "quad", "period", "text", "arrow", ":"})


def read(text: str, notation: Notation) -> Node:
    """The tree of one side of a formula, without relations. Raises Unreadable."""
    reader = Terms(text, notation)
    if reader.peek().kind == "end":
        raise Unreadable("the formula is empty", (0, len(text)))
    node = reader.expression()
    if reader.peek().kind != "end":
        raise reader.unexpected()
    return node


def read_row(text: str, notation: Notation) -> Row:
    """The chains of one row of a display, and the words between them. Raises Unreadable."""
    reader = _Rows(text, notation)
    if reader.peek().kind == "end":
        raise Unreadable("the formula is empty", (0, len(text)))
    return reader.row()


def readings(text: str, notation: Notation, *, always: bool = False) -> list[tuple[Row, str]]:
    """The ways to read a row, at most six, each with what was changed for it ("" for the plain reading, the first).

    Charitable ones are for the noise of scans; there are none if the plain reading knows every name, unless `always`.
    Raises Unreadable, with the plain reading's reason, if there is no way at all.
    """
    found: list[tuple[Row, str]] = []
    reason: Unreadable | None = None
    strange: list[str] = []
    try:
        found.append((read_row(text, notation), ""))
        strange = unknown(found[0][0])
        if not strange and not always:
            return found
    except Unreadable as exception:
        reason = exception
    if len(text) <= CHARACTERS:
        found += _charitable(text, notation, strange, [row for row, _ in found])
    if not found and reason is not None:
        raise reason
    return found[:READINGS]


def _charitable(text: str, notation: Notation, strange: list[str], plain: list[Row]) -> list[tuple[Row, str]]:
    """Readings of changed texts, all different; beside a plain one, those that know more names than it."""
    found: list[tuple[Row, str]] = []
    for tried, (changed, said) in enumerate(variants(text, notation, strange)):
        if len(found) == READINGS - 1 or tried == 3 * READINGS:
            break
        try:
            row = read_row(changed, notation)
        except Unreadable:
            continue
        better = not strange or len(unknown(row)) < len(strange)
        if better and all(row.chains != other.chains for other in (*plain, *(one for one, _ in found))):
            found.append((row, said))
    return found


class _Rows(Terms):
    """Reads a whole row."""

    def row(self) -> Row:
        """All chains to the end of the text."""
        chains: list[Chain] = []
        implied: list[bool] = []
        remarks: list[str] = []
        arrow = False
        while self.peek().kind != "end":
            token = self.peek()
            if token.kind in _SEPARATORS:
                self.take()
                arrow = arrow or token.kind == "arrow"
                if token.kind == "text":
                    self._remarked(token, remarks)
            elif token.kind == "dots" or self._counts_on():
                remarks.append(self._skipped())
            else:
                chains.append(self.chain())
                implied.append(arrow)
                arrow = False
                self._ended()
        if not chains and not remarks:
            raise Unreadable("no formula stands here", (0, len(self.text)))
        remark = " ".join(part for part in remarks if part)
        return Row(tuple(chains), tuple(implied), (0, len(self.text)), self.text, remark)

    def _remarked(self, token: Token, remarks: list[str]) -> None:
        remarks.append(token.text)
        words = token.text.lower().replace(",", " ").split()
        if words and (words[0] in CONDITIONS or words[-1] in CONDITIONS):
            remarks.append(self._skipped())

    def _skipped(self) -> str:
        """What belongs to a remark, up to the next separator that ends it: read past, not read."""
        start = self.at
        depth = 0
        while self.peek().kind != "end":
            token = self.peek()
            if depth == 0 and token.kind in {"quad", "arrow", ";", "period"} and self.at > start:
                break
            depth += (token.kind in {"open", "{"}) - (token.kind in {"close", "}"})
            self.take()
        if self.at == start:
            return ""
        low, high = self.span(start)
        return self.text[low:high].strip()

    def _counts_on(self) -> bool:
        """Whether `i = 1, …, n` begins here: a range of an index, and no claim that i is 1."""
        kinds = [self.peek(i).kind for i in range(5)]
        counts = kinds[:4] == ["name", "rel", "number", ","] and kinds[4] == "dots"
        return counts and self.peek(1).text in {"=", "in"}

    def _ended(self) -> None:
        if self.peek().kind not in _SEPARATORS and self.peek().kind != "end":
            raise self.unexpected()


def unknown(row: Row) -> list[str]:
    """The names in a row that the notation does not declare, each once, in order."""
    found: dict[str, None] = {}
    for chain in row.chains:
        for node in walk(chain):
            if isinstance(node, Symbol) and not node.known:
                found[node.name] = None
            elif isinstance(node, Apply) and not node.known:
                found[node.function] = None
    return list(found)
