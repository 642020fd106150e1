"""Mathematics in a written answer: read, evaluated on sampled worlds, judged by value. A deep room with few doors.

Inside the box: `observed_answer` for a student, `evaluated` for the reference. Outside: `judged` for the claims of an
answer, `matches` for one of its sides, `web` and `said` for what the claims say taken together, `likely` for the slips
that would explain a wrong one, `trouble` and `world_trouble` for what is wrong with a course's own formulas.
"""

from grader.maths.answer import MAX_ANSWER, alternatives, evaluated, observed_answer
from grader.maths.course import displayed, may_be_open, shown, trouble, typeset
from grader.maths.declared import world_trouble
from grader.maths.glossary import meanings, similar
from grader.maths.mark import marked
from grader.maths.said import EQUALITIES, Said, Statement, Web, occurs, only_bounded, said, statement, web
from grader.maths.values import NOT_DECLARED
from grader.maths.verdicts import Judged, UpTo, judged, likely, matches

__all__ = [
    "EQUALITIES",
    "MAX_ANSWER",
    "NOT_DECLARED",
    "Judged",
    "Said",
    "Statement",
    "UpTo",
    "Web",
    "alternatives",
    "displayed",
    "evaluated",
    "judged",
    "likely",
    "marked",
    "matches",
    "may_be_open",
    "meanings",
    "observed_answer",
    "occurs",
    "only_bounded",
    "said",
    "shown",
    "similar",
    "statement",
    "trouble",
    "typeset",
    "web",
    "world_trouble",
]
