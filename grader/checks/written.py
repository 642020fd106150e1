"""Kind `written`: a text that a person reads; and what all short written answers have in common."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from grader.checks.code import Code
from grader.model import Expected, Fact, Observation, Outcome, Values

MAX_ANSWER = 20_000
"""Characters of an answer that are looked at."""

REASONS = re.compile(r"\b(?:because|since|due to)\b|∵|\\because\b", re.IGNORECASE)
CONCLUSIONS = re.compile(
    r"\b(?:so|thus|hence|therefore|answer|finally)\b|∴|⇒|\\(?:therefore|Rightarrow)\b", re.IGNORECASE
)
PART = re.compile(r"\A\s*(?:[-*]\s+)?(?:\(?[a-z]\)|[a-z]\.)\s+(?=\S)")


@dataclass(frozen=True)
class Written:
    """An answer that only a person can judge. `model_answer` is shown to instructors, never to the probe."""

    model_answer: str = ""
    part: str = ""

    asks_reference: ClassVar[bool] = False
    reads_text: ClassVar[bool] = True
    searchable: ClassVar[bool] = False

    def told(self, *, reference: bool) -> dict[str, Any]:  # noqa: ARG002 - both are asked alike
        return {"part": self.part}

    @staticmethod
    def probe(code: Code, call: Mapping[str, Any], given: Values) -> Values:  # noqa: ARG004 - there are no inputs
        return {"text": np.array(code.answer(call["part"])[:MAX_ANSWER])}

    def compare(self, expected: Expected, observed: Observation) -> Outcome:  # noqa: ARG002 - nothing is compared
        text = str(observed.values.get("text", np.array("")))
        return Outcome(None, "A person reads this answer.", (Fact("answer", text),))


def claim(text: str) -> str:
    """What a text says before it gives its reason; all of it, if the reason leads to a conclusion of its own."""
    reason = REASONS.search(text)
    if reason is None or not text[: reason.start()].strip() or CONCLUSIONS.search(text, reason.end()):
        return text
    return text[: reason.start()]


def plain(text: str) -> str:
    """A text without marks of layout: LaTeX spacing and sizes, Markdown emphasis, a leading part label such as `b.`."""
    text = PART.sub("", text[:MAX_ANSWER].replace("\r", "\n"))
    text = re.sub(r"(?<![\w)*])(\*\*|__|\*|`)(?![\s*])(.+?)(?<![\s*])\1(?![\w*])", r"\2", text)
    text = re.sub(r"\\(?:left|right|[bB]igg?[lr]?|displaystyle|limits)(?![A-Za-z])", "", text)
    text = re.sub(r"\\[,;:!]|\\ |~|\\q?quad(?![A-Za-z])", lambda m: "\n" if "quad" in m.group() else " ", text)
    for command, sign in SIGNS.items():
        border = r"(?![A-Za-z])" if command.startswith("\\") else ""
        text = re.sub(re.escape(command) + border, sign, text)
    return "".join(unicodedata.normalize("NFKC", c) if c in COMPATIBLE else c for c in text)


COMPATIBLE = frozenset("𝑝𝑞𝑥𝑧𝜃𝜑𝜙ϕϑ﹣－＝（）［］，．０１２３４５６７８９")
SIGNS = {
    "\\mid": "|",
    "\\vert": "|",
    "\\lvert": "|",
    "\\rvert": "|",
    "∣": "|",
    "│": "|",
    "−": "-",
    "\u200b": "",
    "\u2060": "",
    "\ufeff": "",
    "\xa0": " ",
    "\\theta": "θ",
    "\\vartheta": "θ",
    "\\phi": "φ",
    "\\varphi": "φ",
    "\\omega": "ω",
    "\\mu": "μ",
    "\\sigma": "σ",
    "\\lambda": "λ",
    "\\alpha": "α",
    "\\beta": "β",
    "ϕ": "φ",
    "ϑ": "θ",
}
