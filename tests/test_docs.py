"""What the documentation says is so: items, sentences, keys, links and commands are compared with the real ones.

A YAML block that begins with `# rubrics/<homework>.yaml` shows an item of that rubric, whole but for what an instructor
writes beside it (hint, solution); "the whole file" makes a rubric of its own. "`homework/student`, item `id`, gets 1 of 3:" is followed by what `grade` says, where "…"
stands for anything.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import yaml

from grader.checks import KINDS
from grader.inputs import Array
from grader.maths.declared import KEYS
from grader.model import Limits
from grader.rubric import ItemKeys, QuestionKeys, RubricKeys

ROOT = Path(__file__).parents[1]
KIND_PAGES = ROOT / "docs" / "kinds"
PAGES = sorted([ROOT / "README.md", ROOT / "benchmarks" / "README.md", *(ROOT / "docs").rglob("*.md")])
GRADE = Path(sys.executable).with_name("grade")

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEARD = re.compile(
    r"`(?P<homework>\w+)/(?P<student>\w+)`(?:, who[^\n]*?)?, item `(?P<item>[^`]+)`, "
    r"(?:gets (?P<points>[\d.]+) of (?P<of>[\d.]+)|waits for a person):\n\n(?P<sentence>(?:> [^\n]*\n)+)"
)
ANSWERS = re.compile(r"`(\w+)/(\w+)` answers:\n\n```markdown\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `([\w.]+)` \|(.*)\|$", re.MULTILINE)
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """The language and the text of every block between fences."""
    return ((match[1], match[2]) for match in BLOCK.finditer(page.read_text("utf-8")))


def rubric_blocks() -> Iterator[tuple[Path, str, str]]:
    """The page, the homework and the text of every block that shows a rubric."""
    for page in PAGES:
        for language, text in blocks(page):
            found = re.match(r"# rubrics/(\w+)\.yaml", text)
            if language == "yaml" and found:
                yield page, found[1], text


WHOLE = {hw: text for _, hw, text in rubric_blocks() if text.partition("\n")[0].endswith("the whole file")}
QUOTED = [match.groupdict() for page in PAGES for match in HEARD.finditer(page.read_text("utf-8"))]


def rubric(homework: str) -> dict[str, Any]:
    text = WHOLE.get(homework) or (ROOT / "rubrics" / f"{homework}.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def items(homework: str) -> dict[str, dict[str, Any]]:
    return {str(item["id"]): item for question in rubric(homework)["questions"] for item in question["items"]}


# --- what is quoted ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("homework", "text"),
    [pytest.param(hw, text, id=f"{page.stem}-{hw}-{k}") for k, (page, hw, text) in enumerate(rubric_blocks())],
)
def test_an_item_that_is_shown_is_an_item_of_the_rubric(homework: str, text: str) -> None:
    shown = yaml.safe_load(text)
    if isinstance(shown, dict):
        assert WHOLE[homework] == text
        return
    for item in shown:
        real = items(homework)[str(item["id"])]
        assert item == {key: value for key, value in real.items() if key in item or key not in ("hint", "solution")}


def test_every_kind_shows_an_item_and_what_a_failing_student_hears() -> None:
    for kind in KINDS:
        text = (KIND_PAGES / f"{kind}.md").read_text("utf-8")
        shown = [
            item
            for page, hw, block in rubric_blocks()
            if page.stem == kind
            for item in (yaml.safe_load(block) if hw not in WHOLE or block != WHOLE[hw] else items(hw).values())
        ]
        assert kind in [item["kind"] for item in shown]
        assert any(match["points"] != match["of"] for match in HEARD.finditer(text))


Outcomes = dict[str, dict[str, Any]]
"""Student → item → outcome."""


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Outcomes]:
    """What the real command says to the students of a homework that are quoted, run once for each homework.

    The rubrics are cut to the quoted items, to save time: items do not know of each other, and inputs follow from their
    names. Of other written answers the parts stay, because the parts of a text are found together.
    """
    folder = tmp_path_factory.mktemp("docs")

    @functools.cache
    def graded(homework: str) -> Outcomes:
        _write_homework(folder, homework)
        place, out = folder / "students" / homework, folder / "out" / homework
        command = [GRADE, place, "--course", folder / "course", "--rubric", homework, "--out", out]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
        assert done.returncode == 0, done.stderr
        return {path.parent.name: json.loads(path.read_text("utf-8"))["outcomes"] for path in out.glob("*/grade.json")}

    return graded


def _write_homework(folder: Path, homework: str) -> None:
    """A homework's solution, its rubric with the items that are quoted, and the students that are."""
    course, students = folder / "course", folder / "students" / homework
    for name in ("rubrics", "reference"):
        (course / name).mkdir(parents=True, exist_ok=True)
    (course / "rubrics" / f"{homework}.yaml").write_text(yaml.safe_dump(_cut(homework), allow_unicode=True), "utf-8")
    for name, student, answers in (found for page in PAGES for found in ANSWERS.findall(page.read_text("utf-8"))):
        if name == homework:
            (students / student).mkdir(parents=True)
            (students / student / "answers.md").write_text(answers, "utf-8")
    if homework not in WHOLE:
        shutil.copytree(ROOT / "reference" / homework, course / "reference" / homework)
        for student in {quote["student"] for quote in QUOTED if quote["homework"] == homework}:
            shutil.copytree(ROOT / "submissions_example" / homework / student, students / student)


