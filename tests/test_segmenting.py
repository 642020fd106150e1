"""Which text of a homework answers which part: from clean headings down to what a scanner made of handwriting."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from course_tools import grade, outcomes, put
from hypothesis import given, settings
from hypothesis import strategies as st
from soon import soon

from grader.checks.written import Written
from grader.intake import parts_asked, read, split_answers
from grader.intake.answers import split_all
from grader.intake.segments import segments
from grader.model import Item, Question, Rubric, Submission

HOMEWORKS = Path(__file__).parents[2] / "shared" / "homeworks"
needs_transcripts = pytest.mark.skipif(not HOMEWORKS.is_dir(), reason=f"transcripts are not at {HOMEWORKS}")

QUIZ = tuple("abcdefg")
SHEET = ("1.a", "1.b", "1.c", "2.a", "2.b", "2.c", "2.d")
LONG = (
    *(f"1.{letter}" for letter in "abcdefghij"),
    *(f"2.{name}" for name in ("a", "b", "c", "d", "e.i", "e.ii", "e.iii")),
    *(f"3.{letter}" for letter in "abcde"),
    *(f"4.{letter}" for letter in "abcdef"),
)
THEORY = (
    *("1.1", "1.2", "2.1", "2.2", "2.3.a", "2.3.b", "2.3.c", "3.1", "3.2", "4.1", "4.2", "4.3", "4.4", "5"),
    *("6.1.a", "6.1.b", "6.2.a", "6.2.b", "6.3", "7"),
)
NUMBERS = ("1", "2", "3", "4", "5")


def flat(text: str) -> str:
    return " ".join(text.split())


def placed(text: str, parts: tuple[str, ...]) -> dict[str, str]:
    return {part: flat(found) for part, found in split_answers(text, parts).parts.items()}


# --- the real transcripts


def gold(homework: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HOMEWORKS / f"{homework}.gold.jsonl").read_text().splitlines()]


def part_of(entry: dict[str, Any]) -> str:
    """The written part of a gold entry: `3.e-KL` and `3.e-W1` share 3.e."""
    return str(entry["part"]).split("-")[0]


def wanted_lines(entry: dict[str, Any]) -> list[str]:
    """What must be in the part's text, without white space and without the label that the entry may begin with."""
    lines = re.split(r"\n| / ", str(entry["student_latex"]))
    bare = [re.sub(r"^\s*(?:- )?\*?(?:[a-z]|i{1,3})\.(?:\s+|$)", "", line) for line in lines]
    return [found for found in ("".join(line.split()) for line in bare) if found]


@needs_transcripts
@pytest.mark.parametrize("homework", ["vae_gan", "vae_gan_quiz", "vae_quiz"])
def test_every_part_of_a_real_transcript_is_found(homework: str) -> None:
    entries = gold(homework)
    parts = tuple(dict.fromkeys(map(part_of, entries)))
    text = (HOMEWORKS / "transcripts" / f"{homework}.md").read_text()
    found = segments([text], parts)
    assert [piece.part for piece in found if piece.part] == list(parts)
    texts = {piece.part: "".join(piece.text.split()) for piece in found}
    for entry in entries:
        for line in wanted_lines(entry):
            assert line in texts[part_of(entry)], f"{entry['part']} lacks {line}"
            longer = len(line) > 40
            others = {part for part, other in texts.items() if longer and line in other} - {part_of(entry)}
            assert not others, f"{line} of {entry['part']} is in {others}"


@needs_transcripts
@pytest.mark.parametrize(
    ("homework", "remarks"),
    [
        (
            "vae_gan",
            ("a list of 6 items under 4 has no letters, and its items were read as 4.a to 4.f in their order",),
        ),
        ("vae_gan_quiz", ()),
        ("vae_quiz", ()),
    ],
)
def test_what_was_guessed_in_a_real_transcript_is_said(homework: str, remarks: tuple[str, ...]) -> None:
    parts = tuple(dict.fromkeys(map(part_of, gold(homework))))
    assert split_answers((HOMEWORKS / "transcripts" / f"{homework}.md").read_text(), parts).remarks == remarks


@needs_transcripts
def test_the_header_of_a_real_page_is_in_no_answer() -> None:
    found = split_answers((HOMEWORKS / "transcripts/vae_quiz.md").read_text(), QUIZ)
    assert flat(found.unplaced) == "Student B Student B"


# --- layouts


ITEMS = r"""
\documentclass{article}
\usepackage{amsmath}
\begin{document}
\section*{1}
\begin{enumerate}
\item[(a)] alpha
\item[(b)] beta
\item[(c)] gamma
\end{enumerate}
\section*{2}
\begin{enumerate}
\item[(a)] delta
\item[(b)] epsilon
\end{enumerate}
\end{document}
"""
COUNTED = r"""
\begin{enumerate}
\item \begin{enumerate}
  \item alpha
  \item beta
  \item gamma
  \end{enumerate}
\item
  \begin{enumerate}
  \item delta
  \item epsilon
  \end{enumerate}
\end{enumerate}
"""
FIVE = {"1.a": "alpha", "1.b": "beta", "1.c": "gamma", "2.a": "delta", "2.b": "epsilon"}
ABC = {"a": "alpha", "b": "beta", "c": "gamma"}


