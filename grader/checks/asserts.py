"""Kind `asserts`: a course's own tests, run beside the student's code: a pytest file, plain asserts, otter's tests.

What it rests on. The tests run in the student's process, where student code can read them, see the values that they
expect, and change what they call: the outcomes are what that process says of itself. Nothing of the grader can be
reached that way, and what costs nothing to prevent is prevented, but a student who wants to can make a test pass
that should not. Who grades with it trusts his students as far as with any other runner of tests; every outcome says
so. A question that can be asked with `close`, `gradient`, `draws` or `module` has no such weakness.

The names of the tests come from the solution's run, and the solution passes them all: a test that a student's process
does not mention has not passed, and one that the solution does not have does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np

from grader.checks.code import Code, Unimportable
from grader.checks.running import MAX_TESTS, Ran, run
from grader.checks.testfile import matches
from grader.model import Expected, Fact, Observation, Outcome, Table, Values
from grader.values import cases

RESTS_ON = Fact(
    "what this rests on",
    "the course's tests ran beside the student's code, which could see and change them: "
    "these outcomes are what that process says of itself",
)
DID_NOT_RUN = {"outcome": "missing", "message": "it did not run"}


class Unsolved(Unimportable):
    """The solution does not pass the course's own tests."""


@dataclass(frozen=True)
class Asserts:
    """The tests of `file`, in reference/<homework>/asserts/, pass. Each counts alike, or as `weights` says.

    `tests` are the names of those that count, where not all do: tests, classes, or patterns with `*`. `credit` is
    `each` for the share of tests that pass, `all` for all or nothing. `module` is the name, or the names, under which
    the tests import the student's code; by default those of the solution's files that they import. `names` are what
    they take from it: files that define one of them are imported; by default all that the solution defines and the
    tests mention. `seconds` is the CPU time that one test may use. `notebook` runs the student's notebook from top
    to bottom, as otter does, where the tests need more than definitions.
    """

    file: str
    tests: tuple[str, ...] = ()
    credit: Literal["each", "all"] = "each"
    weights: dict[str, float] = field(default_factory=dict)
    module: str | tuple[str, ...] = ""
    names: tuple[str, ...] = ()
    seconds: float = 2.0
    notebook: bool = False

    asks_reference: ClassVar[bool] = True
    reads_text: ClassVar[bool] = False
    searchable: ClassVar[bool] = False
    preload: ClassVar[tuple[str, ...]] = ("grader.checks.recorder", "unittest", "doctest")
    """What a zygote imports once, so that not every item's process has to."""

    def __post_init__(self) -> None:
        if not self.seconds > 0:
            raise ValueError(f"seconds must be positive, got {self.seconds:g}")
        for name, weight in self.weights.items():
            if weight < 0:
                raise ValueError(f"weights must not be negative, got {weight:g} for `{name}`")
        if self.weights and self.credit == "all":
            raise ValueError("weights need `credit: each`; with `credit: all` every test has to pass")

    def told(self, *, reference: bool) -> dict[str, Any]:
        modules = (self.module,) if isinstance(self.module, str) else self.module
        return {
            "file": self.file,
            "tests": list(self.tests),
            "modules": [name for name in modules if name],
            "names": list(self.names),
            "seconds": self.seconds,
            "notebook": self.notebook,
            "must_pass": reference,
        }

    @staticmethod
    def probe(code: Code, call: Mapping[str, Any], given: Values) -> Values:  # noqa: ARG004 - the inputs are in the tests
        """`k/name`, `k/outcome` and `k/message` of every test, and what the file says of it."""
        ran = run(code, call)
        if call["must_pass"]:
            _must_pass(ran, call["file"])
        return {f"{k}/{key}": np.array(value) for k, test in enumerate(ran) for key, value in vars(test).items()}

    def compare(self, expected: Expected, observed: Observation) -> Outcome:
        wanted = [test for test in cases(expected.values).values() if str(test["outcome"]) == "passed"]
        claims = {str(test.get("name", "")): _texts(test) for test in cases(observed.values).values()}
        ran = [_judged(test, claims.get(str(test["name"]), DID_NOT_RUN)) for test in wanted]
        failed = [test for test in ran if test.outcome != "passed"]
        evidence = (_table(ran), RESTS_ON)
        if not failed:
            told = f"all {len(ran)} tests pass" if len(ran) > 1 else f"`{ran[0].name}` passes"
            return Outcome(1.0, told, evidence)
        whole = sum(self._weight(test) for test in ran)
        passed = sum(self._weight(test) for test in ran if test.outcome == "passed")
        credit = 0.0 if self.credit == "all" or whole == 0 else passed / whole
        return Outcome(credit, _sentence(ran, failed[0]), evidence, _note(failed[0].name))

    def _weight(self, test: Ran) -> float:
        """The weight of the first pattern that names the test, else what the course's file says, else 1."""
        return next((weight for name, weight in self.weights.items() if matches(test.name, name)), test.weight)


def _must_pass(ran: list[Ran], file: str) -> None:
    for test in ran:
        if test.outcome not in ("passed", "skipped"):
            raise Unsolved(f"it does not pass `{test.name}` of {file}: {test.message}")
    if not any(test.outcome == "passed" for test in ran):
        raise Unsolved(f"none of its tests ran: {file} has {'only tests that are skipped' if ran else 'no such test'}")
    if len(ran) >= MAX_TESTS:
        raise Unsolved(f"{file} has too many tests for one item; an item may have {MAX_TESTS - 1}")


def _texts(test: Mapping[str, np.ndarray]) -> dict[str, str]:
    return {key: str(test.get(key, ""))[:1000] for key in ("outcome", "message")}


def _judged(test: Mapping[str, np.ndarray], claim: Mapping[str, str]) -> Ran:
    """A test that the solution passes, with what a student's process claims of it."""
    hidden = bool(test["hidden"])
    return Ran(
        str(test["name"]),
        claim["outcome"],
        "its message is not shown" if hidden and claim["outcome"] != "passed" else claim["message"],
        float(test["weight"]),
        hidden,
    )


def _sentence(ran: list[Ran], first: Ran) -> str:
    passed = sum(test.outcome == "passed" for test in ran)
    became = {"skipped": "was skipped", "missing": "did not run"}.get(first.outcome, "fails")
    message = _cut(first.message.partition(" + where ")[0], 200)
    why = f": {message}" if message and first.outcome != "missing" else ""
    count = f"{passed} of {len(ran)} tests pass{'es' if passed == 1 else ''}; " if len(ran) > 1 else ""
    return f"{count}`{first.name}` {became}{why}"


def _note(name: str) -> str:
    """A slug for the class page: the first test that fails, without its parameters; its line in a plain file."""
    line = re.match(r"line \d+", name)
    return re.sub(r"\W+", "_", line.group() if line else name.partition("[")[0]).strip("_").lower()[:60] or "failed"


def _table(ran: list[Ran]) -> Table:
    rows: Iterator[tuple[str, ...]] = ((test.name, test.outcome, _cut(test.message, 300)) for test in ran)
    return Table("tests", ("test", "outcome", "message"), tuple(rows))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
