"""Is this rubric any good? The reference, the examples, mutants, alternatives, fresh seeds and weights, in one proof.

Everything that is handed in here goes the way of a student's work: through the box, and judged outside of it.
"""

from grader.prove.page import page
from grader.prove.proof import Proof, Wanted, proved
from grader.prove.words import told

__all__ = ["Proof", "Wanted", "page", "proved", "told"]
