"""What a student hands in, as a `Submission`, and then as the `Work` that the box and the checks are given.

Three steps that stay apart: `collect` looks at names alone (`discover` where no platform made them), `read` looks at
bytes within limits, and only the box ever runs them. Whatever a student hands in, however damaged, ends as data and a
remark; only a path that the operator typed can be an error. An archive that he typed is `opened` before.
"""

from grader.intake.answers import Answers, split_answers
from grader.intake.asked import parts_asked
from grader.intake.exports import collect, opened
from grader.intake.folders import discover, homeworks, read, whole_folder
from grader.intake.labels import label
from grader.intake.notebooks import defined_in

__all__ = [
    "Answers",
    "collect",
    "defined_in",
    "discover",
    "homeworks",
    "label",
    "opened",
    "parts_asked",
    "read",
    "split_answers",
    "whole_folder",
]
