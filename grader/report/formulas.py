"""MathML that was made beside hostile text, as markup that may stand in a page.

It is not trusted: only the elements and attributes listed here pass, everything else is shown as the text that it is,
and what does not nest is not shown as a formula at all.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

ELEMENTS = frozenset(
    [
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "mtext",
        "mfrac",
        "msqrt",
        "mroot",
        "msub",
        "msup",
        "msubsup",
        "munder",
        "mover",
        "munderover",
        "mtable",
        "mtr",
        "mtd",
        "mspace",
        "mpadded",
        "menclose",
        "mstyle",
        "mphantom",
    ]
)
ATTRIBUTES = {
    "display": {"block", "inline"},
    "mathvariant": {"normal"},
    "stretchy": {"true", "false"},
    "fence": {"true", "false"},
    "separator": {"true", "false"},
    "displaystyle": {"true", "false"},
    "accent": {"true", "false"},
    "movablelimits": {"true", "false"},
    "form": {"prefix", "infix", "postfix"},
}
TOKENS = frozenset(["mi", "mn", "mo", "mtext", "mspace"])
"""Elements that hold text only, or nothing."""
TAG = re.compile(r"<(/?)([a-z]+)((?: [a-z]+=\"[^\"<>&]*\")*)\s*(/?)>")
PAIR = re.compile(r" ([a-z]+)=\"([^\"<>&]*)\"")
RELATIONS = frozenset("=≤≥<>≠≈∼∝∈≔⇒+−")
"""Before these a long formula may go on in a new line, where they stand in no bracket and no fraction."""
MAX_LENGTH = 100_000
MAX_DEPTH = 200


def formula(mathml: str) -> Markup | None:
    """The formula as markup, or None if it is not well formed or too large.

    Browsers break no line within a `<math>` element, so each piece of a chain or a sum is one of its own.
    """
    if not mathml.startswith("<math") or len(mathml) > MAX_LENGTH:
        return None
    page = _Page()
    at = 0
    for tag in TAG.finditer(mathml):
        fits = page.text(mathml[at : tag.start()])
        at = tag.end()
        ends, name, attributes, alone = tag.groups()
        fits = fits and (page.close(name) if ends else page.open(name, _kept(attributes)))
        if not fits or (alone and not page.close(name)):
            return None
    return None if page.names or mathml[at:].strip() or not page.shown else Markup("".join(page.shown))


class _Page:
    """What is shown so far; `names` are the open elements, `inner` those of them that no line may be broken in."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.names: list[str] = []
        self._closed: list[bool] = []
        self._begun = False
        """Whether there is anything before the place in this piece."""

    def open(self, name: str, attributes: dict[str, str]) -> bool:
        """Opens an element; False if it may not stand here."""
        root = not self.names
        inside = self.names[-1] if self.names else ""
        if name not in ELEMENTS or root != (name == "math") or (root and self.shown) or inside in TOKENS:
            return False
        if name == "math":
            attributes = {"displaystyle": "true"}
        if name == "mo" and attributes.get("form") == "prefix" and self._closed:
            self._closed[-1] = True
        self.names.append(name)
        self._closed.append(name not in ("math", "mrow"))
        self.shown.append(
            f"<{name}{''.join(f' {key}={chr(34)}{value}{chr(34)}' for key, value in attributes.items())}>"
        )
        return len(self.names) <= MAX_DEPTH

    def close(self, name: str) -> bool:
        """Closes an element; False if it is not the last one that was opened."""
        if not self.names or self.names.pop() != name:
            return False
        self._closed.pop()
        self.shown.append(f"</{name}>")
        return True

    def text(self, text: str) -> bool:
        """Text between tags, which stands within an element or not at all (False).

        The entities that XML knows are taken back first, so that nothing is escaped twice.
        """
        if not text or not self.names:
            return not text.strip()
        plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
        if plain in RELATIONS and self._begun and self.names[-1:] == ["mo"] and not any(self._closed[:-1]):
            self._break()
        self.shown.append(str(escape(plain)))
        self._begun = self._begun or bool(plain.strip())
        return True

    def _break(self) -> None:
        """Ends this piece before the operator that was just opened, and begins the next one with it."""
        self.shown.pop()
        around = self.names[1:-1]
        ends, again = "".join(f"</{name}>" for name in reversed(around)), "".join(f"<{name}>" for name in around)
        self.shown.append(f'{ends}</math><wbr><math displaystyle="true">{again}<mo form="infix">')


def _kept(attributes: str) -> dict[str, str]:
    return {name: value for name, value in PAIR.findall(attributes) if value in ATTRIBUTES.get(name, ())}
