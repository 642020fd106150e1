"""Text that was typed into a platform's own form, as written answers.

The tags are found by one regular expression that takes linear time; the parser of the standard library takes 30 s for
240 kB of opened comments, and a student may hand in a megabyte.
"""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"<(?:!--|[!/?]?[A-Za-z])[^<>]*>")
_NAME = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_EQUATION = re.compile(r'\b(?:data-equation-content="([^"]*)"|alt="LaTeX:\s*([^"]*)")')
_LINK = re.compile(r'https?://[^\s"<>]{1,300}')
_HEADING = re.compile(r"h[1-6]")
_BLOCKS = frozenset(
    {"p", "div", "ul", "ol", "table", "tr", "blockquote", "pre", "section", "article", "br", "hr", "body", "html"}
)
_SILENT = frozenset({"script", "style", "head", "title", "template"})
_SIGNS = {"li": ("\n- ", ""), "td": ("", "\t"), "th": ("", "\t"), "sup": ("^{", "}"), "sub": ("_{", "}")}
_FORM = re.compile(r"^(?:Submission Field|Comments|Files):[ \t]*$", re.MULTILINE)
_NOTHING = ("There is no student submission text data", "There are no student comments")


def html_text(source: str) -> str:
    """The text of a page, with line breaks, headings, list marks, powers and Canvas's formulas as in Markdown."""
    said: list[str] = []
    inside = ""
    at = 0
    for match in [*_TAG.finditer(source), None]:
        text = source[at : match.start() if match else len(source)]
        if inside not in _SILENT:
            said.append(_shown(text, as_it_is=inside == "pre"))
        if match is None:
            break
        at = match.end()
        name = _NAME.match(match[0])
        if name is None:
            continue
        closes, tag = bool(name[1]), name[2].lower()
        if tag in _SILENT or tag == "pre":
            inside = _after(inside, tag, closes=closes)
        if inside not in _SILENT:
            said.append(_sign(tag, match[0], closes=closes))
    lines = (line.rstrip(" \t") for line in "".join(said).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def _after(inside: str, tag: str, *, closes: bool) -> str:
    """Inside of which element a text is after a tag that opens or closes one: the first that opened counts."""
    if closes:
        return "" if inside == tag else inside
    return inside or tag


def _shown(text: str, *, as_it_is: bool) -> str:
    """Text between two tags; a line break in it is a space, as a browser shows it, unless it stands `as_it_is`."""
    plain = html.unescape(text).replace("\xa0", " ")
    return plain if as_it_is else re.sub(r"[ \t\r\n]+", " ", plain)


def _sign(tag: str, whole: str, *, closes: bool) -> str:
    """What stands in the text in place of a tag."""
    if _HEADING.fullmatch(tag):
        return "\n\n" if closes else "\n\n" + "#" * int(tag[1]) + " "
    if tag in _BLOCKS:
        return "\n\n" if tag == "p" else "\n"
    if tag in _SIGNS:
        return _SIGNS[tag][closes]
    equation = _EQUATION.search(whole) if tag == "img" else None
    return f"${html.unescape(equation[1] or equation[2] or '')}$" if equation else ""


def link_in(source: str) -> str:
    """The first link of a page, "" if there is none."""
    match = _LINK.search(source)
    return html.unescape(match[0]) if match else ""


def form_text(source: str) -> str:
    """What a student typed into Blackboard's form, out of the text file that the platform writes beside his files."""
    pieces = _FORM.split(source.replace("\r\n", "\n"))
    typed = [piece.strip() for piece in pieces[1:3] if not piece.strip().startswith(_NOTHING)]
    text = "\n\n".join(piece for piece in typed if piece)
    return html_text(text) if "<" in text else text
