"""Rubrics: what is read, what is refused, and the full text of every refusal."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from grader.checks import KINDS
from grader.checks.close import Close
from grader.checks.code import Call
from grader.checks.gradient import Gradient
from grader.inputs import Recipe
from grader.model import CourseError, Item, Limits, Rubric, UsageError
from grader.places import MAX_BYTES, Place, read_yaml
from grader.rubric import ItemKeys, find_course, find_rubric, load_rubric, rubric_schema

RUBRIC = """\
homework: hw
title: A homework
questions:
  - id: "1"
    title: A question
    items:
      - id: 1.a
        title: An item
        kind: close
        points: 3
        call: {name: kl, arguments: [mu, logvar]}
"""
NEEDS = "needs a docstring: it is the sentence that a student with this mistake reads"
ALL = "there is Plain, Plain.elbo, VAE, VAE.elbo, first, kl, nll, second"
SOLUTION = """\
import torch

def kl(mu, logvar):
    raise RuntimeError("the reference is never run here")

def nll(logits, x): ...

class VAE(torch.nn.Module):
    def elbo(self, x): ...

class Plain:
    def elbo(self, x): ...

first, second = 1, 2
"""
INPUTS = """\
from grader.inputs import Recipe, binary, normal

kl = Recipe(mu=normal("B", "D"), logvar=normal("B", "D"))
nll = Recipe(logits=normal("B", "D"), x=binary("B", "D"))
"""


def course(folder: Path, rubric: str | bytes = RUBRIC, **reference: str | None) -> Path:
    """A course with one rubric `hw`; `reference` replaces a file of its reference, or leaves it out (None)."""
    (folder / "rubrics").mkdir()
    (folder / "reference" / "hw").mkdir(parents=True)
    raw = rubric if isinstance(rubric, bytes) else rubric.encode()
    (folder / "rubrics" / "hw.yaml").write_bytes(raw)
    for name, text in ({"solution": SOLUTION, "inputs": INPUTS} | reference).items():
        if text is not None:
            (folder / "reference" / "hw" / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def load(folder: Path) -> Rubric:
    return load_rubric(folder / "rubrics" / "hw.yaml", folder)


def refusal(folder: Path) -> str:
    with pytest.raises(CourseError) as caught:
        load(folder)
    return str(caught.value)


def only_item(folder: Path) -> Item:
    (item,) = load(folder).items
    return item


def changed(old: str, new: str) -> str:
    assert RUBRIC.count(old) == 1
    return RUBRIC.replace(old, new)


def with_item(*lines: str) -> str:
    """The rubric with further keys of its item, from line 12 on."""
    return RUBRIC + "".join(f"        {line}\n" for line in lines)


# --- what is read ------------------------------------------------------------------------------------------------


def test_a_rubric_is_fully_resolved(tmp_path: Path) -> None:
    rubric = load(course(tmp_path))
    assert (rubric.homework, rubric.title, rubric.points) == ("hw", "A homework", 3.0)
    assert rubric.path == tmp_path / "rubrics" / "hw.yaml"
    assert dict(rubric.reference) == {"solution.py": SOLUTION.encode()}
    (question,) = rubric.questions
    assert (question.id, question.title, question.text) == ("1", "A question", "")
    (item,) = question.items
    assert item.check == Close(Call("kl", ("mu", "logvar")), given="kl")
    assert (item.id, item.title, item.kind, item.points, item.hint) == ("1.a", "An item", "close", 3.0, "")
    assert item.where == "rubrics/hw.yaml:7"
    assert (item.mistakes, item.partial, item.limits) == ((), {}, Limits())


def test_all_keys_of_a_kind_arrive(tmp_path: Path) -> None:
    told = (
        "rtol: 1e-2",
        "atol: 0",
        "factors: [1, 0.5]",
        "given: nll",
        "hint: |",
        "  Two",
        "  lines.",
        "partial: {sign: 0.5}",
    )
    text = with_item(*told).replace(
        "call: {name: kl, arguments: [mu, logvar]}",
        "call: {name: nll, also: [bce], arguments: [logits, x], orders: [[x, logits]], aliases: {x: [target]}}",
    )
    item = only_item(course(tmp_path, text))
    call = Call("nll", ("logits", "x"), also=("bce",), orders=(("x", "logits"),), aliases={"x": ("target",)})
    assert item.check == Close(call, given="nll", rtol=0.01, atol=0.0, factors=(1.0, 0.5))
    assert (item.hint, item.partial) == ("Two\nlines.\n", {"sign": 0.5})


def test_gradient_is_read_like_any_dataclass(tmp_path: Path) -> None:
    text = with_item("wrt: [mu]").replace("kind: close", "kind: gradient")
    assert only_item(course(tmp_path, text)).check == Gradient(Call("kl", ("mu", "logvar")), wrt=("mu",), given="kl")


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("1.10", id="float"),
        pytest.param("1", id="int"),
        pytest.param("007", id="leading zeros"),
        pytest.param("12:30:00", id="sexagesimal"),
        pytest.param("2024-01-31", id="date"),
        pytest.param("1_000", id="underscore"),
        pytest.param("1e3", id="exponent"),
        pytest.param("true", id="bool"),
        pytest.param("no", id="no"),
        pytest.param("null", id="null"),
        pytest.param("~", id="tilde"),
    ],
)
def test_text_stays_as_it_is_written(tmp_path: Path, written: str) -> None:
    text = RUBRIC.replace("1.a", written).replace("An item", written).replace("mu", written)
    text = text.replace('"1"', written).replace("name: kl", f"also: [{written}], name: kl")
    inputs = f"{INPUTS}kl = Recipe(**{{{written!r}: normal(2), 'logvar': normal(2)}})\n"
    rubric = load(course(tmp_path, text, inputs=inputs))
    (item,) = rubric.items
    assert (rubric.questions[0].id, item.id, item.title) == (written, written, written)
    check: Any = item.check
    assert (check.call.arguments, check.call.also) == ((written, "logvar"), (written,))


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    assert load(course(tmp_path, b"\xef\xbb\xbf" + RUBRIC.encode())).homework == "hw"


def test_anchors_and_aliases_are_accepted(tmp_path: Path) -> None:
    second = "      - {id: 1.b, title: B, kind: close, points: 1, call: *kl}\n"
    rubric = load(course(tmp_path, changed("call: {", "call: &kl {") + second))
    assert rubric.items[0].check == rubric.items[1].check


def test_limits_go_from_the_file_to_the_items(tmp_path: Path) -> None:
    text = with_item("limits: {memory_mb: 2000}").replace("questions:", "limits: {cpu_seconds: 4}\nquestions:")
    assert only_item(course(tmp_path, text)).limits == Limits(cpu_seconds=4.0, memory_mb=2000)


def test_given_is_drawn_from_the_names_of_homework_and_item(tmp_path: Path) -> None:
    item = only_item(course(tmp_path))
    seed = int.from_bytes(hashlib.sha256(b"hw/1.a").digest()[:8], "big")
    assert isinstance(item.recipe, Recipe)
    expected = item.recipe.sample(np.random.default_rng(seed))
    assert list(item.given) == list(expected)
    assert {name.partition("/")[2] for name in item.given} == {"mu", "logvar"}
    assert all(np.array_equal(item.given[name], expected[name]) for name in expected)


def test_items_with_one_recipe_are_asked_with_other_numbers(tmp_path: Path) -> None:
    second = "      - {id: 1.b, title: B, kind: close, points: 1, call: {name: kl, arguments: [mu, logvar]}}\n"
    first, other = load(course(tmp_path, RUBRIC + second)).items
    assert not np.array_equal(first.given["6/mu"], other.given["6/mu"])


def test_the_part_of_a_written_answer_is_by_default_the_items_id(tmp_path: Path) -> None:
    item = "{id: 1.10, title: W, kind: written, points: 1}"
    other = "{id: 1.20, title: W, kind: written, points: 1, part: 2.0}"
    text = RUBRIC[: RUBRIC.index("      - id: 1.a")] + f"      - {item}\n      - {other}\n"
    rubric = load(course(tmp_path, text))
    parts: list[Any] = [item.check for item in rubric.items]
    assert [check.part for check in parts] == ["1.10", "2.0"]
    assert [dict(item.given) for item in rubric.items] == [{}, {}]


def test_a_homework_of_words_needs_no_reference(tmp_path: Path) -> None:
    item = "{id: a, title: W, kind: written, points: 1}"
    course(tmp_path, RUBRIC[: RUBRIC.index("      - id: 1.a")] + f"      - {item}\n", solution=None, inputs=None)
    (tmp_path / "reference" / "hw").rmdir()
    assert dict(load(tmp_path).reference) == {}


def test_mistakes_are_found_by_name_with_the_first_paragraph(tmp_path: Path) -> None:
    mistakes = '''\
import torch

def kl__sign(mu, logvar):
    """The sign is
    turned around.

    Not told to anybody."""

def kl__half(mu, logvar):
    "The factor one half is missing."

def nll__mean(logits, x):
    "A mean is taken."

def _kl__private(): ...
def helper(): ...
'''
    found = only_item(course(tmp_path, mistakes=mistakes))
    assert found.mistakes == (
        ("kl__sign", "The sign is turned around."),
        ("kl__half", "The factor one half is missing."),
    )
    assert set(load(tmp_path).reference) == {"mistakes.py", "solution.py"}


@pytest.mark.parametrize("name", ["nll", "VAE", "VAE.elbo", "VAE.inherited_from_torch", "Plain.elbo", "second"])
def test_what_the_reference_defines_may_be_called(tmp_path: Path, name: str) -> None:
    check: Any = only_item(course(tmp_path, with_item("given: kl").replace("name: kl", f"name: {name}"))).check
    assert check.call.name == name


def test_inputs_may_import_their_neighbours_and_leave_no_trace(tmp_path: Path) -> None:
    inputs = "from shapes_of_hw import B\n" + INPUTS.replace('normal("B", "D")', 'normal(B, "D")')
    before, searched = set(sys.modules), list(sys.path)
    item = only_item(course(tmp_path, inputs=inputs, shapes_of_hw="B = 3\n"))
    assert item.given["0/mu"].shape[0] == 3
    assert "shapes_of_hw" not in sys.modules
    assert "inputs" not in set(sys.modules) - before
    assert sys.path == searched
    assert sorted(path.name for path in (tmp_path / "reference" / "hw").iterdir()) == [
        "inputs.py",
        "shapes_of_hw.py",
        "solution.py",
    ]


def test_a_rubric_outside_the_course_is_named_by_its_path(tmp_path: Path) -> None:
    course(tmp_path)
    moved = (tmp_path / "rubrics" / "hw.yaml").rename(tmp_path / "hw.yaml")
    other = tmp_path / "rubrics"
    with pytest.raises(CourseError) as caught:
        load_rubric(moved, other)
    assert caught.value.where == f"{moved}:7"


def test_every_key_and_value_has_its_place(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a:\n  - b: 1.50\n    c: [x, 2]\n")
    tree = read_yaml(path, "x.yaml")
    assert tree.data == {"a": [{"b": 1.5, "c": ["x", 2]}]}
    assert tree.keys[("a", 0, "c")] == Place(3, 5)
    assert tree.values[("a", 0, "c", 1)] == Place(3, 12)
    assert tree.written[("a", 0, "b")] == "1.50"
    assert tree.line(("a", 0, "absent")) == 2


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("off", "off"),
        ("null", None),
        ("", None),
        ("-12", -12),
        ("0", 0),
        ("0123", "0123"),
        ("0x1F", "0x1F"),
        ("1e-5", 1e-5),
        ("-.5", -0.5),
        ("1.", 1.0),
        ("01.5", "01.5"),
        ("-.inf", -np.inf),
        ("12:30:00", "12:30:00"),
        ("'12'", "12"),
        ("!!str 12", "12"),
    ],
)
def test_scalars_are_read_as_in_yaml_1_2(tmp_path: Path, written: str, value: object) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(f"key: {written}\n")
    found = read_yaml(path, "x.yaml").data["key"]
    assert (type(found), found) == (type(value), value)


# --- what is refused: YAML ---------------------------------------------------------------------------------------

BROKEN = [
    pytest.param("", "rubrics/hw.yaml:1: the file is empty", id="empty"),
    pytest.param("# nothing\n", "rubrics/hw.yaml:1: the file is empty", id="only a comment"),
    pytest.param("- a\n", "rubrics/hw.yaml:1: the file must hold keys with values, got a list", id="list"),
    pytest.param("\nwords\n", "rubrics/hw.yaml:2: the file must hold keys with values, got a text", id="text"),
    pytest.param(
        "a: 1\nb:\n\tc: 1\n",
        "rubrics/hw.yaml:3: broken YAML: a tab stands where only spaces may; YAML is indented with spaces",
        id="tab",
    ),
    pytest.param(
        "title: ELBO: a bound\n",
        "rubrics/hw.yaml:1: broken YAML: "
        "a `:` is not allowed here; quote text that holds `: `, or check the indentation",
        id="colon in text",
    ),
    pytest.param(
        "a: 1\nb\nc: 2\n", "rubrics/hw.yaml:2: broken YAML: a key without `:` stands here", id="key without colon"
    ),
    pytest.param(
        "a: 1\nb: 'x\nc: 2\n",
        "rubrics/hw.yaml:2: broken YAML: a quotation mark is opened here and never closed",
        id="open quotation",
    ),
    pytest.param(
        "a: [1, 2\nb: 3\n", "rubrics/hw.yaml:2: broken YAML: a `,` or `]` is missing before this", id="open list"
    ),
    pytest.param(
        "a:\n  - x\n b: 2\n",
        "rubrics/hw.yaml:3: broken YAML: "
        "this does not fit the lines above; check the indentation and the quotation marks",
        id="indentation",
    ),
    pytest.param(
        "a: - b\n",
        "rubrics/hw.yaml:1: broken YAML: a list can't begin here; put `- ` on a line of its own",
        id="list in a line",
    ),
    pytest.param(
        "a: @x\n", "rubrics/hw.yaml:1: broken YAML: text that begins with @ needs quotation marks", id="reserved"
    ),
    pytest.param(
        'a: "\\mu"\n',
        "rubrics/hw.yaml:1: broken YAML: "
        "`\\m` means nothing in double quotes; use single quotes for text with a backslash",
        id="LaTeX in double quotes",
    ),
    pytest.param("a: *x\n", "rubrics/hw.yaml:1: broken YAML: the alias `*x` has no anchor `&x` above it", id="alias"),
    pytest.param(
        "a: &x 1\nb: &x 2\n",
        "rubrics/hw.yaml:2: broken YAML: an anchor of this name stands above already",
        id="anchor twice",
    ),
    pytest.param(
        "a: 1\n---\nb: 1\n",
        "rubrics/hw.yaml:2: broken YAML: a second document begins here with `---`; a file holds one",
        id="two documents",
    ),
    pytest.param(
        "%YAML 3.0\n---\na: 1\n",
        "rubrics/hw.yaml:1: broken YAML: found incompatible YAML document (version 1.* is required)",
        id="what has no words of ours",
    ),
    pytest.param("a: 1\nb: \0\n", "rubrics/hw.yaml:2: the character U+0000 may not stand in YAML", id="null byte"),
    pytest.param("[" * 5000, "rubrics/hw.yaml:1: is nested more than 40 deep", id="deep for the parser"),
    pytest.param("a: " + "[" * 50 + "]" * 50, "rubrics/hw.yaml:1: is nested more than 40 deep", id="deep"),
    pytest.param(
        "a: &x\n  b: [*x]\n",
        "rubrics/hw.yaml:1: an alias stands for something that holds the alias itself",
        id="alias of itself",
    ),
    pytest.param(
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{k}: &{k} [{', '.join([f'*{last}'] * 10)}]\n" for last, k in zip("abcde", "bcdef", strict=True)),
        "rubrics/hw.yaml:1: the aliases stand for more than 100000 values",
        id="billion laughs",
    ),
    pytest.param(
        "a: " + "x" * MAX_BYTES, f"rubrics/hw.yaml: has {MAX_BYTES + 3} bytes, the limit is {MAX_BYTES}", id="large"
    ),
    pytest.param(b"a: 1\nb: caf\xe9\n", "rubrics/hw.yaml:2: byte 0xe9 is not UTF-8; save it as UTF-8", id="Latin-1"),
    pytest.param("a: é".encode("utf-16"), "rubrics/hw.yaml:1: byte 0xff is not UTF-8; save it as UTF-8", id="UTF-16"),
]


@pytest.mark.parametrize(("text", "message"), BROKEN)
def test_broken_yaml_is_refused_in_one_sentence(tmp_path: Path, text: str | bytes, message: str) -> None:
    assert refusal(course(tmp_path, text)) == message


def test_a_rubric_that_is_not_there_is_refused(tmp_path: Path) -> None:
    course(tmp_path)
    (tmp_path / "rubrics" / "hw.yaml").unlink()
    assert refusal(tmp_path) == "rubrics/hw.yaml: can't be read: No such file or directory"


# --- what is refused: keys and values ----------------------------------------------------------------------------

KEYS = "id, title, kind, points, hint, partial, limits, call, given, rtol, atol, factors"
REFUSED = [
    pytest.param(
        changed("homework: hw", "homework: hv"), "1: `homework` must be the file's name `hw`, got 'hv'", id="homework"
    ),
    pytest.param(changed("homework: hw\n", ""), "1: `homework` is missing", id="no homework"),
    pytest.param(changed("title: A homework", "title:"), "2: `title` must be text, got nothing", id="empty title"),
    pytest.param(
        changed("title: A homework", "title: ' '"), "2: `title` must be text that is not empty, got ' '", id="blank"
    ),
    pytest.param(changed("title: A homework", "title: [a]"), "2: `title` must be text, got a list", id="list for text"),
    pytest.param(
        changed("title: A homework", "title: A homework\ntitle: B"),
        "3: the key `title` occurs twice, in line 2 and in line 3",
        id="key twice",
    ),
    pytest.param(
        changed("title: A homework", "titel: A\ntitle: B"), "2: unknown key `titel`; did you mean `title`?", id="typo"
    ),
    pytest.param(
        changed("title: A homework", "title: A\nxyz: B"),
        "3: unknown key `xyz`; the keys here are homework, title, limits, preload, worlds, questions",
        id="unknown key",
    ),
    pytest.param(
        changed("title: A homework", 'title: A\n"x\\ny": B'),
        "3: unknown key `x y`; the keys here are homework, title, limits, preload, worlds, questions",
        id="key with a line break",
    ),
    pytest.param(
        changed("title: A homework", "title: A\n? [x]\n: 1"),
        "3: a key must be a text, not a list or a mapping",
        id="key is a list",
    ),
    pytest.param(
        changed("title: A homework", "title: !!python/name:os.system x"),
        "2: the tag `!!python/name:os.system` is not known here",
        id="tag",
    ),
    pytest.param(
        changed("title: A homework", 'title: "a\\uD800"'),
        "2: the text holds half of a character (an escape from \\uD800 to \\uDFFF)",
        id="surrogate",
    ),
    pytest.param(RUBRIC[: RUBRIC.index("questions")], "1: `questions` is missing", id="no questions key"),
    pytest.param(
        RUBRIC[: RUBRIC.index("questions")] + "questions: []\n",
        "3: `questions` must be a list that is not empty, got an empty list",
        id="no questions",
    ),
    pytest.param(
        RUBRIC[: RUBRIC.index("questions")] + "questions: {id: 1}\n",
        "3: `questions` must be a list, got keys with values",
        id="questions no list",
    ),
    pytest.param(
        RUBRIC + "  - x\n", "12: question #2: this must be keys with values, got 'x'", id="question no mapping"
    ),
    pytest.param(changed("    title: A question\n", ""), "4: question 1: `title` is missing", id="question title"),
    pytest.param(
        RUBRIC + "  - {id: 2, title: B, items: []}\n",
        "12: question 2: `items` must be a list that is not empty, got an empty list",
        id="no items",
    ),
    pytest.param(
        RUBRIC + "  - {id: 2, title: B, items: [3]}\n",
        "12: item #1 of question 2: an item must be keys with values, got 3",
        id="item no mapping",
    ),
    pytest.param(changed("id: 1.a\n        ", ""), "7: item #1 of question 1: `id` is missing", id="no id"),
    pytest.param(
        changed("        kind: close\n", ""),
        f"7: item 1.a: `kind` is missing; the kinds are {', '.join(KINDS)}",
        id="no kind",
    ),
    pytest.param(
        changed("kind: close", "kind: Clsoe"), "9: item 1.a: unknown kind `Clsoe`; did you mean `close`?", id="kind"
    ),
    pytest.param(
        changed("kind: close", "kind: 7"),
        f"9: item 1.a: unknown kind `7`; the kinds are {', '.join(KINDS)}",
        id="kind is a number",
    ),
    pytest.param(
        changed("points: 3", "points: three"), "10: item 1.a: `points` must be a number, got 'three'", id="points text"
    ),
    pytest.param(
        changed("points: 3", "points: '3'"), "10: item 1.a: `points` must be a number, got '3'", id="points quoted"
    ),
    pytest.param(changed("points: 3", "points:"), "10: item 1.a: `points` must be a number, got nothing", id="points"),
    pytest.param(
        changed("points: 3", "points: -1"), "10: item 1.a: `points` must be at least 0, got -1", id="negative points"
    ),
    pytest.param(
        changed("points: 3", "points: .inf"),
        "10: item 1.a: `points` must be a finite number, got .inf",
        id="infinite points",
    ),
    pytest.param(
        with_item("partial: {sign: 1.5, factor: -0.1}"),
        "12: item 1.a: `partial.sign` must be at most 1, got 1.5\n"
        "rubrics/hw.yaml:12: item 1.a: `partial.factor` must be at least 0, got -0.1",
        id="partial",
    ),
    pytest.param(
        with_item("limits: {cpu_seconds: true}"),
        "12: item 1.a: `limits.cpu_seconds` must be a number, got true",
        id="bool for seconds",
    ),
    pytest.param(
        with_item("limits:", "  memory_mb: 1.5", "  cpu_seconds: 0", "  proceses: 3"),
        "13: item 1.a: `limits.memory_mb` must be a whole number, got 1.5\n"
        "rubrics/hw.yaml:14: item 1.a: `limits.cpu_seconds` must be more than 0, got 0\n"
        "rubrics/hw.yaml:15: item 1.a: unknown key `proceses` in `limits`; did you mean `processes`?",
        id="limits",
    ),
    pytest.param(
        with_item("limits: 3"), "12: item 1.a: `limits` must be keys with values, got 3", id="limits no mapping"
    ),
    pytest.param(
        changed("questions:", "limits: {cpu_secnds: 3}\nquestions:"),
        "3: unknown key `cpu_secnds` in `limits`; did you mean `cpu_seconds`?",
        id="limits of the file",
    ),
    pytest.param(
        with_item("rtoll: 1"), "12: item 1.a: unknown key `rtoll`; did you mean `rtol`?", id="unknown key of a kind"
    ),
    pytest.param(
        with_item("reference: 1"),
        f"12: item 1.a: unknown key `reference`; the keys here are {KEYS}",
        id="unknown key without a near one",
    ),
    pytest.param(
        changed("[mu, logvar]", "[mu, logvar], argumnts: 1"),
        "11: item 1.a: unknown key `argumnts` in `call`; did you mean `arguments`?",
        id="unknown key inside",
    ),
    pytest.param(
        changed("{name: kl, arguments: [mu, logvar]}", "{arguments: [mu, [logvar]]}"),
        "11: item 1.a: `call.name` is missing\n"
        "rubrics/hw.yaml:11: item 1.a: `call.arguments[1]` must be text, got a list",
        id="inside a call",
    ),
    pytest.param(
        changed("call: {name: kl, arguments: [mu, logvar]}", "call: kl"),
        "11: item 1.a: `call` must be keys with values, got 'kl'",
        id="call no mapping",
    ),
    pytest.param(
        changed("[mu, logvar]", "mu"), "11: item 1.a: `call.arguments` must be a list, got 'mu'", id="text for a list"
    ),
    pytest.param(
        RUBRIC + "      - {id: 1.a, title: B, kind: close, points: 1, call: {name: kl, arguments: [mu, logvar]}}\n",
        "12: item 1.a: the item id `1.a` is used twice, first in line 7",
        id="item id twice",
    ),
    pytest.param(
        RUBRIC + RUBRIC[RUBRIC.index("  - id") :].replace("1.a", "1.b"),
        "12: question 1: the question id `1` is used twice, first in line 4",
        id="question id twice",
    ),
    pytest.param(
        changed("name: kl", "name: klg"),
        f"11: item 1.a: `call.name`: the reference has no `klg`; did you mean `kl`? {ALL}",
        id="name",
    ),
    pytest.param(
        with_item("given: nl").replace("[mu, logvar]", "[logits, x]"),
        "12: item 1.a: `given`: reference/hw/inputs.py has no recipe `nl`; did you mean `nll`? there is kl, nll",
        id="recipe",
    ),
    pytest.param(
        changed("[mu, logvar]", "[mu, var]"),
        "11: item 1.a: `call.arguments` names `var`, which is no input of `kl`; "
        "did you mean `logvar`? there is logvar, mu\n"
        "rubrics/hw.yaml:11: item 1.a: `call.arguments` leaves out `logvar`, an input of `kl`",
        id="arguments",
    ),
    pytest.param(
        changed("[mu, logvar]", "[mu, logvar], orders: [[logvar, mu], [mu, mu]]"),
        "11: item 1.a: `call.orders[1]` must be the arguments mu, logvar in another order, got mu, mu",
        id="orders",
    ),
    pytest.param(
        changed("[mu, logvar]", "[mu, logvar], aliases: {q: [z]}"),
        "11: item 1.a: `call.aliases` names `q`, which is no argument; there is logvar, mu",
        id="aliases",
    ),
    pytest.param(
        with_item("wrt: [mu, logva]").replace("close", "gradient"),
        "12: item 1.a: `wrt` names `logva`, which is no argument; did you mean `logvar`? there is logvar, mu",
        id="wrt",
    ),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_wrong_rubric_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    assert refusal(course(tmp_path, text)) == f"rubrics/hw.yaml:{message}"


def test_all_complaints_of_a_file_come_at_once_in_its_order(tmp_path: Path) -> None:
    text = with_item("rtol: x", "hnt: y").replace("title: A homework", "titel: A homework").replace("hw", "hv")
    with pytest.raises(CourseError) as caught:
        load(course(tmp_path, text, mistakes="def kl__sign(): ...\n"))
    assert caught.value.where == "rubrics/hw.yaml:1"
    assert str(caught.value).split("\n") == [
        "rubrics/hw.yaml:1: `title` is missing",
        "rubrics/hw.yaml:1: `homework` must be the file's name `hw`, got 'hv'",
        "rubrics/hw.yaml:2: unknown key `titel`; did you mean `title`?",
        "rubrics/hw.yaml:12: item 1.a: `rtol` must be a number, got 'x'",
        "rubrics/hw.yaml:13: item 1.a: unknown key `hnt`; did you mean `hint`?",
        f"reference/hw/mistakes.py:1: `kl__sign` {NEEDS}",
    ]


DRAWS = "{id: d, title: D, kind: draws, points: 1, call: {name: kl, arguments: [mu, logvar]}, law: %s}"


@pytest.mark.parametrize(
    ("item", "message"),
    [
        pytest.param(
            DRAWS % "nlll",
            f"`law`: the reference has no `nlll`; did you mean `nll`? {ALL}",
            id="law",
        ),
        pytest.param(
            DRAWS % "kl, family: normall",
            "`family` must be one of normal, bernoulli, got 'normall'; did you mean `normal`?",
            id="one of",
        ),
        pytest.param(
            DRAWS % "kl, verify: []",
            "verify is empty; choose among moments, fresh, seed, pathwise",
            id="kind's own rule",
        ),
        pytest.param(
            "{id: m, title: M, kind: module, points: 1, module: {name: Conv}, given: kl}",
            f"`module.name`: the reference has no `Conv`; {ALL}",
            id="module",
        ),
        pytest.param(
            "{id: m, title: M, kind: module, points: 1, module: {name: VAE}}",
            "`given`: reference/hw/inputs.py has no recipe `VAE`; there is kl, nll",
            id="module without a recipe",
        ),
        pytest.param(
            "{id: m, title: M, kind: module, points: 1, module: {name: VAE}, given: kl, build: [[1]]}",
            "`build[0]` must be text or a whole number or a number or true or false, got a list",
            id="one of several types",
        ),
        pytest.param(
            "{id: m, title: M, kind: draws, points: 1, law: kl, call: {name: Plain.elb, arguments: []}, given: kl}",
            "`call.name`: the reference has no `Plain.elb`; did you mean `Plain.elbo`? "
            f"{ALL}\n"
            "rubrics/hw.yaml:7: item m: `call.arguments` leaves out `mu`, an input of `kl`\n"
            "rubrics/hw.yaml:7: item m: `call.arguments` leaves out `logvar`, an input of `kl`",
            id="method of a class without bases",
        ),
        pytest.param(
            "{id: c, title: C, kind: choice, points: 1, options: {1: [a], 2: [b]}, answer: 3}",
            "answer '3' is none of the options '1', '2'",
            id="choice",
        ),
    ],
)
def test_a_wrong_item_of_any_kind_is_refused(tmp_path: Path, item: str, message: str) -> None:
    text = RUBRIC[: RUBRIC.index("      - id: 1.a")] + f"      - {item}\n"
    label = item[5 : item.index(",")]
    assert refusal(course(tmp_path, text)) == f"rubrics/hw.yaml:7: item {label}: {message}"


def test_a_kinds_own_rule_is_told_at_the_line_of_its_key(tmp_path: Path) -> None:
    lines = ["id: c", "title: C", "kind: choice", "points: 1", "options: {1: [a], 2: [b]}", "answer: 3"]
    text = RUBRIC[: RUBRIC.index("      - id: 1.a")] + "      - " + "\n        ".join(lines) + "\n"
    assert refusal(course(tmp_path, text)) == "rubrics/hw.yaml:12: item c: answer '3' is none of the options '1', '2'"


# --- what is refused: the reference ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param(
            {"inputs": None},
            "rubrics/hw.yaml:7: item 1.a: `given`: "
            "the file reference/hw/inputs.py is missing, which is to define the recipe `kl`",
            id="no inputs",
        ),
        pytest.param(
            {"inputs": "x = 1\n"},
            "rubrics/hw.yaml:7: item 1.a: `given`: reference/hw/inputs.py has no recipe `kl`; there is nothing",
            id="no recipe",
        ),
        pytest.param(
            {"inputs": INPUTS + "\n\n1 / 0\n"},
            "reference/hw/inputs.py:7: raises ZeroDivisionError: division by zero",
            id="inputs raise",
        ),
        pytest.param(
            {"inputs": "def f():\n    raise SystemExit\n\nf()\n"},
            "reference/hw/inputs.py:2: raises SystemExit",
            id="inputs exit",
        ),
        pytest.param(
            {"inputs": "x = (\n"},
            "reference/hw/inputs.py:1: raises SyntaxError: '(' was never closed",
            id="inputs not Python",
        ),
        pytest.param(
            {"inputs": INPUTS + "kl = Recipe()\n"},
            "reference/hw/inputs.py:5: raises ValueError: a recipe needs at least one input",
            id="recipe raises",
        ),
        pytest.param(
            {"inputs": INPUTS + "kl.arrays['mu'].__dict__['draw'] = lambda rng, size: rng.normal(0, -1, size)\n"},
            "reference/hw/inputs.py:5: the recipe `kl` can't be drawn: ValueError: scale < 0",
            id="recipe can't be drawn",
        ),
        pytest.param(
            {"solution": "def kl(:\n"}, "reference/hw/solution.py:1: is not Python: invalid syntax", id="syntax error"
        ),
        pytest.param(
            {"solution": ""},
            "rubrics/hw.yaml:11: item 1.a: `call.name`: the reference has no `kl`; there is nothing",
            id="empty solution",
        ),
        pytest.param(
            {"mistakes": "def kl__sign(:\n"}, "reference/hw/mistakes.py:1: is not Python: invalid syntax", id="mistakes"
        ),
        pytest.param(
            {"mistakes": "def kl__sign():\n    ' '\n"},
            f"reference/hw/mistakes.py:1: `kl__sign` {NEEDS}",
            id="mistake without a sentence",
        ),
        pytest.param(
            {"mistakes": "import torch\ndef nl__sign():\n    'The sign.'\n"},
            "reference/hw/mistakes.py:2: "
            "`nl__sign` is a mistake in `nl`, which the reference lacks; did you mean `nll`?",
            id="mistake of nothing",
        ),
    ],
)
def test_a_wrong_reference_is_refused_with_its_line(tmp_path: Path, files: dict[str, Any], message: str) -> None:
    assert refusal(course(tmp_path, **files)) == message


def test_a_missing_reference_is_told_once(tmp_path: Path) -> None:
    second = "      - {id: 1.b, title: B, kind: close, points: 1, call: {name: kl, arguments: [mu, logvar]}}\n"
    course(tmp_path, RUBRIC + second, solution=None, inputs=None)
    (tmp_path / "reference" / "hw").rmdir()
    assert refusal(tmp_path) == (
        "rubrics/hw.yaml:7: the folder reference/hw/ is missing, which is needed for item 1.a, item 1.b"
    )


def test_inputs_that_raise_leave_no_trace(tmp_path: Path) -> None:
    searched, silent = list(sys.path), sys.dont_write_bytecode
    refusal(course(tmp_path, inputs="import neighbour\nraise ValueError\n", neighbour=""))
    assert (sys.path, sys.dont_write_bytecode) == (searched, silent)
    assert "neighbour" not in sys.modules


# --- which rubric, which course ----------------------------------------------------------------------------------


def two_rubrics(folder: Path) -> Path:
    course(folder)
    (folder / "rubrics" / "vae_quiz.yaml").write_text(RUBRIC)
    return folder


@pytest.mark.parametrize(
    ("folder_name", "named", "stem"),
    [
        pytest.param("hw", None, "hw", id="named like the folder"),
        pytest.param("hw", "vae_quiz", "vae_quiz", id="explicit name wins"),
        pytest.param("x", "vae_quiz.yaml", "vae_quiz", id="file name"),
    ],
)
def test_the_rubric_is_found(tmp_path: Path, folder_name: str, named: str | None, stem: str) -> None:
    assert find_rubric(two_rubrics(tmp_path), folder_name, named) == tmp_path / "rubrics" / f"{stem}.yaml"


def test_the_only_rubric_fits_every_folder(tmp_path: Path) -> None:
    assert find_rubric(course(tmp_path), "students", None) == tmp_path / "rubrics" / "hw.yaml"


def test_a_rubric_may_be_named_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.yaml"
    path.write_text(RUBRIC)
    assert find_rubric(two_rubrics(tmp_path), "hw", str(path)) == path


@pytest.mark.parametrize(
    ("folder_name", "named", "message"),
    [
        pytest.param(
            "vae_quzi",
            None,
            "no rubric is named like the folder `vae_quzi`; did you mean `vae_quiz`? there are hw, vae_quiz; "
            "name one with --rubric",
            id="folder",
        ),
        pytest.param("hw", "xyz", "no rubric `xyz`; there are hw, vae_quiz", id="named"),
        pytest.param(
            "hw",
            "rubrics/vae_quzi.yaml",
            "no rubric `rubrics/vae_quzi.yaml`; did you mean `vae_quiz`? there are hw, vae_quiz",
            id="path",
        ),
    ],
)
def test_no_rubric_lists_what_there_is(tmp_path: Path, folder_name: str, named: str | None, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_rubric(two_rubrics(tmp_path), folder_name, named)
    assert str(caught.value) == message


def test_a_course_without_rubrics_says_so(tmp_path: Path) -> None:
    course(tmp_path)
    (tmp_path / "rubrics" / "hw.yaml").unlink()
    with pytest.raises(UsageError) as caught:
        find_rubric(tmp_path, "hw", None)
    assert str(caught.value) == (
        f"no rubric is named like the folder `hw`; there is no *.yaml in {tmp_path / 'rubrics'}"
    )


def test_the_course_is_the_nearest_folder_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = course(tmp_path) / "submissions" / "hw"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert find_course(None) == tmp_path
    monkeypatch.chdir(tmp_path)
    assert find_course(None) == tmp_path


def test_a_named_course_is_taken_as_it_is(tmp_path: Path) -> None:
    assert find_course(course(tmp_path)) == tmp_path
    with pytest.raises(UsageError) as caught:
        find_course(tmp_path / "rubrics")
    assert str(caught.value) == (
        f"{tmp_path / 'rubrics'} is not a course: a course is a folder with rubrics/ and reference/"
    )


def test_no_course_is_told_what_a_course_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as caught:
        find_course(None)
    assert str(caught.value) == (
        f"no course in {tmp_path} or above it: a course is a folder with rubrics/ and reference/; "
        "name one with --course DIR"
    )


# --- the schema --------------------------------------------------------------------------------------------------


def validator() -> Any:
    schema = rubric_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def as_editors_see(text: str, folder: Path) -> Any:
    path = folder / "x.yaml"
    path.write_text(text, encoding="utf-8")
    return read_yaml(path, "x.yaml").data


GOOD = [
    pytest.param(RUBRIC, id="small"),
    pytest.param(RUBRIC.replace("1.a", "1.10"), id="id is a number"),
    pytest.param(with_item("limits: {cpu_seconds: 3}", "hint: x", "partial: {sign: 0.5}"), id="all common keys"),
    pytest.param(with_item("rtol: 0.1", "factors: [1, 2]", "given: kl"), id="fields of a kind"),
    pytest.param(
        RUBRIC + "      - {id: w, title: W, kind: written, points: 1, model_answer: x}\n"
        "      - {id: c, title: C, kind: choice, points: 1, options: {1: [a], 2: [b]}, answer: 1}\n"
        "      - {id: n, title: N, kind: number, points: 1, answer: 0.50}\n"
        "      - {id: m, title: M, kind: module, points: 1, module: {name: VAE}, build: [A, 1], given: kl}\n"
        f"      - {DRAWS % 'kl'}\n",
        id="every kind",
    ),
]


@pytest.mark.parametrize("text", GOOD)
def test_what_loads_is_valid_in_editors(tmp_path: Path, text: str) -> None:
    load(course(tmp_path, text))
    validator().validate(as_editors_see(text, tmp_path))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(changed("title: A homework", "titel: A homework"), id="unknown key"),
        pytest.param(changed("title: A homework", "title: A\nxyz: 1"), id="further key"),
        pytest.param(with_item("tolerance: 1"), id="unknown key of an item"),
        pytest.param(with_item("wrt: [mu]"), id="key of another kind"),
        pytest.param(changed("kind: close", "kind: gradient"), id="key of the kind missing"),
        pytest.param(changed("kind: close", "kind: closed"), id="kind"),
        pytest.param(changed("        kind: close\n", ""), id="no kind"),
        pytest.param(changed("points: 3", "points: three"), id="points"),
        pytest.param(changed("points: 3", "points: -3"), id="negative points"),
        pytest.param(changed("name: kl, ", ""), id="no name"),
        pytest.param(changed("name: kl, ", "name: kl, argument: [mu], "), id="unknown key of a call"),
        pytest.param(with_item("partial: {sign: 2}"), id="partial"),
        pytest.param(with_item("limits: {cpu_seconds: 0}"), id="limits"),
        pytest.param(with_item("limits: {cpu: 1}"), id="unknown limit"),
        pytest.param(changed("questions:", "limits: {cpu: 1}\nquestions:"), id="unknown limit of the file"),
        pytest.param(RUBRIC[: RUBRIC.index("questions")] + "questions: []\n", id="no questions"),
    ],
)
def test_what_is_refused_is_not_valid_in_editors(tmp_path: Path, text: str) -> None:
    refusal(course(tmp_path, text))
    assert not validator().is_valid(as_editors_see(text, tmp_path))


def test_every_key_is_explained_to_editors() -> None:
    schema = rubric_schema()
    levels = [schema, *schema["$defs"].values()]
    explained = {name: about["description"] for level in levels for name, about in level["properties"].items()}
    assert set(explained) >= {"homework", "questions", "items", "points", "call", "arguments", "law", "model_answer"}
    assert [name for name, text in explained.items() if not re.fullmatch(r".{10,}\.", text)] == []


def test_the_schema_says_its_draft_and_is_json() -> None:
    schema = rubric_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize("kind", KINDS)
def test_no_field_of_a_kind_is_a_key_of_every_item(kind: str) -> None:
    common = {field.name for field in dataclasses.fields(ItemKeys)}
    assert {field.name for field in dataclasses.fields(KINDS[kind])} & common == set()  # type: ignore[arg-type]
