"""A plugin of pytest that keeps the outcome of every test. Imported only where pytest runs, or is about to."""

from __future__ import annotations

import io
import sys
from collections.abc import Generator
from pathlib import PurePosixPath
from typing import Any

import pytest

from grader.checks import testfile
from grader.checks.running import Ran, Session


class Recorder:
    """`ran` maps a test's name to what became of it; `error` is what kept the file from being collected."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.ran: dict[str, Ran] = {}
        self.error: BaseException | None = None
        self._stdout: Any = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self) -> None:
        """The reporter takes the stdout that it finds now: what it prints is not for the student's report."""
        self._stdout, sys.stdout = sys.stdout, io.StringIO()
        beside = [PurePosixPath(name).stem for name in self.session.code.asserts if name.endswith(".py")]
        pytest.register_assert_rewrite(*beside)

    @pytest.hookimpl(trylast=True, specname="pytest_configure")
    def pytest_configured(self) -> None:
        sys.stdout = self._stdout

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if testfile.chosen(_name(item.nodeid), self.session.told["tests"])]

    def pytest_exception_interact(self, node: Any, call: Any) -> None:
        if isinstance(node, pytest.Collector):
            error = call.excinfo.value
            self.error = error.__cause__ or error

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Generator[None, None, None]:
        with self.session.alone():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, None, None]:
        with self.session.alone():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        name = _name(item.nodeid)
        outcome = report.outcome
        if call.when == "call" or outcome != "passed":
            message = self.session.message(call.excinfo.value) if call.excinfo else str(report.longrepr or "")
            if hasattr(report, "wasxfail"):  # a test that is meant to fail counts only if it passes
                message = f"expected to fail: {report.wasxfail}" if report.wasxfail else "expected to fail"
            failed = "failed" if call.when == "call" else "error"
            self.ran[name] = Ran(
                name, failed if outcome == "failed" else outcome, "" if outcome == "passed" else message
            )
        return report


def _name(nodeid: str) -> str:
    return nodeid.partition("::")[2] or nodeid
