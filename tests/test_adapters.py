"""A function that takes a network, and a class that holds one, are asked through the course's adapter."""

import json

import pytest
from course_tools import grade, outcomes, put, write_students

RUBRIC = """\
homework: sums
title: Sums
limits: {cpu_seconds: 2, idle_seconds: 2}
questions:
  - id: "1"
    title: Penalty
    items:
      - id: "1"
        title: Mean of the squares of what a critic says
        kind: close
        points: 4
        call: {name: penalty, also: [Critic.penalty], arguments: [x, w], through: linear}
        given: numbers
"""
REFERENCE = "def penalty(x, critic):\n    return critic(x).square().mean()\n"
ASKING = """\
def linear(found, inputs):
    w = inputs["w"]
    return {"penalty": found(inputs["x"], lambda x: x @ w), "names": [1.0]}
"""
INPUTS = 'from grader.inputs import Recipe, normal\n\nnumbers = Recipe(x=normal("B", "D"), w=normal("D"))\n'


def course(folder, *, rubric=RUBRIC, asking=ASKING):
    put(folder / "rubrics" / "sums.yaml", rubric)
    for name, source in {"sums": REFERENCE, "inputs": INPUTS, "asking": asking}.items():
        put(folder / "reference" / "sums" / f"{name}.py", source)
    return folder


def run(tmp_path, **students):
    write_students(tmp_path / "sums", **students)
    return grade("sums", "--course", ".", "--out", "out", cwd=tmp_path)


def test_an_adapter_hands_over_a_network_and_the_answers_are_compared(tmp_path):
    course(tmp_path)
    wrong = REFERENCE.replace("square", "abs")
    done = run(tmp_path, right=REFERENCE, wrong=wrong, raises="def penalty(x, critic):\n    return critic.score(x)\n")
    assert done.returncode == 0, done.stderr
    assert outcomes(tmp_path / "out", "right")["1"]["credit"] == 1
    assert outcomes(tmp_path / "out", "wrong")["1"]["credit"] == 0
    assert "'function' object has no attribute 'score'" in outcomes(tmp_path / "out", "raises")["1"]["sentence"]


def test_a_student_can_neither_replace_the_adapter_nor_be_asked_by_his_own(tmp_path):
    course(tmp_path)
    write_students(tmp_path / "sums", cheat="def penalty(x, critic):\n    return x.sum()\n")
    put(tmp_path / "sums" / "cheat" / "asking.py", "def linear(found, inputs):\n    return 0.0\n")
    assert grade("sums", "--course", ".", "--out", "out", cwd=tmp_path).returncode == 0
    assert outcomes(tmp_path / "out", "cheat")["1"]["credit"] == 0


def test_a_changed_adapter_asks_again(tmp_path):
    course(tmp_path)
    run(tmp_path, right=REFERENCE)
    course(tmp_path, asking=ASKING.replace("x @ w", "x @ w + 1"))
    assert "0 kept, 1 to run" in run(tmp_path, right=REFERENCE).stderr
    assert json.loads((tmp_path / "out" / "right" / "grade.json").read_text())["outcomes"]["1"]["credit"] == 1


@pytest.mark.parametrize(
    ("asking", "told"),
    [
        pytest.param(
            ASKING.replace("linear", "linaer"),
            "`call.through`: reference/sums/asking.py has no `linear`; did you mean `linaer`? there is linaer",
            id="misspelt",
        ),
        pytest.param("def linear(:\n", "reference/sums/asking.py:1: is not Python: invalid syntax", id="syntax"),
        pytest.param(
            ASKING.replace('inputs["w"]', 'inputs["v"]'), "the reference gave no answer (crashed)", id="raises"
        ),
    ],
)
def test_a_broken_adapter_is_the_course_authors(tmp_path, asking, told):
    course(tmp_path, asking=asking)
    done = run(tmp_path, right=REFERENCE)
    assert done.returncode == 2
    assert told in done.stderr
