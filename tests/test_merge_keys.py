"""YAML's merge key `<<` in rubrics: what is taken over, and which line a complaint about it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.model import CourseError
from grader.places import Tree, read_yaml

SHARED = """\
shared: &shared
  points: 2
  call: {name: f}
other: &other
  points: 3
  given: pairs
"""


def read(folder: Path, text: str) -> Tree:
    path = folder / "x.yaml"
    path.write_text(SHARED + text, "utf-8")
    return read_yaml(path, "x.yaml")


@pytest.mark.parametrize(
    ("text", "item"),
    [
        pytest.param("item: {<<: *shared, id: a}", {"id": "a", "points": 2, "call": {"name": "f"}}, id="one"),
        pytest.param("item: {<<: *shared, points: 5}", {"points": 5, "call": {"name": "f"}}, id="own_key_wins"),
        pytest.param("item: {points: 5, <<: *shared}", {"points": 5, "call": {"name": "f"}}, id="wherever_it_stands"),
        pytest.param(
            "item: {<<: [*shared, *other]}", {"points": 2, "call": {"name": "f"}, "given": "pairs"}, id="first_wins"
        ),
        pytest.param("item: {<<: {<<: *other, points: 1}}", {"points": 1, "given": "pairs"}, id="nested"),
        pytest.param("item: {'<<': x}", {"<<": "x"}, id="in_quotes_it_is_a_text"),
    ],
)
def test_a_merge_key_takes_over_what_is_not_written(tmp_path: Path, text: str, item: dict[str, object]) -> None:
    tree = read(tmp_path, text)
    assert tree.data["item"] == item
    assert not tree.complaints


def test_what_is_taken_over_stands_where_it_was_written(tmp_path: Path) -> None:
    tree = read(tmp_path, "item:\n  <<: *shared\n  id: a\n")
    assert [tree.line(("item", name)) for name in ("points", "call", "id")] == [2, 3, 9]
    assert tree.written["item", "points"] == "2"


def test_own_keys_that_occur_twice_are_still_complained_of(tmp_path: Path) -> None:
    tree = read(tmp_path, "item:\n  <<: *shared\n  id: a\n  id: b\n")
    assert [c.what for c in tree.complaints] == ["the key `id` occurs twice, in line 9 and in line 10"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("item: {<<: 3}", "x.yaml:7: `<<` takes over keys with values, or a list of such", id="number"),
        pytest.param(
            "item: {<<: [*shared, x]}", "x.yaml:7: `<<` takes over keys with values, or a list of such", id="text"
        ),
        pytest.param(
            "item: &item {<<: *item}",
            "x.yaml:7: an alias stands for something that holds the alias itself",
            id="itself",
        ),
        pytest.param(
            "item: &item {x: {<<: *item}}",
            "x.yaml:7: an alias stands for something that holds the alias itself",
            id="its_own_part",
        ),
    ],
)
def test_what_can_not_be_taken_over_is_named_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(CourseError) as error:
        read(tmp_path, text)
    assert str(error.value) == says


def test_merge_keys_can_not_stand_for_an_endless_file(tmp_path: Path) -> None:
    lines = ["a0: &a0 {x: 1}", *(f"a{k}: &a{k} {{<<: [*a{k - 1}, *a{k - 1}]}}" for k in range(1, 30))]
    with pytest.raises(CourseError, match="the aliases stand for more than 100000 values"):
        read(tmp_path, "\n".join(lines))
