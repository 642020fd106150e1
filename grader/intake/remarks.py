"""What a person should know about how written answers were read: sentences for the student and the instructor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.intake.segments import Segment

MAX_REMARKS = 20


def remarks(found: Sequence[Segment]) -> tuple[str, ...]:
    """A sentence for every heading that was not taken at its word, and for every text that belongs to no part."""
    said = [*_readings(found), *_left_over(found)]
    more = len(said) - MAX_REMARKS
    return (*said[:MAX_REMARKS], *([f"and {more:,} more remarks about the parts of the answers"] if more > 0 else []))


def _readings(found: Sequence[Segment]) -> Iterator[str]:
    """A sentence for each heading that was not taken at its word."""
    lists: dict[str, list[str]] = {}
    seen: set[str] = set()
    last = ""
    for piece in found:
        if piece.why == "unlettered":
            lists.setdefault(piece.part.rpartition(".")[0], []).append(piece.part)
        elif piece.why and (piece.label or piece.why == "content"):
            yield _reading(piece, last)
        elif piece.part in seen and piece.part != last:
            yield f"{piece.part} is headed more than once, and all of it was read as one answer"
        seen |= {piece.part} - {""}
        last = piece.part or last
    for above, names in lists.items():
        where = f" under {above}" if above else ""
        yield (
            f"a list of {len(names)} items{where} has no letters, and its items were read as {names[0]} to "
            f"{names[-1]} in their order"
        )


def _reading(piece: Segment, last: str) -> str:
    if piece.why == "content":
        what = f"the answer that is headed {piece.label}" if piece.label else "a text that has no heading"
        return f"{what} contains the answer to {piece.part}, and was read as {piece.part}"
    if piece.why == "unknown":
        return f"{piece.label} is no part of this homework, and what is written there belongs to no part"
    name = piece.part or piece.above
    if piece.why == "lost":
        where = f"stands after {last}" if last else "has no question above it"
        return f"the answer that is headed {piece.label} {where}, and was read as {name}"
    return (
        f"the answer that is headed {piece.label} {piece.why} stands where {name} is expected, and was read as {name}"
    )


def _left_over(found: Sequence[Segment]) -> Iterator[str]:
    """A sentence for what was written and belongs to no part."""
    if not any(piece.part for piece in found):
        if any(piece.text.strip() for piece in found):
            yield f"no heading of a part was found in the written answers: {_beginning(found[0].text)}"
        return
    for piece in found:
        if piece.part or piece.quiet or piece.why == "unknown" or not piece.text.strip():
            continue
        where = f"under {piece.above}, and under none of its parts" if piece.above else "above the first part"
        yield f"a text stands {where}; it was not read as an answer: {_beginning(piece.text)}"


def _beginning(text: str) -> str:
    flat = " ".join(text[:400].split())
    return f"“{flat[:80].rstrip()}…”" if len(flat) > 80 or len(text) > 400 else f"“{flat}”"
