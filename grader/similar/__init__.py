"""Who may have copied code from whom: pairs of submissions with passages in common, for a person to look at.

Nothing here touches a grade.
"""

from grader.similar.page import index, pair_page
from grader.similar.pairs import Coder, Found, Pair, coder, similar, starter_grams, table, told

__all__ = ["Coder", "Found", "Pair", "coder", "index", "pair_page", "similar", "starter_grams", "table", "told"]