@pytest.mark.parametrize(
    ("text", "parts", "answers"),
    [
        pytest.param("# 1.a\nalpha\n# 1.b\nbeta\n# 1.c\ngamma\n# 2.a\ndelta\n# 2.b\nepsilon", SHEET, FIVE, id="headings"),
        pytest.param("# 1\n## (a)\nalpha\n## (b)\nbeta\n## (c)\ngamma\n# 2\n## (a)\ndelta\n## (b)\nepsilon", SHEET, FIVE, id="two levels"),
        pytest.param("## Problem 1\n\n**a.** alpha\n\n**b.** beta\n\n**c.** gamma\n\n## Problem 2\n\n**a.** delta\n\n**b.** epsilon", SHEET, FIVE, id="bold"),
        pytest.param("1.\n\na. alpha\n\nb. beta\n\nc. gamma\n\n2.\n\na. delta\n\nb. epsilon", SHEET, FIVE, id="bare"),
        pytest.param("1. a) alpha\n\n1. b) beta\n\n1. c) gamma\n\n2. a) delta\n\n2. b) epsilon", SHEET, FIVE, id="number and letter"),
        pytest.param("1.a) alpha\n1.b) beta\n1.c) gamma\n2.a) delta\n2.b) epsilon", SHEET, FIVE, id="no blank lines"),
        pytest.param("Problem 1 VAE\n\n* a.\n\nalpha\n\nb. beta\n\n*c. gamma\n\nProblem 2\n\na. delta\n\n*b. epsilon", SHEET, FIVE, id="stray stars"),
        pytest.param("Q1\n(a) alpha\n(b) beta\n(c) gamma\nQ2\n(a) delta\n(b) epsilon", SHEET, FIVE, id="Q1"),
        pytest.param("Exercise 1\n1(a) alpha\n\n1(b) beta\n\n1(c) gamma\n\nExercise 2\n2(a) delta\n\n2(b) epsilon", SHEET, FIVE, id="said twice"),
        pytest.param("> # 1\n> a) alpha\n> b) beta\n> c) gamma\n>\n> # 2\n> a) delta\n> b) epsilon", SHEET, {p: t + (" >" if p == "1.c" else "") for p, t in FIVE.items()}, id="quoted"),
        pytest.param("1.\n- a. alpha\n- b. beta\n- c. gamma\n\n2.\n- a. delta\n- b. epsilon", SHEET, FIVE, id="letters in bullets"),
        pytest.param("1.\n- alpha\n- beta\n- gamma\n\n2.\n- a. delta\n- b. epsilon", SHEET, FIVE, id="bullets without letters"),
        pytest.param("Problem 1\n\n1. alpha\n2. beta\n3. gamma\n\nProblem 2\n\na. delta\n\nb. epsilon", SHEET, FIVE, id="numbers for letters"),
        pytest.param(ITEMS, SHEET, FIVE, id="LaTeX items"),
        pytest.param(COUNTED, SHEET, FIVE, id="LaTeX counts"),
        pytest.param(ITEMS.replace("[(a)]", "").replace("[(b)]", "").replace("[(c)]", ""), ("1.a", "1.b", "1.c", "2.a", "2.b"), FIVE, id="LaTeX numbers for letters"),
        pytest.param(ITEMS.replace("[(a)]", "").replace("[(b)]", "").replace("[(c)]", "").replace("{enumerate}\n\\item ", "{enumerate}[label=(\\alph*)]\n\\item "), SHEET, FIVE, id="LaTeX letters"),
        pytest.param(r"\section{Problem 1}\n\subsection*{(a)}\nalpha\n\subsection*{(b)}\nbeta\n\subsection*{(c)}\ngamma\n\section{Problem 2}\n\subsection*{(a)}\ndelta\n\subsection*{(b)}\nepsilon".replace(r"\n", "\n"), SHEET, FIVE, id="LaTeX sections"),
        pytest.param("\\section*{1}\n\\textbf{(a)} alpha\n\n\\textbf{(b)} beta\n\n\\textbf{(c)} gamma\n\\section*{2}\n\\textbf{a)} delta\n\n\\noindent\\textbf{b)} epsilon", SHEET, FIVE, id="LaTeX bold"),
        pytest.param("\\paragraph{1a} alpha\n\\paragraph{1b} beta\n\\paragraph{1c} gamma\n\\paragraph{2a} delta\n\\paragraph{2b} epsilon", SHEET, FIVE, id="LaTeX paragraphs"),
        pytest.param("\\begin{enumerate}\\item[a.] alpha \\item[b.] beta \\item[c.] gamma\\end{enumerate}", QUIZ, {"a": "alpha", "b": "beta", "c": "gamma\\end{enumerate}"}, id="LaTeX on one line"),
        pytest.param("\\begin{enumerate}\n\\setcounter{enumi}{3}\n\\item delta\n\\item epsilon\n\\end{enumerate}", NUMBERS, {"4": "delta", "5": "epsilon"}, id="LaTeX counter"),
        pytest.param("(a). alpha\n\n(b). beta\n\n(c) gamma", QUIZ, ABC, id="bracket and dot"),
        pytest.param("(a): alpha\n(b): beta\n(c): gamma", QUIZ, ABC, id="bracket and colon"),
        pytest.param("a: alpha\n\nb: beta\n\nc: gamma", QUIZ, ABC, id="colon"),
        pytest.param("[a] alpha\n\n[b] beta\n\n[c] gamma", QUIZ, ABC, id="square brackets"),
        pytest.param("（a） alpha\n\n（b） beta\n\n（c） gamma", QUIZ, ABC, id="wide brackets"),
        pytest.param("A) alpha\n\nB) beta\n\nC) gamma", QUIZ, ABC, id="capitals"),
        pytest.param("Part (a): alpha\n\nPart (b): beta\n\nPart (c): gamma", QUIZ, ABC, id="words"),
        pytest.param("Solution to part a\nalpha\n\nSolution to part b\nbeta\n\nSolution to part c\ngamma", QUIZ, ABC, id="solutions"),
        pytest.param("__a)__\nalpha\n\n__b)__\nbeta\n\n__c)__\ngamma", QUIZ, ABC, id="underscores"),
        pytest.param("a)\n---\nalpha\n\nb)\n---\nbeta\n\nc)\n---\ngamma", QUIZ, ABC, id="underlined"),
        pytest.param("### c\ngamma\n\n### a\nalpha\n\n### b\nbeta", QUIZ, ABC, id="out of order"),
        pytest.param("(a) alpha\n\n(b) beta\n\n(d) delta\n\n(e) eps\n\n(c) gamma", QUIZ, ABC | {"d": "delta", "e": "eps"}, id="answered last"),
        pytest.param("(a) alpha\n\n(c) there are\n\na) one\nb) two\nc) three\n\n(d) delta", QUIZ, {"a": "alpha", "c": "there are a) one b) two c) three", "d": "delta"}, id="enumeration in prose"),
        pytest.param("(a) We use two facts:\n\n1. logs are concave\n2. weights sum to one\n\n(b) beta", QUIZ, {"a": "We use two facts: 1. logs are concave 2. weights sum to one", "b": "beta"}, id="list in a part"),
        pytest.param("Problem 1\n\na. alpha\n\nc. Two differences\n\n1. one is linear\n2. the other samples\n\nProblem 2\n\na. delta", SHEET, {"1.a": "alpha", "1.c": "Two differences 1. one is linear 2. the other samples", "2.a": "delta"}, id="list before a question"),
        pytest.param("1. a. alpha\n\nc. gamma\n\n2. a. delta\n\nb. epsilon", SHEET, {"1.a": "alpha", "1.c": "gamma", "2.a": "delta", "2.b": "epsilon"}, id="number on the first part only"),
        pytest.param("a. alpha\n\nb. beta\n\nc. gamma\n\na. delta\n\nb. epsilon", SHEET, FIVE, id="questions without headings"),
        pytest.param("1.\n\nh. eta\n\ni. iota\n\nj. kappa\n\n2.\n\nd. delta\n\ne. See below\n  - i. one\n  - ii. two\n  - iii. three\n\n3.\n\na. zeta", LONG, {"1.h": "eta", "1.i": "iota", "1.j": "kappa", "2.d": "delta", "2.e.i": "one", "2.e.ii": "two", "2.e.iii": "three", "3.a": "zeta"}, id="the letter i and the numeral"),
        pytest.param("2. d) delta\n\n2. e) i) one\n\nii) two\n\niii) three\n\n3.e) KL and W", LONG, {"2.d": "delta", "2.e.i": "one", "2.e.ii": "two", "2.e.iii": "three", "3.e": "KL and W"}, id="numerals on the line"),
        pytest.param("4.\n\n- Code\n- Code\n- Code\n- Code\n- Code\n- Epoch 10\n\nEpoch 20", LONG, {**dict.fromkeys(["4.a", "4.b", "4.c", "4.d", "4.e"], "Code"), "4.f": "Epoch 10 Epoch 20"}, id="bullets in order"),
        pytest.param("## 3.e-KL\nboth infinite\n\n## 3.e-W1\n0.5 and 1", LONG, {"3.e": "both infinite 0.5 and 1"}, id="items of one part"),
        pytest.param("Question 1\n\n1.1 alpha\n\n1.2 beta\n\nQuestion 2\n\n2.1 gamma\n\n2.3\n(a) bias\n(b) time\n(c) space", THEORY, {"1.1": "alpha", "1.2": "beta", "2.1": "gamma", "2.3.a": "bias", "2.3.b": "time", "2.3.c": "space"}, id="theory"),
        pytest.param("Question 5 (10 points).\n\nfive\n\nQuestion 6 (5-5-6).\n\n*1.\n\n(a) conj\n\n(b) sup\n\n*2.\n\n(a) norm\n\n(b) bound\n\n*3. greater\n\nQuestion 7.\n\nlog 2", THEORY, {"5": "five", "6.1.a": "conj", "6.1.b": "sup", "6.2.a": "norm", "6.2.b": "bound", "6.3": "greater", "7": "log 2"}, id="stars and points"),
        pytest.param("Question 4\n\n1. 11, 12\n2. 13, 14\n3. 15\n4. 21\n\nQuestion 5\n\nfive", THEORY, {"4.1": "11, 12", "4.2": "13, 14", "4.3": "15", "4.4": "21", "5": "five"}, id="numbers under a number"),
        pytest.param("1. one\n2. two\n3. three", NUMBERS, {"1": "one", "2": "two", "3": "three"}, id="numbers"),
        pytest.param("1) one\n\nsince\n1. x\n2. y\n\n2) two\n\n3) three", NUMBERS, {"1": "one since 1. x 2. y", "2": "two", "3": "three"}, id="numbers within numbers"),
        pytest.param("(a)$x$\n\n(b)$y$", QUIZ, {"a": "$x$", "b": "$y$"}, id="formula without a space"),
        pytest.param("(a)\n$$x$$\n(b)\n$$\n(c) + 1\n$$\n(d) delta", QUIZ, {"a": "$$x$$", "b": "$$ (c) + 1 $$", "d": "delta"}, id="label in a formula"),
        pytest.param("(a)\n\\begin{align*}\n(b) &= 1 \\\\\n\\end{align*}\n\n(c) gamma", QUIZ, {"a": "\\begin{align*} (b) &= 1 \\\\ \\end{align*}", "c": "gamma"}, id="label in align"),
        pytest.param("(a) $$x\n\n(b) beta", QUIZ, {"a": "$$x", "b": "beta"}, id="formula that never ends"),
        pytest.param("(a)\n```\nb) c\n(b)\n```\n(c) gamma", QUIZ, {"a": "``` b) c (b) ```", "c": "gamma"}, id="label in code"),
        pytest.param("(a) alpha\n\n(b) + (c) is what we want\n\n(b) beta", QUIZ, {"a": "alpha (b) + (c) is what we want", "b": "beta"}, id="operator after a label"),
        pytest.param("(a) alpha, see also\n(c) and (d) below\n\n(b) beta\n\n(c) gamma", QUIZ, {"a": "alpha, see also (c) and (d) below", "b": "beta", "c": "gamma"}, id="label in a sentence"),
        pytest.param("## f) (3)\n\n## g\ncode", QUIZ, {"f": "(3)", "g": "code"}, id="answer in the heading"),
        pytest.param("## c) 0\nbecause log 1 = 0\n\n## f) True\nas shown", QUIZ, {"c": "0 because log 1 = 0", "f": "True as shown"}, id="answer in the heading and below"),
        pytest.param("## c) KL of a Gaussian (2 pts)\n0", QUIZ, {"c": "0"}, id="title in the heading"),
        pytest.param("## a\nalpha\n\n### 1. First step\none\n\n### 2. Second step\ntwo\n\n## b\nbeta", QUIZ, {"a": "alpha ### 1. First step one ### 2. Second step two", "b": "beta"}, id="headings within an answer"),
        pytest.param("Question 1\n\nalpha", ("1.a", "2.a"), {"1.a": "alpha"}, id="question with one part"),
        pytest.param("(a) alpha\n\n(b) beta\n\n(a) more of it", QUIZ, {"a": "alpha", "b": "beta (a) more of it"}, id="stray label"),
        pytest.param("(a) ii\n\n(b) iv\n\n(c) v", QUIZ, {"a": "ii", "b": "iv", "c": "v"}, id="numerals as answers"),
        pytest.param("1.a\nc\n\n1.b\na\n\n1.c\nb", SHEET, {"1.a": "c", "1.b": "a", "1.c": "b"}, id="letters as answers"),
        pytest.param("Problem 1\n\na. alpha\n\nProblem 1 (continued)\n\nmore\n\nb. beta", SHEET, {"1.a": "alpha Problem 1 (continued) more", "1.b": "beta"}, id="continued"),
        pytest.param("(a) State it.\n\n(b) Prove it.\n\n(c) Code it.\n\nSolutions\n\n(a) alpha\n\n(b) beta\n\n(c) gamma", QUIZ, {"a": "State it. alpha", "b": "Prove it. beta", "c": "Code it. Solutions gamma"}, id="questions and then answers"),
        pytest.param("Just an answer.\n\n- with a list", ("1.a",), {"1.a": "Just an answer. - with a list"}, id="one part and no heading"),
        pytest.param("Problem 2\n\na. alpha\n\nb. beta\n\nProblem 1\n\na. gamma\n\nb. delta", SHEET, {"2.a": "alpha", "2.b": "beta", "1.a": "gamma", "1.b": "delta"}, id="questions out of order"),
        pytest.param("1. Which is it?\n\n(1) p\n(2) q\n(3) r\n\nIt is (2).\n\n2. two\n\n3. three", NUMBERS, {"1": "Which is it? (1) p (2) q (3) r It is (2).", "2": "two", "3": "three"}, id="options of a choice"),
        pytest.param("- **(a)** alpha\n- **(b)** beta\n- **(c)** gamma", QUIZ, ABC, id="bold in bullets"),
        pytest.param("**(a) Bound** alpha\n\n**(b) Two properties**\n\nbeta", QUIZ, {"a": "Bound alpha", "b": "Two properties beta"}, id="bold with a title"),
        pytest.param("3.e-KL) infinite\n\n4.a) code", LONG, {"3.e": "infinite", "4.a": "code"}, id="suffix on the line"),
        pytest.param("\\textbf{Problem 1: Theory}\n\n\\textbf{(a)} alpha\n\n\\textbf{Problem 2} (b) beta", SHEET, {"1.a": "alpha", "2.b": "beta"}, id="LaTeX bold questions"),
        pytest.param("{\\bf (a)} alpha\n\n{\\bf (b)} beta", QUIZ, {"a": "alpha", "b": "beta"}, id="old LaTeX bold"),
        pytest.param("Ans 1.a alpha\n\nSol. 1.b beta", SHEET, {"1.a": "alpha", "1.b": "beta"}, id="abbreviated words"),
        pytest.param("\\begin{problem}{1}\n\\begin{enumerate}[(a)]\n\\item alpha\n\\item beta\n\\end{enumerate}\n\\end{problem}", SHEET, {"1.a": "alpha", "1.b": "beta"}, id="LaTeX problems"),
        pytest.param("\\begin{questions}\n\\question VAE\n\\begin{parts}\n\\part[3] alpha\n\\part[2] beta\n\\end{parts}\n\\question GAN\n\\begin{parts}\n\\part delta\n\\end{parts}\n\\end{questions}", SHEET, {"1.a": "alpha", "1.b": "beta", "2.a": "delta"}, id="LaTeX exam"),
        pytest.param("Problem I\n(a) alpha\n\nProblem II\n(a) delta", SHEET, {"1.a": "alpha", "2.a": "delta"}, id="numerals for numbers"),
        pytest.param("1\\. one\n\n2\\. two\n\n\\(c\\) is no label\n\n3\\. three", NUMBERS, {"1": "one", "2": "two \\(c\\) is no label", "3": "three"}, id="escaped signs"),
        pytest.param("<h2>a</h2>\nalpha\n\n<b>(b)</b> beta", QUIZ, {"a": "alpha", "b": "beta"}, id="HTML"),
        pytest.param("d) see a)\n\na) alpha\n\nb) beta", QUIZ, {"d": "see a)", "a": "alpha", "b": "beta"}, id="a later part first"),
        pytest.param("\u200f(a) alpha\n\n\u202b(b) beta", QUIZ, {"a": "alpha", "b": "beta"}, id="marks of direction"),
        pytest.param("(a) alpha\r\n\r\n(b) beta\r(c) gamma", QUIZ, ABC, id="line ends"),
    ],
)  # fmt: skip
def test_a_layout_is_read(text: str, parts: tuple[str, ...], answers: dict[str, str]) -> None:
    assert placed(text, parts) == answers


