"""Mathematics in a written answer: read, evaluated on sampled worlds, judged by value. A deep room with few doors.

Inside the box: `observed_answer` for a student, `evaluated` for the reference. Outside: `judged` for the claims of an
answer, `matches` for one of its sides, `likely` for the slips that would explain a wrong one, `trouble` and
`world_trouble` for what is wrong with a course's own formulas.
"""

from grader.maths.answer import MAX_ANSWER, evaluated, observed_answer
from grader.maths.course import displayed, shown, trouble
from grader.maths.declared import world_trouble
from grader.maths.glossary import meanings, similar
from grader.maths.mark import marked
from grader.maths.verdicts import Judged, UpTo, judged, likely, matches

__all__ = [
    "MAX_ANSWER",
    "Judged",
    "UpTo",
    "displayed",
    "evaluated",
    "judged",
    "likely",
    "marked",
    "matches",
    "meanings",
    "observed_answer",
    "shown",
    "similar",
    "trouble",
    "world_trouble",
]