def _cut(homework: str) -> dict[str, Any]:
    """A rubric with the quoted items, and the other written ones as some that nobody judges."""
    wanted = {quote["item"] for quote in QUOTED if quote["homework"] == homework}
    cut = rubric(homework)
    for question in cut["questions"]:
        question["items"] = [
            item if str(item["id"]) in wanted else _unasked(item)
            for item in question["items"]
            if str(item["id"]) in wanted or KINDS[item["kind"]].reads_text
        ]
    cut["questions"] = [question for question in cut["questions"] if question["items"]]
    if not any("world" in item for question in cut["questions"] for item in question["items"]):
        cut.pop("worlds", None)
    return cut


def _unasked(item: dict[str, Any]) -> dict[str, Any]:
    part = item.get("part", item["id"])
    return {"id": item["id"], "title": item["title"], "points": item["points"], "part": part, "kind": "written"}


@pytest.mark.parametrize(
    "quote", [pytest.param(q, id="-".join((q["homework"], q["student"], q["item"]))) for q in QUOTED]
)
def test_a_quoted_sentence_is_what_grade_says(quote: dict[str, str], heard: Callable[[str], Outcomes]) -> None:
    outcome = heard(quote["homework"])[quote["student"]][quote["item"]]
    said = " ".join(line.removeprefix("> ") for line in quote["sentence"].splitlines())
    worth = items(quote["homework"])[quote["item"]]["points"]
    points = None if outcome["credit"] is None else outcome["credit"] * worth
    told = None if quote["points"] is None else float(quote["points"])
    assert re.fullmatch(re.escape(said).replace("…", ".+"), outcome["sentence"]), outcome["sentence"]
    assert points == (pytest.approx(told, abs=1e-3) if told is not None else None)
    assert quote["of"] is None or float(quote["of"]) == worth


def test_the_smallest_failing_input_that_close_shows_is_what_grade_finds(heard: Callable[[str], Outcomes]) -> None:
    (table,) = heard("building_blocks")["kl_sign"]["3.a"]["evidence"]
    rows = dict(table["rows"])
    shown = " ".join((KIND_PAGES / "close.md").read_text("utf-8").split())
    assert f"mu = {rows['mu']}, logvar = {rows['logvar']}, got {rows['got']}, expected {rows['expected']}" in shown


# --- keys --------------------------------------------------------------------------------------------------------


def described(*pages: Path) -> dict[str, str]:
    """Key → its cells where it first occurs in the tables of the pages."""
    rows = [match.groups() for page in pages for match in ROW.finditer(page.read_text("utf-8"))]
    return dict(reversed(rows))


