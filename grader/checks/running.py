"""An instructor's tests run beside a student's code, in the item's process of the box: pytest, otter, plain asserts.

All of it runs in a process whose code may be hostile. What costs nothing to prevent is prevented here (a student's
file under the name of the course's, replaced builtins, an exit in the middle of a test); the rest is in the kind
`asserts`, which treats what comes out as a claim.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib.abc
import importlib.machinery
import inspect
import json
import os
import re
import signal
import sys
import tempfile
import textwrap
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

from grader.checks import testfile
from grader.checks.code import Code, Missing, Unimportable, seed_all, told_error

FOLDER = "asserts/"
BUILTINS = dict(vars(builtins))
"""As they were when nothing of a student had been imported."""
MAX_TESTS = 1000
MAX_MESSAGE = 400
LEFT_OUT = (
    "cacheprovider",
    "doctest",
    "faulthandler",
    "junitxml",
    "pastebin",
    "threadexception",
    "unraisableexception",
)
"""Plugins of pytest that write beside the tests, report elsewhere, or collect garbage for seconds in all."""
OPTIONS = ("-qq", "-s", "--tb=no", "--no-header", "--no-summary", *(f"-pno:{name}" for name in LEFT_OUT))


class Stopped(BaseException):
    """A test was ended, or would have ended all others. No `except Exception` may swallow it."""


@dataclass
class Ran:
    """What became of a test; `weight` and `hidden` are what the course's file says of it."""

    name: str
    outcome: str
    message: str = ""
    weight: float = 1.0
    hidden: bool = False


@dataclass(frozen=True)
class Session:
    """What a run of a file needs: the student's code, what the course told, and where its files lie now."""

    code: Code
    told: Mapping[str, Any]
    folder: Path
    files: frozenset[str] = field(default_factory=frozenset)

    @property
    def path(self) -> Path:
        return self.folder / str(self.told["file"])

    def attempt(self, name: str, run: Callable[[], object], **about: Any) -> Ran:
        """The outcome of one test that is a function of ours."""
        try:
            with self.alone():
                run()
        except BaseException as error:  # whatever a test or a student's code raises ends this test and no other
            outcome = "skipped" if type(error).__name__ in ("Skipped", "SkipTest") else "failed"
            return Ran(name, outcome, self.message(error), **about)
        return Ran(name, "passed", **about)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Around one test: the same seed for everyone, a limit of its own, and no exit of the whole process."""
        seconds = float(self.told["seconds"])
        seed_all(int(self.told.get("seed", 0)))

        def stop(*_: object) -> None:
            raise Stopped(f"stopped after {seconds:g} CPU seconds")

        signal.signal(signal.SIGPROF, stop)
        # Again and again: a bare `except` in a loop would outlive it once.
        signal.setitimer(signal.ITIMER_PROF, seconds, 0.1)
        try:
            yield
        except BaseException as error:
            if not isinstance(error, KeyboardInterrupt | SystemExit) and type(error).__name__ != "Exit":
                raise  # a failure; the others would end pytest, or us
            raise Stopped(f"it asked the whole program to end ({type(error).__name__})") from error
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def message(self, error: BaseException) -> str:
        """An exception in a line, with the student's own file and line where it passed through one."""
        if isinstance(error, Stopped):
            return str(error)
        told = _told(error)
        with contextlib.suppress(Exception):  # a traceback can be tampered with
            for step in reversed(traceback.extract_tb(error.__traceback__)):
                if step.filename in self.files and not isinstance(error, AssertionError):
                    return self.short(f"{told} ({PurePosixPath(step.filename).name}, line {step.lineno})")
        return self.short(told)

    def short(self, text: str) -> str:
        """A text in one line without the names of folders here."""
        for folder in (str(self.folder), str(Path.cwd())):
            text = text.replace(f"{folder}/", "")
        text = re.sub(r" at 0x[0-9a-f]+| Use -v to get more diff", "", " ".join(text.split()))
        return text if len(text) <= MAX_MESSAGE else text[: MAX_MESSAGE - 1] + "…"

    def broken(self, error: BaseException) -> Unimportable:
        """Why a test file could not be read or its tests not be run at all."""
        return Unimportable(f"the tests in {self.told['file']} could not be run: {self.message(error)}")


