"""The names that a homework's formulas may use, and what each of them is; the reader resolves every name with it.

Names are spelt canonically, in LaTeX without needless braces and spaces: `\\mu_q`, `p_{data}`, `\\hat{y}`, `z_0`.
A name in a formula is looked up as written, then through `aliases`, then without its `silent` labels (`q_\\phi` is q),
then as a name with indices (`x_i`). What is found nowhere is an unknown name, which the tree says of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Macro:
    """A macro of the course, or a student's own `\\newcommand`: how many arguments it takes, and its text."""

    arguments: int
    body: str


@dataclass(frozen=True)
class Notation:
    """What names mean, as far as reading needs it.

    `variables` range over a space (x, z); `indices` count (i, k) and may stand as subscripts of others. `densities`
    take arguments before and after a bar, `functions` take arguments in parentheses or square brackets. Scalars,
    vectors and matrices take none: what stands in parentheses behind them is a factor. All are canonical spellings.
    `own` are undeclared names that an answer itself defines as functions, by `h(t) = …`.
    """

    variables: frozenset[str] = frozenset()
    indices: frozenset[str] = frozenset()
    densities: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    scalars: frozenset[str] = frozenset()
    vectors: frozenset[str] = frozenset()
    matrices: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)
    macros: Mapping[str, Macro] = field(default_factory=dict)
    own: frozenset[str] = frozenset()

    def has(self, name: str) -> bool:
        """Whether the name is declared."""
        groups = (
            self.variables,
            self.indices,
            self.densities,
            self.functions,
            self.scalars,
            self.vectors,
            self.matrices,
        )
        return any(name in group for group in groups)

    def takes_arguments(self, name: str) -> bool:
        """Whether what stands in brackets behind the name are its arguments, and not a factor."""
        return name in self.densities or name in self.functions
