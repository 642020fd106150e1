"""Mathematics in a written answer: read, evaluated on sampled worlds, judged by value. A deep room with few doors.

Inside the box: `observed_answer` for a student, `evaluated` for the reference. Outside: `judged` for the claims of an
answer, `matches` for one of its sides, `trouble` for what is wrong with a course's own formulas.
"""

from grader.maths.answer import evaluated, observed_answer
from grader.maths.course import trouble
from grader.maths.verdicts import Judged, judged, matches

__all__ = ["Judged", "evaluated", "judged", "matches", "observed_answer", "trouble"]
