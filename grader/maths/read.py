"""A formula's text → its tree: whole or not at all.

Theory of operation. Text becomes tokens (`raw`, `lex`), one look over them settles brackets, bars and differentials
(`cursor`), and a recursive descent goes through them once, without ever going back: `names` reads what has a name,
`bigs` what binds variables, `terms` everything else, and this file the row. What can't be read is never skipped: a
formula read in part would be judged for what it does not say.
"""

from __future__ import annotations

from dataclasses import replace

from grader.maths.charity import variants
from grader.maths.lex import Token, Unreadable
from grader.maths.notation import Notation
from grader.maths.raw import CHARACTERS
from grader.maths.symbols import CONDITIONS
from grader.maths.terms import Terms
from grader.maths.tree import Apply, Cases, Chain, Extremum, Node, Row, Symbol, Tuple, walk

__all__ = ["Unreadable", "read", "read_row", "readings", "unknown"]

READINGS = 6

_ASSIGNING = frozenset({"leftarrow", "gets", "longleftarrow"})
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
        self._unbracketed()
        chains: list[Chain] = []
        implied: list[bool] = []
        remarks: list[str] = []
        arrow = False
        while self.peek().kind != "end":
            token = self.peek()
            if token.kind == "arrow" and self._asks():
                remarks.append(self._mapped())
            elif token.kind in _SEPARATORS:
                self.take()
                arrow = arrow or token.kind == "arrow"
                if token.kind == "text":
                    self._remarked(token, remarks)
            elif token.kind == "dots" or self._counts_on() or self.says_in_words():
                remarks.append(self._skipped())
            elif self._maps_on():
                remarks.append(self._mapped())
            else:
                chains.append(self._law() or self._assigned(self.chain()))
                implied.append(arrow)
                arrow = False
                remarks += self.notes
                self.notes.clear()
                self._ended()
        if not chains and not remarks:
            raise Unreadable("no formula stands here", (0, len(self.text)))
        remark = " ".join(part for part in remarks if part)
        self._together(chains, implied)
        if len(chains) == 1 and (system := _system(chains[0])):
            chains, implied = system, implied * len(system)
        return Row(tuple(chains), tuple(implied), (0, len(self.text)), self.text, remark)

    def _unbracketed(self) -> None:
        """Leaves out brackets around a whole row that is a claim: `(p(z) = q(z))`."""
        end = self.match.get(0, -1)
        claims = any(t.kind == "rel" for t in self.tokens[:end]) and self.tokens[0].text == "("
        if not claims or self.tokens[end + 1].kind not in {"end", "period"} or self.commas[0] or self.bars[0]:
            return
        self.tokens[end] = self.tokens[end].turned("quad", "")
        self.at = 1

    def _together(self, chains: list[Chain], implied: list[bool]) -> None:
        """Makes one chain of `\\hat a, \\hat b = \\arg\\min_{a, b} f`: its left side are all names before the sign."""
        last = next((n for n, chain in enumerate(chains) if chain.relations), 0)
        names = [chain.sides[0] for chain in chains[:last]]
        best = chains and isinstance(chains[last].sides[-1], Extremum)
        if not names or not best or not all(isinstance(name, Symbol) for name in (*names, chains[last].sides[0])):
            return
        first = Tuple((*names, chains[last].sides[0]), span=(names[0].span[0], chains[last].sides[0].span[1]))
        chains[: last + 1] = [replace(chains[last], sides=(first, *chains[last].sides[1:]))]
        implied[: last + 1] = implied[:1]

    def _remarked(self, token: Token, remarks: list[str]) -> None:
        remarks.append(token.text)
        words = token.text.lower().replace(",", " ").split()
        if words and (words[0] in CONDITIONS or words[-1] in CONDITIONS):
            remarks.append(self._skipped(first=self.at == 1 and words[-1] == "all"))

    def _skipped(self, *, first: bool = False) -> str:
        """What belongs to a remark, up to the next separator that ends it: read past, not read.

        What stands `first`, as `\\forall x,` does, ends at a comma, for the claim is still to come.
        """
        start = self.at
        depth = 0
        while self.peek().kind != "end":
            token = self.peek()
            ends = {"quad", "arrow", ";", "period"} | ({",", ":"} if first else set())
            if depth == 0 and token.kind in ends and self.at > start:
                break
            depth += (token.kind in {"open", "{"}) - (token.kind in {"close", "}"})
            self.take()
        if self.at == start:
            return ""
        low, high = self.span(start)
        return self.text[low:high].strip()

    def _asks(self) -> bool:
        """Whether `\\to \\max_\\theta` ends a formula: what is done with it, and no claim."""
        if self.peek(1).kind != "ext":
            return False
        i = self.at + 2
        while self.tokens[i].kind in {"_", "^"}:
            i = self.match.get(i + 1, i + 1) + 1
        return self.tokens[min(i, len(self.tokens) - 1)].kind in {"end", ",", "period", "quad"}

    def _maps_on(self) -> bool:
        """Whether `f: A \\to B` begins here, which tells where a function leads and claims nothing."""
        kinds = [self.peek(i).kind for i in range(5)]
        colon = next((i for i, kind in enumerate(kinds) if kind == ":"), 0)
        return kinds[0] in {"name", "word"} and colon > 0 and any(t.kind == "arrow" for t in self.tokens[self.at :])

    def _mapped(self) -> str:
        start = self.at
        while self.peek().kind not in {"end", "quad", ";", "period", "text"}:
            self.take()
        low, high = self.span(start)
        return self.text[low:high].strip()

    def _assigned(self, chain: Chain) -> Chain:
        """`\\theta \\leftarrow …`, an instruction: both sides in one node, for they are not said to be equal."""
        if self.peek().text == "perp" and not chain.relations:
            self.take()
            other = self.chain().sides[0]
            span = (chain.span[0], other.span[1])
            return Chain((Apply("independent", (chain.sides[0], other), span=span),), (), span=span)
        if self.peek().text not in _ASSIGNING or chain.relations or self.peek().kind != "arrow":
            return chain
        self.take()
        after = self.chain()
        if after.relations:
            raise self.fail("an assignment with a relation in it is not understood; it stands", self.peek())
        span = (chain.span[0], after.span[1])
        return Chain((Apply("assign", (chain.sides[0], after.sides[0]), span=span),), (), span=span)

    def _law(self) -> Chain | None:
        """`y | x \\sim q`: what is said of y where x is given; None if that does not begin here."""
        start, i, bar = self.at, self.at, 0
        if self.peek().kind not in {"name", "word"}:
            return None
        while self.tokens[i].kind not in {"end", "quad", ";", "text", "arrow"}:
            kind, text = self.tokens[i].kind, self.tokens[i].text
            if kind in {"bar", "mid"} and not bar and i > start:
                bar = i
            elif text == "~" and bar:
                break
            elif kind == "rel" and (not bar or text != "="):
                return None
            i = self.match.get(i, i) + 1
        if not bar or self.tokens[i].text != "~":
            return None
        law = Apply("law", self.listed(start, bar), self.conditions(bar + 1, i))
        self.at = i
        rest = self.chain()
        return Chain((law, *rest.sides), rest.relations, span=self.span(start))

    def _counts_on(self) -> bool:
        """Whether `i = 1, …, n` begins here: a range of an index, and no claim that i is 1."""
        kinds = [self.peek(i).kind for i in range(5)]
        counts = kinds[:4] == ["name", "rel", "number", ","] and kinds[4] == "dots"
        return counts and self.peek(1).text in {"=", "in"}

    def _ended(self) -> None:
        if self.peek().kind not in _SEPARATORS and self.peek().kind != "end" and not self.says_in_words():
            raise self.unexpected()


def _system(chain: Chain) -> list[Chain]:
    """The equations that stand one below the other behind a brace; none if the chain is anything else."""
    node = chain.sides[0]
    if chain.relations or not isinstance(node, Cases):
        return []
    found = []
    for left, right in node.branches:
        if not isinstance(right, Chain) or not right.open:
            return []
        found.append(Chain((left, *right.sides), right.relations, span=left.span))
    return found


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