def run(code: Code, told: Mapping[str, Any]) -> list[Ran]:
    """What became of each chosen test. Raises `Missing` and `Unimportable` where there is nothing to test."""
    vars(builtins).update(BUILTINS)
    sys.dont_write_bytecode = True
    folder = Path(tempfile.mkdtemp(prefix="asserts-")).resolve()
    files = frozenset(str(module.__file__) for module in code.modules.values())
    session = Session(code, told, folder, files)
    source = code.asserts[FOLDER + told["file"]]
    runner = RUNNERS[testfile.style(ast.parse(source))]
    _lay_out(session)
    ran = _after_notebook(session, runner) if told["notebook"] else _on_modules(session, runner)
    return [test for test in ran if testfile.chosen(test.name, told["tests"])][:MAX_TESTS]


# --- what the tests see ------------------------------------------------------------------------------------------

Space = dict[str, Any]
"""The names that plain asserts and otter's tests find without importing them."""
Runner = Callable[[Session, Space], list[Ran]]


def _lay_out(session: Session) -> None:
    """Puts the course's files into a folder of their own, before all that a student may have named like them."""
    stems = {PurePosixPath(name).stem for name in session.code.asserts if name.endswith(".py")}
    for name, source in session.code.asserts.items():
        (session.folder / name.removeprefix(FOLDER)).write_bytes(source)
    if testfile.style(ast.parse(session.path.read_bytes())) == "pytest":
        session.path.write_bytes(testfile.without_own_calls(session.path.read_bytes()))
    for stem in stems:
        sys.modules.pop(stem, None)
    sys.path.insert(0, str(session.folder))
    sys.meta_path.insert(0, _Beside(session.folder, stems))


class _Beside(importlib.abc.MetaPathFinder):
    """Finds the modules that lie beside a test file, whatever a student has handed in under their names."""

    def __init__(self, folder: Path, stems: set[str]) -> None:
        self.folder = folder
        self.stems = stems

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:  # noqa: ARG002
        if fullname not in self.stems:
            return None
        return importlib.machinery.PathFinder.find_spec(fullname, [str(self.folder)])


def _on_modules(session: Session, runner: Runner) -> list[Ran]:
    """The tests on the student's modules as they were loaded, under the names by which the tests import them."""
    code = session.code
    if not code.modules:
        if code.failures:
            raise Unimportable("; ".join(code.failures.values()))
        raise Missing("nothing that could be tested was found: no Python file and no notebook")
    space = {name: value for module in reversed(list(code.modules.values())) for name, value in _public(module)}
    for name in session.told["modules"]:
        own = [m for file, m in code.modules.items() if PurePosixPath(file).stem == name]
        module = own[0] if own else ModuleType(name)
        for wanted, value in space.items() if not own else ():
            vars(module)[wanted] = value
        for wanted in session.told["names"]:
            # What another file of his has is found; what none has fails where it is used, not for all tests at once.
            vars(module).setdefault(wanted, space.get(wanted, _absent(wanted, code.failures)))
        sys.modules[name] = module
    return runner(session, space)


def _public(module: ModuleType) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in vars(module).items() if not name.startswith("__")]


def _absent(name: str, failures: Mapping[str, str]) -> Callable[..., Any]:
    why = "".join(f"; {failure}" for failure in failures.values())

    def absent(*_: Any, **__: Any) -> Any:
        raise Missing(f"no `{name}` was found in what was handed in{why}")

    return absent


# --- notebooks ---------------------------------------------------------------------------------------------------


def _after_notebook(session: Session, runner: Runner) -> list[Ran]:
    """The tests where the notebook says `grader.check("q1")` for the last time, or else at its end.

    A cell that raises loses only what is left of it, as in otter.
    """
    cells = _cells(session.code.sources)
    if not cells:
        raise Missing("no notebook was found that could be run")
    names = session.told["modules"] or ["notebook"]
    module = ModuleType(names[0])
    space = vars(module)
    space.update(get_ipython=_Ignored, display=_Ignored())
    sys.modules.update(dict.fromkeys(names, module))
    question = PurePosixPath(session.told["file"]).stem
    checked: list[list[Ran]] = []

    def check(name: str = "", *_: Any, **__: Any) -> None:
        if name == question:
            checked.append(runner(session, dict(space)))

    _stand_in_for_otter(check)
    mentions = [k for k, cell in enumerate(cells) if re.search(rf"""check\(\s*["']{re.escape(question)}["']""", cell)]
    for number, cell in enumerate(cells[: mentions[-1] + 1 if mentions else None], 1):
        # Whatever a cell raises is its own affair.
        with contextlib.suppress(BaseException):
            exec(compile(cell, f"cell {number}", "exec"), space)
    return checked[-1] if checked else runner(session, dict(space))