# --- many layouts, with what misleads


QUESTION = ("{}.", "Problem {}", "# {}", "**Question {}**", "\\section*{{Problem {}}}", "Q{}")
PART = ("{}. ", "({}) ", "{}) ", "\n\n## {}\n", "**({})** ", "\\item[({})] ", "\n\n- {}. ", "({}). ")
BODIES = (
    "It follows that\n\n1. logs are concave\n2. weights sum to one",
    "We see:\n\n- it is not negative\n- it is not symmetric",
    "$$x = y$$\n\nso (a) and (b) hold.",
    "Since\n\na) logs are concave\nb) weights sum to one\n\nwe are done.",
    "True",
    "0",
    "(3)",
    "$$\\begin{aligned}\n(a) &= 1\n\\end{aligned}$$",
    "```\na) code\n1. code\n```",
    "Two steps.\n\ni) expand\n\nii) collect",
    "As in (b)\n\nbecause of 1. and 2.",
    "I think so.\n\nA reason is this.",
)


def homework(parts: tuple[str, ...], rng: random.Random) -> tuple[str, dict[str, str]]:
    """A homework in one style, in which one part in ten is left out, and part → a word that is in its answer."""
    question, letter = rng.choice(QUESTION), rng.choice(PART)
    text, words, before = "", {}, [""]
    for part in parts:
        atoms = part.split(".")
        if rng.random() < 0.1:
            continue
        if atoms[0] != before[0] and atoms[0].isdigit():
            text += question.format(atoms[0]) + "\n\n"
        elif not atoms[0].isdigit():
            text += letter.format(atoms[0])
        shared = next((k for k, (a, b) in enumerate(zip(atoms, before, strict=False)) if a != b), 1)
        for atom in atoms[max(shared, 1) :]:
            text += f"{atoms[0]}.{atom} " if atom.isdigit() else letter.format(atom)
        words[part] = f"word{len(words)}x"
        text += f"{rng.choice(BODIES)}\n\n{words[part]}\n\n"
        before = atoms
    return text, words


