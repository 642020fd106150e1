"""Kind `choice`: one of a few options, named in a written answer.

Reading is cautious: an answer that mentions two options, or denies one, is left to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from grader.checks.code import Code, Unread
from grader.checks.written import claim, plain
from grader.model import Expected, Observation, Outcome, Values

TOKEN = re.compile(r"\d+(?:\.\d+)?|[a-z]+|[^\W\d_]|[^\s\w]")
DENIALS = ("not", "no", "never", "neither", "nor", "cannot", "≠", "wrong", "incorrect", "untrue", "unlike", "except")
VERBS = ("is", "are", "was", "be", "can", "could", "should", "would", "does", "must", "seems")
DROPPED = frozenset("_{}$\\\"'“”‘’`*")


@dataclass(frozen=True)
class Choice:
    """One of `options` (label → ways to write it) is chosen. A label is read as `(3)`, `3.` or `option 3`.

    `told` carries the options only: the process that reads the text does not know which is right.
    """

    options: dict[str, tuple[str, ...]]
    answer: str
    part: str = ""

    def __post_init__(self) -> None:
        if self.answer not in self.options:
            raise ValueError(f"answer {self.answer!r} is none of the options {', '.join(map(repr, self.options))}")
        owners: dict[tuple[str, ...], str] = {}
        for label, texts in self.options.items():
            for text in texts:
                if not (read := _tokens(text)):
                    raise ValueError(f"option {label!r} has the empty text {text!r}")
                if owners.setdefault(read, label) != label:
                    raise ValueError(f"options {owners[read]!r} and {label!r} both have the text {text!r}")

    asks_reference: ClassVar[bool] = False
    reads_text: ClassVar[bool] = True
    searchable: ClassVar[bool] = False

    def told(self, *, reference: bool) -> dict[str, Any]:  # noqa: ARG002 - both are asked alike
        return {"options": {label: list(texts) for label, texts in self.options.items()}, "part": self.part}

    @staticmethod
    def probe(code: Code, call: Mapping[str, Any], given: Values) -> Values:  # noqa: ARG004 - there are no inputs
        return {"chosen": np.array(chosen(code.answer(call["part"]), call["options"]))}

    def compare(self, expected: Expected, observed: Observation) -> Outcome:  # noqa: ARG002 - the answer is in the rubric
        label = str(observed.values.get("chosen", np.array("")))
        if label == self.answer:
            return Outcome(1.0, f"{self._named(label)} is right")
        if label not in self.options:
            return Outcome(0.0, "the chosen option is not one of those offered", (), "no_option")
        return Outcome(0.0, f"{self._named(label)} was chosen, which is not right", (), f"chose_{label}")

    def _named(self, label: str) -> str:
        return f"option ({label})" if len(label) == 1 or label.isdigit() else f"“{label}”"


def chosen(text: str, options: Mapping[str, list[str] | tuple[str, ...]]) -> str:
    """The label of the one option that a text mentions. Raises `Unread` if there is none, or more than one."""
    stated = _mentioned(claim(text), options) or _mentioned(text, options)
    if not stated:
        raise Unread("none of the options was recognised in the answer")
    if len(stated) > 1:
        raise Unread(f"the answer mentions more than one option: {', '.join(stated)}")
    return stated[0]


def _mentioned(text: str, options: Mapping[str, list[str] | tuple[str, ...]]) -> list[str]:
    """The labels that a text mentions, in the order of the options."""
    cleaned = _cleaned(text)
    tokens = _tokens(text)
    found: dict[str, None] = dict.fromkeys(_labelled(cleaned, options))
    taken = [False] * len(tokens)
    # The longest texts first, and each token only once: "not differentiable" is no mention of "differentiable".
    texts = [(_tokens(way), label) for label, ways in options.items() for way in (*ways, *_as_text(label))]
    for wanted, label in sorted(texts, key=lambda pair: -len(pair[0])):
        for start in _occurrences(tokens, wanted):
            here = range(start, start + len(wanted))
            if any(taken[k] for k in here):
                continue
            for k in here:
                taken[k] = True
            if _denied(tokens[:start], tokens[here.stop :]):
                raise Unread(f"the answer mentions option {label} together with a denial")
            found[label] = None
    return [label for label in options if label in found]


def _cleaned(text: str) -> str:
    text = re.sub(r"\\(?:text|mathrm|textbf|mathbf|boxed|operatorname|textit|mathit|rm)(?![A-Za-z])", " ", plain(text))
    text = re.sub(r"\\neq?(?![A-Za-z])|!=", "≠", text.lower())
    text = re.sub(r"n['’]t\b", " not", text)
    # A circled digit is a label.
    return re.sub("[①-⑨]", lambda m: f"({ord(m.group()) - ord('①') + 1})", text)


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(t for t in TOKEN.findall(_cleaned(text)) if t not in DROPPED)


def _as_text(label: str) -> tuple[str, ...]:
    """A label that is a word, such as `true`, is its own text."""
    return (label,) if len(label) > 1 and label.isalpha() else ()


def _occurrences(tokens: tuple[str, ...], wanted: tuple[str, ...]) -> Iterator[int]:
    return (k for k in range(len(tokens) - len(wanted) + 1) if tokens[k : k + len(wanted)] == wanted)


def _denied(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """Whether a denial stands before a mention in the same sentence, or with the verb that follows it."""
    if after[:1] and after[0] in VERBS and any(token in DENIALS for token in after[1:3]):
        return True
    for token in reversed(before):
        if token in (".", ";", ":", "?", "!"):
            return False
        if token in DENIALS:
            return True
    return False


def _labelled(text: str, options: Mapping[str, Any]) -> Iterator[str]:
    """Labels that stand as labels: `(3)` but not f(3), `3.` or `3)` first in a line, `option 3`, or `3` alone."""
    bare = text.replace("$", "").strip(" \n.()[]{}\\*:")
    for label in options:
        written = re.escape(label.lower())
        # "The answer is a …" names no option a; a digit needs no such care.
        end = r"(?![.]?\d)" if label.isdigit() else r"(?=\s*(?:[)\].,;:\n]|\Z))"
        forms = (
            rf"(?<![\w)}}\]])\s*[(\[]\s*{written}\s*[)\]]",
            rf"(?:^|\n)\s*\$?{written}\s*(?:[.:](?!\d)|\))",
            rf"\b(?:option|answer|choice|number|no\.?|statement|alternative|case)\s*(?:is|=|:)?\s*[(\[]?{written}\b{end}",
            rf"\b(?:is|be|choose|chose|pick|select|take)\s+\$?{written}\b{end}(?=\s*(?:[$).,;:\n]|\Z))",
        )
        for form in forms:
            for match in re.finditer(form, text):
                # A name just before a bracket, as in f (3), makes it an argument; a verb does not.
                if match.group().lstrip()[:1] in "([" and re.search(r"(?<!\w)[b-zα-ω]\s*\Z", text[: match.start()]):
                    continue
                if _denied(tuple(TOKEN.findall(text[: match.start()])), tuple(TOKEN.findall(text[match.end() :])[:3])):
                    raise Unread(f"the answer mentions option {label} together with a denial")
                yield label
        if bare == label.lower():
            yield label