def _cells(sources: Mapping[str, bytes]) -> list[str]:
    """The code cells of all notebooks; where there is none, of all scripts, which `# %%` divides."""
    books = [source for name, source in sorted(sources.items()) if name.endswith(".ipynb")]
    if books:
        return [str(cell["source"]) for book in books for cell in json.loads(book)["cells"]]
    scripts = [s for name, s in sorted(sources.items()) if name.endswith(".py") and name != "mistakes.py"]
    return [cell for script in scripts for cell in re.split(r"(?m)^# ?%%.*$", script.decode(errors="replace"))]


class _Ignored:
    """Whatever is asked of a notebook's surroundings, nothing happens."""

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def __call__(self, *_: Any, **__: Any) -> None: ...

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Ignored()


def _stand_in_for_otter(check: Callable[..., None]) -> None:
    """A module `otter` as notebooks and test files use it; of a notebook's calls only `check` does anything."""
    otter, files = ModuleType("otter"), ModuleType("otter.test_files")
    otter.Notebook = type("Notebook", (_Ignored,), {"check": staticmethod(check)})  # type: ignore[attr-defined]
    otter.test_files = files  # type: ignore[attr-defined]
    otter.__path__ = []
    files.test_case = _Case  # type: ignore[attr-defined]
    sys.modules.update({"otter": otter, "otter.test_files": files})


# --- pytest ------------------------------------------------------------------------------------------------------


def _pytest(session: Session, space: Space) -> list[Ran]:  # noqa: ARG001 - pytest files import what they test
    import pytest

    from grader.checks.recorder import Recorder

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    settings = session.folder / "pytest.ini"
    if not settings.exists():
        settings.write_text("[pytest]\n")
    recorder = Recorder(session)
    places = ["-c", str(settings), "--rootdir", str(session.folder), "--basetemp", str(session.folder / "tmp")]
    pytest.main([*OPTIONS, *places, f"--confcutdir={session.folder}", str(session.path)], plugins=[recorder])
    if recorder.error is not None and not recorder.ran:
        raise session.broken(recorder.error)
    return list(recorder.ran.values())


# --- otter -------------------------------------------------------------------------------------------------------


def _otter(session: Session, space: Space) -> list[Ran]:
    """The cases of an otter file, one after the other; what one of them defines the next does not see, as in otter."""
    if "otter" not in sys.modules or not hasattr(sys.modules["otter"], "test_files"):
        _stand_in_for_otter(lambda *_: None)
    defined: Space = {"__name__": session.path.stem, "__file__": str(session.path)}
    try:
        exec(_rewritten(ast.parse(session.path.read_bytes()), session.path), defined)
    except BaseException as error:  # the file is the course's, but what it imports may be the student's
        raise session.broken(error) from error
    spec = defined.get("test")
    cases = _doctests(spec) if isinstance(spec, dict) else _functions(defined)
    total = spec.get("points") if isinstance(spec, dict) else defined.get("points")
    weights = _weights([case.points for case in cases], total)
    space = dict(space)
    return [
        replace(ran, message=case.failure_message) if ran.outcome != "passed" and case.failure_message else ran
        for case, weight in zip(cases, weights, strict=True)
        for ran in [session.attempt(case.name, partial(case.run, space), weight=weight, hidden=case.hidden)]
    ]


@dataclass
class _Case:
    """One case of an otter file; made without a function, it is the decorator `test_case`."""

    name: str = ""
    points: float | None = None
    hidden: bool = False
    success_message: str | None = None
    failure_message: str | None = None
    test: Callable[..., object] | None = None

    def __call__(self, test: Callable[..., object]) -> _Case:
        self.test = test
        return self

    def run(self, space: Space) -> None:
        """Calls the case's function with the names that its parameters ask for; `env` is all of them."""
        assert self.test is not None
        wanted = inspect.signature(self.test).parameters
        self.test(**{name: space if name == "env" else space.get(name) for name in wanted})