def test_parts_are_found_in_any_style_among_lists_and_labels_in_prose() -> None:
    rng = random.Random(5)
    right = []
    for _ in range(400):
        parts = rng.choice([QUIZ, SHEET, LONG, THEORY, NUMBERS])
        text, words = homework(parts, rng)
        found = split_answers(text, parts).parts
        right += [[p for p, answer in found.items() if word in answer] == [part] for part, word in words.items()]
    assert len(right) > 3000
    assert sum(right) / len(right) > 0.995


# --- labels that are wrong


@pytest.mark.parametrize(
    ("text", "parts", "answers", "remark"),
    [
        pytest.param(
            "1. c) gamma\n\n1. d) delta\n\n1. c) eps\n\n1. f) zeta",
            LONG,
            {"1.c": "gamma", "1.d": "delta", "1.e": "eps", "1.f": "zeta"},
            "the answer that is headed 1.c the second time stands where 1.e is expected, and was read as 1.e",
            id="line",
        ),
        pytest.param(
            "## a\nalpha\n## b\nbeta\n## b\ngamma\n## d\ndelta",
            QUIZ,
            {"a": "alpha", "b": "beta", "c": "gamma", "d": "delta"},
            "the answer that is headed b the second time stands where c is expected, and was read as c",
            id="heading",
        ),
        pytest.param(
            "## a\nalpha\n## c\nbeta\n## c\ngamma\n## d\ndelta",
            QUIZ,
            {"a": "alpha", "b": "beta", "c": "gamma", "d": "delta"},
            "the answer that is headed c the first time stands where b is expected, and was read as b",
            id="the first of two",
        ),
        pytest.param(
            "1. a) alpha\n\n1. b) beta\n\n1. c) gamma\n\n2. a) delta\n\n1. b) eps\n\n2. c) zeta",
            SHEET,
            {"1.a": "alpha", "1.b": "beta", "1.c": "gamma", "2.a": "delta", "2.b": "eps", "2.c": "zeta"},
            "the answer that is headed 1.b the second time stands where 2.b is expected, and was read as 2.b",
            id="number",
        ),
        pytest.param(
            "**e.** eps\n\n**f.** zeta\n\n**f.** eta",
            QUIZ,
            {"e": "eps", "f": "zeta", "g": "eta"},
            "the answer that is headed f the second time stands where g is expected, and was read as g",
            id="the last",
        ),
        pytest.param(
            "## a\nalpha\n## b\nbeta\n## a\nmore\n## e\neps",
            QUIZ,
            {"a": "alpha\n\nmore", "b": "beta", "e": "eps"},
            "a is headed more than once, and all of it was read as one answer",
            id="two are missing",
        ),
        pytest.param(
            "1.\n\na. alpha\n\nb. beta\n\nc. gamma\n\na. delta\n\nb. eps",
            SHEET,
            {"1.a": "alpha", "1.b": "beta", "1.c": "gamma", "2.a": "delta", "2.b": "eps"},
            "the answer that is headed a stands after 1.c, and was read as 2.a",
            id="question without a heading",
        ),
        pytest.param(
            "a. alpha\n\nb. beta",
            SHEET,
            {"1.a": "alpha", "1.b": "beta"},
            "the answer that is headed a has no question above it, and was read as 1.a",
            id="no question at all",
        ),
        pytest.param(
            "Problem 2\n\n- one\n- two\n- three\n- four",
            SHEET,
            {"2.a": "one", "2.b": "two", "2.c": "three", "2.d": "four"},
            "a list of 4 items under 2 has no letters, and its items were read as 2.a to 2.d in their order",
            id="list without letters",
        ),
    ],
)
def test_a_label_that_is_not_taken_at_its_word_is_said(
    text: str, parts: tuple[str, ...], answers: dict[str, str], remark: str
) -> None:
    found = split_answers(text, parts)
    assert (found.parts, found.remarks) == (answers, (remark,))


