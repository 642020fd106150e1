"""Uses the grader's own package to grade itself.

must: crashed
harm: forged
then: ok
control: no — the control has no package that could be used
"""

from pathlib import Path

from grader.cli import main


def double(x):
    Path("own").mkdir()
    main(["@SUBMISSIONS@", "--course", "@COURSE@", "--out", "own"])
    return x


def triple(x):
    return 3 * x
