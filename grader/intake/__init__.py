"""What a student hands in, as a `Submission`, and then as the `Work` that the box and the checks are given.

Three steps that stay apart: `discover` looks at names alone, `read` looks at bytes within limits, and only the box
ever runs them. Whatever a student hands in, however damaged, ends as data and a remark; only a path that the
operator typed can be an error.
"""

from grader.intake.answers import Answers, split_answers
from grader.intake.asked import parts_asked
from grader.intake.folders import discover, homeworks, read
from grader.intake.labels import label

__all__ = ["Answers", "discover", "homeworks", "label", "parts_asked", "read", "split_answers"]