@pytest.mark.parametrize(
    "text",
    [
        "Problem 2\n\n- one\n- two\n- three",
        "Problem 2\n\n- one\n- two\n1. three\n2. four",
        "Problem 2\n\n- one\n- two\n- three\n- four\n- five",
    ],
)
def test_a_list_of_another_length_is_not_cut_into_parts(text: str) -> None:
    found = split_answers(text, SHEET)
    assert found.parts == {}
    assert flat(found.unplaced) == flat(text.removeprefix("Problem 2"))


def knows(words: dict[str, str]) -> Any:
    """Stands for the mathematics: a text certainly answers the parts whose word is in it."""
    return lambda text: {part for word, part in words.items() if word in text}


@pytest.mark.parametrize(
    ("text", "answers", "remarks"),
    [
        pytest.param(
            "(a) alpha\n\n(b) delta",
            {"a": "alpha", "d": "delta"},
            ("the answer that is headed b contains the answer to d, and was read as d",),
            id="another part",
        ),
        pytest.param(
            "(a) beta\n\n(b) alpha",
            {"b": "beta", "a": "alpha"},
            (
                "the answer that is headed a contains the answer to b, and was read as b",
                "the answer that is headed b contains the answer to a, and was read as a",
            ),
            id="exchanged",
        ),
        pytest.param(
            "delta is what follows\nfrom all of $x$\n\n(a) alpha",
            {"d": "delta is what follows\nfrom all of $x$", "a": "alpha"},
            ("a text that has no heading contains the answer to d, and was read as d",),
            id="no heading",
        ),
        pytest.param("(a) alpha and delta", {"a": "alpha and delta"}, (), id="its own as well"),
        pytest.param("(a) beta and delta", {"a": "beta and delta"}, (), id="two others"),
        pytest.param("(a) delta\n\n(d) delta", {"a": "delta", "d": "delta"}, (), id="the other is there"),
        pytest.param("(a) delta\n\n(d) unknown", {"a": "delta", "d": "unknown"}, (), id="the other has an answer"),
        pytest.param("(a) delta\n\n(b) delta", {"a": "delta", "b": "delta"}, (), id="claimed twice"),
        pytest.param("(a) nothing known", {"a": "nothing known"}, (), id="says nothing"),
    ],
)
def test_content_speaks_only_where_it_is_unambiguous(
    text: str, answers: dict[str, str], remarks: tuple[str, ...]
) -> None:
    found = split_answers(text, QUIZ, knows({"alpha": "a", "beta": "b", "delta": "d", "other": "z"}))
    assert (found.parts, found.remarks) == (answers, remarks)


