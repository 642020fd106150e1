"""Skips are failures where everything is meant to be there (GRADEBOUND_NO_SKIP=1, as .ci/run sets it), and luck is out."""

import os

import pytest
from hypothesis import settings

from grader.box.zygote import Zygote, bubblewrap_works

# A developer's run searches anew each time; CI asks the same questions each time, so that a failure is the change's.
settings.register_profile("ci", derandomize=True)
if os.environ.get("GRADEBOUND_NO_SKIP"):
    settings.load_profile("ci")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("GRADEBOUND_NO_SKIP") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {report.longrepr}"


@pytest.fixture(scope="session", params=["plain", "bubblewrap"])
def zygote(request):
    """One real zygote for all tests of a process (starting it imports torch), and one more in bubblewrap."""
    if request.param == "bubblewrap" and not bubblewrap_works():
        pytest.skip("bubblewrap is not installed or may not make namespaces here; make system installs it")
    with Zygote(bubblewrap=request.param == "bubblewrap") as started:
        yield started