def keys_of(cls: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """The dotted keys of a dataclass and of those in its fields, each with its default (`dataclasses.MISSING`)."""
    hints = get_type_hints(cls)
    for field in dataclasses.fields(cls):
        made = field.default_factory
        default = made() if made is not dataclasses.MISSING else field.default
        yield f"{above}{field.name}", default
        for inner in (hints[field.name], *get_args(hints[field.name])):
            if dataclasses.is_dataclass(inner):
                yield from keys_of(inner, f"{above}{field.name}.")


def plain(value: Any) -> Any:
    value = dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize(
    ("kind", "key", "default"),
    [pytest.param(kind, *entry, id=f"{kind}-{entry[0]}") for kind, cls in KINDS.items() for entry in keys_of(cls)],
)
def test_every_key_of_a_kind_is_described_with_its_default(kind: str, key: str, default: Any) -> None:
    shared = [KIND_PAGES / "README.md"] if key.startswith("call.") else []
    cell = described(KIND_PAGES / f"{kind}.md", *shared)[key].rpartition("|")[2].strip()
    if default is dataclasses.MISSING:
        assert cell == "required"
    else:
        assert yaml.safe_load(cell.strip("`")) == plain(default)


@pytest.mark.parametrize("kind", KINDS)
def test_no_key_is_described_that_a_kind_does_not_have(kind: str) -> None:
    known = {key for key, _ in keys_of(KINDS[kind])} | set(KEYS)
    values = {"shape", "parameters", "values", "layers", "initial", "dependence", "autoregressive"}
    assert set(described(KIND_PAGES / f"{kind}.md")) <= known | (values if kind == "module" else set())


def test_every_key_of_a_world_is_described() -> None:
    assert set(KEYS) <= set(described(KIND_PAGES / "derivation.md"))


@pytest.mark.parametrize("level", [RubricKeys, QuestionKeys, ItemKeys, Limits])
def test_every_key_of_a_rubric_is_described(level: Any) -> None:
    text = (ROOT / "docs" / "rubrics.md").read_text("utf-8")
    assert [f.name for f in dataclasses.fields(level) if f"`{f.name}`" not in text] == []


def test_every_limit_is_told_with_its_default() -> None:
    text = (ROOT / "docs" / "rubrics.md").read_text("utf-8")
    for field in dataclasses.fields(Limits):
        assert f"`{field.name}` ({field.default:g}" in text


def test_every_word_of_inputs_is_described() -> None:
    import grader.inputs as words

    text = (ROOT / "docs" / "rubrics.md").read_text("utf-8")
    known = [
        name
        for name, word in vars(words).items()
        if inspect.isfunction(word) and not name.startswith("_") and get_type_hints(word).get("return") is Array
    ]
    assert len(known) >= 8
    assert [name for name in known if f"`{name}" not in text] == []


def test_the_table_of_kinds_has_a_line_for_every_kind() -> None:
    text = (KIND_PAGES / "README.md").read_text("utf-8")
    assert sorted(re.findall(r"^\| \[`(\w+)`\]\(\1\.md\) \|", text, re.MULTILINE)) == sorted(KINDS)


def test_the_readme_lists_every_homework() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert [path.stem for path in sorted((ROOT / "rubrics").glob("*.yaml")) if f"`{path.stem}`" not in text] == []


# --- links and commands ------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", re.sub(BLOCK, "", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(
    ("page", "link"),
    [
        pytest.param(page, link, id=f"{named(page)}-{link}")
        for page in PAGES
        for link in dict.fromkeys(LINK.findall(page.read_text("utf-8")))
        if "://" not in link
    ],
)
def test_every_relative_link_leads_somewhere(page: Path, link: str) -> None:
    file, _, anchor = link.partition("#")
    target = (page.parent / file).resolve() if file else page
    assert target.is_file()
    assert not anchor or anchor in anchors(target)


def commands() -> Iterator[tuple[str, str]]:
    """Every command that begins with `grade `, in a block or between backticks, and its page."""
    for page in PAGES:
        text = page.read_text("utf-8")
        lines = [line.strip() for _, block in blocks(page) for line in block.splitlines()]
        inline = re.findall(r"`(grade [^`\n]+)`", text)
        for command in dict.fromkeys([*lines, *inline]):
            if command.startswith("grade "):
                yield named(page), command


def test_there_are_commands_to_be_tried() -> None:
    assert len(list(commands())) >= 4


@pytest.mark.parametrize(("page", "command"), [pytest.param(*entry, id="-".join(entry)) for entry in commands()])
def test_every_command_parses(page: str, command: str) -> None:
    words = shlex.split(command)[1:]
    if words[0] == "PATH":
        words[0] = "."
    done = subprocess.run([GRADE, *words, "--help"], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Usage: grade ")
    options = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert options <= {*re.findall(r"--[\w-]+", done.stdout)}