# --- what belongs to no part


@pytest.mark.parametrize(
    ("text", "unplaced", "remark"),
    [
        pytest.param(
            "I write q for the encoder, and $p$ for the decoder throughout.\n\n(a) alpha",
            "I write q for the encoder, and $p$ for the decoder throughout.",
            "a text stands above the first part; it was not read as an answer: “I write q for the encoder, and $p$ "
            "for the decoder throughout.”",
            id="above",
        ),
        pytest.param(
            "(a) alpha\n\n## Question 9\n\nsomething else",
            "something else",
            "9 is no part of this homework, and what is written there belongs to no part",
            id="unknown part",
        ),
        pytest.param(
            "only this, and " + 30 * "very " + "long",
            "only this, and " + 30 * "very " + "long",
            "no heading of a part was found in the written answers: “only this, and " + 13 * "very " + "…”",
            id="no heading",
        ),
    ],
)
def test_text_that_belongs_to_no_part_is_said(text: str, unplaced: str, remark: str) -> None:
    found = split_answers(text, QUIZ)
    assert (found.unplaced, found.remarks) == (unplaced, (remark.replace(" …", "…"),))


def test_text_under_a_question_and_under_none_of_its_parts_is_said() -> None:
    found = split_answers("1.\n\nBoth parts follow from $x$.\n\na. alpha", SHEET)
    assert (found.parts, found.unplaced) == ({"1.a": "alpha"}, "Both parts follow from $x$.")
    (remark,) = found.remarks
    assert remark == (
        "a text stands under 1, and under none of its parts; it was not read as an answer: "
        "“Both parts follow from $x$.”"
    )


