"""Python as markup with a few classes, so that it can be read; everything in it is escaped."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import groupby

from markupsafe import Markup, escape
from pygments.lexer import Lexer
from pygments.lexers.python import PythonLexer
from pygments.token import Token, _TokenType

from grader.report.words import block

SLUGS = (
    (Token.Comment, "c"),
    (Token.Literal.String.Doc, "c"),
    (Token.Literal.String, "s"),
    (Token.Literal.Number, "m"),
    (Token.Keyword, "k"),
    (Token.Operator.Word, "k"),
    (Token.Name.Function, "d"),
    (Token.Name.Class, "d"),
    (Token.Name.Decorator, "d"),
)
"""The class of each sort of token, of which the first that fits counts; what is of no sort has none, which is most."""
MAX_CODE = 6_100


def highlighted(text: str) -> Markup:
    """Code as markup: comments, texts, numbers, keywords and defined names in `<span>`s of one class each."""
    return Markup("").join(
        Markup('<span class="{}">{}</span>').format(slug, part) if slug else escape(part) for slug, part in _parts(text)
    )


def _parts(text: str) -> Iterator[tuple[str, str]]:
    tokens = ((_slug(kind), part) for kind, part in _lexer().get_tokens(block(text, MAX_CODE)))
    for slug, parts in groupby(tokens, key=lambda token: token[0]):
        yield slug, "".join(part for _, part in parts)


@cache
def _lexer() -> Lexer:
    return PythonLexer(stripnl=False, ensurenl=False)


@cache
def _slug(kind: _TokenType) -> str:
    return next((slug for sort, slug in SLUGS if kind in sort), "")