def _functions(defined: Space) -> list[_Case]:
    cases = [value for value in defined.values() if isinstance(value, _Case)]
    return [replace(case, name=case.name or f"{defined['name']} - {k}") for k, case in enumerate(cases, 1)]


def _doctests(spec: Mapping[str, Any]) -> list[_Case]:
    cases: list[_Case] = []
    for suite in spec["suites"]:
        for case in suite["cases"]:
            code = "\n".join(textwrap.dedent(part) for part in (suite.get("setup") or "", case["code"]))
            cases.append(
                _Case(
                    name=case.get("name") or f"{spec['name']} - {len(cases) + 1}",
                    points=case.get("points"),
                    hidden=bool(case.get("hidden", False)),
                    failure_message=case.get("failure_message"),
                    test=partial(_doctest, code),
                )
            )
    return cases


def _doctest(code: str, env: Space) -> None:
    """Runs one text of doctests. Raises AssertionError with the first example that is not as it should be."""
    import doctest

    said: list[str] = []

    class Runner(doctest.DocTestRunner):
        def report_failure(self, out: Any, test: Any, example: doctest.Example, got: str) -> None:  # noqa: ARG002
            said.append(f"{_one_line(example.source)} gives {_one_line(got)}, expected {_one_line(example.want)}")

        def report_unexpected_exception(self, out: Any, test: Any, example: doctest.Example, exc_info: Any) -> None:  # noqa: ARG002
            if isinstance(exc_info[1], Stopped):
                raise exc_info[1]
            said.append(f"{_one_line(example.source)} raises {_told(exc_info[1])}")

    examples = doctest.DocTestParser().get_examples(code)
    result = Runner(verbose=False).run(doctest.DocTest(examples, env, "case", None, None, code), clear_globs=False)
    if result.failed:
        raise AssertionError(said[0] if said else "it fails")


def _one_line(text: str) -> str:
    told = " ".join(text.split()) or "nothing"
    return told if len(told) <= 120 else told[:119] + "…"


def _weights(points: list[float | None], total: Any) -> list[float]:
    """How much each case counts: its own points, and an equal share of what the file's points leave."""
    given: list[float | None] = list(total) if isinstance(total, list) and len(total) == len(points) else points
    known = [float(value) for value in given if value is not None]
    unknown = len(given) - len(known)
    rest = (float(total) - sum(known)) / unknown if isinstance(total, int | float) and unknown else 1.0
    weights = [max(0.0, rest if value is None else float(value)) for value in given]
    return weights if any(weights) else [1.0] * len(weights)


# --- plain asserts -----------------------------------------------------------------------------------------------


def _plain(session: Session, space: Space) -> list[Ran]:
    """Every statement that asserts something as a test of its own; a script without one is one test."""
    tree = ast.parse(session.path.read_bytes())
    space = {**space, "__name__": "__main__", "__file__": str(session.path)}
    steps = list(testfile.statements(tree))
    if not any(name for name, _ in steps):

        def whole() -> None:
            for _, statement in steps:
                exec(_rewritten(ast.Module([statement], []), session.path), space)

        return [session.attempt(testfile.WHOLE, whole)]
    found: list[Ran] = []
    before = ""
    for name, statement in steps:
        code = _rewritten(ast.Module([statement], []), session.path)
        ran = session.attempt(name, partial(exec, code, space))
        if name:
            missed = f"{ran.message}; before it, {before}" if before and ran.outcome == "failed" else ran.message
            found.append(replace(ran, message=session.short(missed)))
        elif ran.outcome == "failed" and not before:
            before = f"line {statement.lineno} failed: {ran.message}"
    return found


def _rewritten(tree: ast.Module, path: Path) -> Any:
    """The code of a file whose failing asserts say their values, as in pytest."""
    with contextlib.suppress(ImportError):
        from _pytest.assertion.rewrite import rewrite_asserts

        rewrite_asserts(tree, path.read_bytes(), str(path))
    return compile(tree, str(path), "exec")


RUNNERS: Mapping[testfile.Style, Runner] = {"pytest": _pytest, "otter": _otter, "plain": _plain}


def _told(error: BaseException) -> str:
    """An exception with its type, but for a failed assert, which says enough."""
    if isinstance(error, Missing):
        return str(error)
    return told_error(error) if not isinstance(error, AssertionError) else str(error) or "an assert fails"