def test_what_stands_beside_a_question_without_parts_is_said() -> None:
    found = split_answers("Exercise 1: a) alpha b) beta", SHEET)
    assert (found.parts, found.unplaced) == ({}, "a) alpha b) beta")
    assert found.remarks == ("no heading of a part was found in the written answers: “a) alpha b) beta”",)


def test_a_title_a_name_and_a_date_are_no_remark() -> None:
    found = split_answers("# Homework 3\n\nA. Student\n12 May\n\n(a) alpha", QUIZ)
    assert found.remarks == ()
    assert found.unplaced == "# Homework 3\n\nA. Student\n12 May"


def test_headers_and_numbers_of_pages_are_in_no_answer() -> None:
    text = "A. Student\n\n(a) alpha\n\nA. Student\n2\n\nmore\n\n(b) beta\n\nPage 3 of 3\n\n(c)\n3"
    found = split_answers(text, QUIZ)
    assert found.parts == {"a": "alpha\n\n\nmore", "b": "beta", "c": "3"}
    assert flat(found.unplaced) == "A. Student A. Student 2 Page 3 of 3"
    assert found.remarks == ()


def test_a_short_line_that_comes_twice_is_no_header_of_a_page() -> None:
    assert placed("(a) x\n\nThus,\n\ny\n\n(b) z\n\nThus,\n\nw", QUIZ) == {"a": "x Thus, y", "b": "z Thus, w"}


def test_a_part_is_spelled_as_the_rubric_spells_it() -> None:
    assert placed("# 3.e-kl\nx\n# 3.e-W1\ny", ("3.e-KL", "3.e-W1")) == {"3.e-KL": "x", "3.e-W1": "y"}


def test_remarks_about_parts_have_an_end() -> None:
    found = split_answers("".join(f"## {k}\nx\n## 1\ny\n" for k in range(1, 60)), [str(k) for k in range(1, 60)])
    assert len(found.remarks) <= 21


# --- LaTeX


PREAMBLE = "\\documentclass{article}\n\\newcommand{\\E}{\\mathbb{E}}\n\\newcommand{\\Eq}{\\E_q}\n\\def\\KL{D}\n\\begin{document}\n"


def test_an_answer_has_the_macros_that_it_uses() -> None:
    found = split_answers(PREAMBLE + "\\section*{a}\n$\\Eq[x]$\n\\section*{b}\n$\\KL$\n\\section*{c}\nnone", QUIZ)
    assert found.parts == {
        "a": "\\newcommand{\\E}{\\mathbb{E}}\n\\newcommand{\\Eq}{\\E_q}\n$\\Eq[x]$",
        "b": "\\def\\KL{D}\n$\\KL$",
        "c": "none",
    }
    assert found.unplaced == PREAMBLE.strip()
    assert found.remarks == ()


def test_a_file_of_macros_comes_before_the_file_that_uses_them(tmp_path: Path) -> None:
    (tmp_path / "main.tex").write_text(
        "\\documentclass{article}\n\\begin{document}\n\\input{own}\n\\section*{a}\n$\\Q$"
    )
    (tmp_path / "own.tex").write_text("\\newcommand{\\Q}{q(z|x)}\n")
    files = {name: tmp_path / name for name in ("main.tex", "own.tex")}
    found = read(Submission("ann", files), parts=QUIZ)
    assert found.answers == {"a": "\\newcommand{\\Q}{q(z|x)}\n$\\Q$"}
    assert found.remarks == ()


# --- from a rubric to the parts, and from files to the answers


def item(name: str, check: Any) -> Item:
    return Item(name, name, "", check, 1.0)


class Function:
    reads_text = False


def rubric(*items: Item) -> Rubric:
    return Rubric("h", "H", (Question("1", "Q", items),), Path("h.yaml"))


def test_the_parts_of_a_rubric_are_those_of_its_texts_and_of_its_code() -> None:
    found = parts_asked(
        rubric(
            item("c.value", Written(part="c")),
            item("c.why", Written(part="c")),
            item("2.b.shape", Function()),
            item("2.b.values", Function()),
            item("3.e-KL", Written(part="3.e-KL")),
            item("values", Function()),
        )
    )
    assert found == ("c", "2.b", "3.e-KL")


def test_a_rubric_that_asks_for_code_alone_has_no_parts() -> None:
    assert parts_asked(rubric(item("1.a", Function()))) == ()


def test_a_part_goes_on_from_cell_to_cell() -> None:
    found = split_all(["# Problem 1", "(a) alpha\n```\nopen", "more\n\n(b) beta", "$$\nx", "(c) gamma"], SHEET)
    assert found.parts == {"1.a": "alpha\n```\nopen\n\nmore", "1.b": "beta\n\n$$\nx", "1.c": "gamma"}


# --- whatever is handed in


PIECES = [
    "# 1", "## a", "(b)", "c. text", "1. d) text", "- Code", "* a.", "*1.", "Problem 2", "Question 6 (5-5-6).", "i.", "ii.",
    "\\item one", "\\item[(c)] two", "\\begin{enumerate}", "\\end{enumerate}", "\\section*{2}", "\\textbf{(a)} x", "$$", "```",
    "---", "> # d", "**e)** y", "4.e) z", "Page 3", "3", "", "\\[", "\\begin{align}", "\\setcounter{enumi}{3}", "A. Student",
    "**(a) Title** text", "[b] w", "\u200f(c) v", "\0", "\\item\\item", "### 3.e-KL (2 pts)", "b", "\\newpage", "\\end{document}",
]  # fmt: skip


