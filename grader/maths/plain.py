"""A short formula as it stands in a sentence: σ² for `\\sigma^{2}`, p(x|z), log(a/b)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.maths.tree import (
    Add,
    Apply,
    Big,
    Constant,
    Divergence,
    Divide,
    Expectation,
    Function,
    Gaussian,
    Multiply,
    Negative,
    Node,
    Number,
    Power,
    Symbol,
    Tuple,
)
from grader.maths.write import latex

LONGEST = 48
GREEK = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "varepsilon": "ε",
    "zeta": "ζ",
    "eta": "η",
    "theta": "θ",
    "vartheta": "ϑ",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "nu": "ν",
    "xi": "ξ",
    "pi": "π",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "phi": "φ",
    "varphi": "ϕ",
    "chi": "χ",
    "psi": "ψ",
    "omega": "ω",
    "Gamma": "Γ",
    "Delta": "Δ",
    "Theta": "Θ",
    "Lambda": "Λ",
    "Sigma": "Σ",
    "Phi": "Φ",
    "Psi": "Ψ",
    "Omega": "Ω",
}
SMALL = {"0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹", "-": "⁻"}
SIGNS = {"sum": "Σ", "product": "∏", "integral": "∫"}


def plain(node: Node) -> str:
    """The formula in one line of plain signs; its LaTeX where there is no short way, cut where it is long."""
    said = _said(node)
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


def name(text: str) -> str:
    """A canonical name without its backslashes: `\\mu_{q}` is μ_q."""
    for word in sorted(GREEK, key=len, reverse=True):
        text = text.replace(f"\\{word}", GREEK[word])
    for mark in ("\\hat", "\\tilde", "\\bar", "\\mathcal", "\\mathbf", "\\dot"):
        text = text.replace(mark, "")
    return text.replace("{", "").replace("}", "").replace("\\", "")


def _said(node: Node) -> str:
    how = SAY.get(type(node))
    return how(node) if how else latex(node)


def _closed(node: Node) -> str:
    said = _said(node)
    return f"({said})" if isinstance(node, Add | Negative | Multiply | Divide | Big) else said


def _listed(nodes: tuple[Node, ...]) -> str:
    return ", ".join(map(_said, nodes))


def _symbol(node: Symbol) -> str:
    below = f"_{_listed(node.indices)}" if node.indices else ""
    return name(node.name) + below + "'" * node.copy


def _apply(node: Apply) -> str:
    given = f"|{_listed(node.given)}" if node.given else ""
    return f"{name(node.function)}({_listed(node.arguments)}{given})"


def _sum(node: Add) -> str:
    made = _said(node.terms[0])
    for term in node.terms[1:]:
        made += f" − {_closed(term.body)}" if isinstance(term, Negative) else f" + {_said(term)}"
    return made


def _power(node: Power) -> str:
    exponent = _said(node.exponent)
    small = "".join(SMALL.get(sign, "") for sign in exponent.replace("−", "-"))
    return _closed(node.base) + (small if len(small) == len(exponent) else f"^{_closed(node.exponent)}")


def _function(node: Function) -> str:
    signs = {"sqrt": "√", "abs": "", "norm": ""}
    if node.name in ("abs", "norm"):
        bar = "|" if node.name == "abs" else "‖"
        return f"{bar}{_said(node.body)}{bar}"
    if node.name in ("transpose", "inverse"):
        return _closed(node.body) + ("ᵀ" if node.name == "transpose" else "⁻¹")
    return f"{signs.get(node.name, node.name)}({_said(node.body)})"


def _big(node: Big) -> str:
    over = ",".join(name(bound.name) for bound in node.over)
    return f"{SIGNS[node.kind]}_{over} {_said(node.body)}" if over else f"{SIGNS[node.kind]} {_said(node.body)}"


def _expectation(node: Expectation) -> str:
    under = f"_{_said(node.under)}" if node.under is not None else ""
    return f"{'E' if node.kind == 'mean' else 'Var'}{under}[{_said(node.body)}]"


def _divergence(node: Divergence) -> str:
    right = "" if node.right is None else f", {_said(node.right)}"
    return f"{node.kind}({_said(node.left)}{right})"


def _gaussian(node: Gaussian) -> str:
    at = "" if node.at is None else f"{_said(node.at)}; "
    return f"N({at}{_said(node.mean)}, {_said(node.variance)})"


SAY: dict[type[Node], Callable[[Any], str]] = {
    Number: lambda node: str(node.value).replace("-", "−"),
    Constant: lambda node: {"pi": "π", "e": "e", "infinity": "∞"}[node.name],
    Symbol: _symbol,
    Apply: _apply,
    Add: _sum,
    Negative: lambda node: f"−{_closed(node.body)}",
    Multiply: lambda node: " ".join(map(_closed, node.factors)),
    Divide: lambda node: f"{_closed(node.top)}/{_closed(node.bottom)}",
    Power: _power,
    Function: _function,
    Tuple: lambda node: _listed(node.entries),
    Big: _big,
    Expectation: _expectation,
    Divergence: _divergence,
    Gaussian: _gaussian,
}
