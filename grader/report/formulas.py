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
TAG = re.compile(r"<(/?)([a-z]+)((?: [a-z]+=\"[^\"<>&]*\")*)\s*(/?)>")
PAIR = re.compile(r" ([a-z]+)=\"([^\"<>&]*)\"")
MAX_LENGTH = 100_000
MAX_DEPTH = 200


def formula(mathml: str) -> Markup | None:
    """The formula as markup, or None if it is not well formed or too large."""
    if not mathml.startswith("<math") or len(mathml) > MAX_LENGTH:
        return None
    shown: list[str] = []
    open_: list[str] = []
    at = 0
    for tag in TAG.finditer(mathml):
        shown.append(_text(mathml[at : tag.start()]))
        at = tag.end()
        ends, name, attributes, alone = tag.groups()
        if name not in ELEMENTS or len(open_) > MAX_DEPTH:
            return None
        if ends:
            if not open_ or open_.pop() != name:
                return None
            shown.append(f"</{name}>")
        else:
            shown.append(f"<{name}{_kept(attributes)}>")
            if alone:
                shown.append(f"</{name}>")
            else:
                open_.append(name)
    shown.append(_text(mathml[at:]))
    return None if open_ else Markup("".join(shown))


def _text(text: str) -> str:
    """Text between tags: the entities that XML knows are taken back first, so that nothing is escaped twice."""
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    return str(escape(plain))


def _kept(attributes: str) -> str:
    pairs = [(name, value) for name, value in PAIR.findall(attributes) if value in ATTRIBUTES.get(name, ())]
    return "".join(f' {name}="{value}"' for name, value in pairs)