def signs(text: str) -> str:
    return "".join(re.findall(r"\w", text))


@given(
    st.lists(st.sampled_from(PIECES) | st.integers(0, 99).map("word {} of text".format), max_size=40),
    st.sampled_from([(), QUIZ, SHEET, LONG, THEORY, NUMBERS]),
)
@settings(max_examples=600, deadline=None)
def test_every_line_is_in_exactly_one_piece_in_order(lines: list[str], parts: tuple[str, ...]) -> None:
    text = "\n".join(lines)
    found = segments([text], parts)
    assert sorted(signs("".join(piece.head + piece.text for piece in found))) == sorted(signs(text))
    words = [word for piece in found for word in re.findall(r"word \d+", piece.text) if piece.part]
    rest = iter(re.findall(r"word \d+", text))
    assert all(word in rest for word in words)
    answers = split_answers(text, parts)
    assert signs("".join(piece.text for piece in found if not piece.part)) == signs(answers.unplaced)
    assert set(answers.parts) <= set(parts) or not parts


@given(st.text(max_size=200) | st.text("#*_()[]{}\\ab1.iv\n >-`$=\t\0", max_size=120))
@settings(max_examples=600, deadline=None)
def test_no_text_is_an_error(text: str) -> None:
    for parts in (QUIZ, LONG, THEORY):
        found = split_answers(text, parts)
        assert set(found.parts) <= set(parts)


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_bytes_are_an_error(data: bytes) -> None:
    split_answers(data.decode("latin-1"), SHEET)
    split_answers(data.decode("utf-8", "replace"), QUIZ)


def test_a_long_homework_is_split_soon() -> None:
    filling = (
        "We take the logarithm of $p(x|z)$ and use that it is concave, so that the mean moves inside.\n\n$$x = y$$\n\n"
    )
    text = "".join(f"{part}) answer\n\n" + filling * 54 for part in LONG)
    assert len(text) > 150_000
    with soon():
        assert set(split_answers(text, LONG).parts) == set(LONG)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# 1\n## a\nx\n" * 10_000, id="headings"),
        pytest.param("(a) x\n" * 30_000, id="labels"),
        pytest.param("1.\n" * 60_000, id="numbers"),
        pytest.param("- Code\n" * 30_000, id="bullets"),
        pytest.param("\\begin{enumerate}\n\\item x\n" * 7_000, id="nesting"),
        pytest.param("\\item " * 30_000, id="items on one line"),
        pytest.param("> " * 100_000, id="quotes"),
        pytest.param("- " * 100_000, id="bullets on one line"),
        pytest.param("*" * 200_000, id="stars"),
        pytest.param("(" * 200_000, id="brackets"),
        pytest.param("\\textbf{" * 25_000, id="bold"),
        pytest.param("$$\n" * 60_000, id="dollars"),
        pytest.param("```\n" * 50_000, id="fences"),
        pytest.param("a" * 200_000, id="one word"),
        pytest.param("1." * 100_000, id="numbers on one line"),
        pytest.param("\0" * 200_000, id="NUL"),
        pytest.param("\u200f\u202e(a) x\n" * 20_000, id="right to left"),
        pytest.param("\n" * 200_000, id="blank lines"),
        pytest.param("x\n" * 100_000 + "---\n", id="paragraph"),
        pytest.param("\\newcommand{\\a}{\\b}\n" * 9_000 + "(a) \\a\n", id="macros"),
        pytest.param("A. Student\n(a) x\n2\n" * 10_000, id="headers"),
        pytest.param("[" * 100_000 + "]" * 100_000, id="square brackets"),
        pytest.param("Problem " * 25_000, id="words"),
        pytest.param(" " * 200_000 + "(a)", id="spaces"),
    ],
)
@pytest.mark.parametrize("parts", [(), LONG, tuple(f"{n}.{c}" for n in range(1, 20) for c in "abcdefghij")], ids=len)
def test_hostile_text_is_split_in_a_moment(text: str, parts: tuple[str, ...]) -> None:
    with soon():
        split_answers(text, parts)


def test_a_text_that_belongs_to_no_part_leaves_a_missing_answer_to_a_person(tmp_path):
    rubric = RUBRIC_OF_TWO
    put(tmp_path / "rubrics" / "hw.yaml", rubric)
    (tmp_path / "reference").mkdir()
    put(
        tmp_path / "hw" / "ada" / "answers.md",
        "# 1.a\nBecause it is convex.\n\n# 7.z\nThe second answer is that it is not.\n",
    )
    put(tmp_path / "hw" / "bob" / "answers.md", "# 1.a\nBecause it is convex.\n")
    assert grade("hw", "--course", ".", "--out", "out", cwd=tmp_path).returncode == 0
    assert outcomes(tmp_path / "out", "ada")["1.b"]["credit"] is None
    told = "no answer to part 1.b was found, but there is text that belongs to no part"
    assert told in outcomes(tmp_path / "out", "ada")["1.b"]["sentence"]
    page = (tmp_path / "out" / "ada" / "report.html").read_text()
    assert "Text that belongs to no part" in page
    assert "The second answer is that it is not." in page
    assert outcomes(tmp_path / "out", "bob")["1.b"]["credit"] == 0
    assert "Text that belongs to no part" not in (tmp_path / "out" / "bob" / "report.html").read_text()


RUBRIC_OF_TWO = """\
homework: hw
title: Two answers
questions:
  - id: "1"
    title: Why
    items:
      - {id: 1.a, title: Convex, kind: written, points: 1}
      - {id: 1.b, title: Unique, kind: written, points: 1}
"""
