"""What the signs of Unicode mean in LaTeX: tables, nothing else."""

from __future__ import annotations

_NAMED = (
    "α alpha β beta γ gamma δ delta ε varepsilon ϵ epsilon ζ zeta η eta θ theta ϑ vartheta ι iota κ kappa λ lambda "
    "μ mu µ mu ν nu ξ xi π pi ρ rho σ sigma τ tau υ upsilon φ phi ϕ phi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta "
    "Λ Lambda Ξ Xi Υ Upsilon Φ Phi Ψ Psi Ω Omega Σ Sigma Π Pi ∑ sum ∏ prod ∫ int ∬ iint ∂ partial ∇ nabla ∞ infty √ "
    "sqrt ≥ ge ⩾ ge ≤ le ⩽ le ≠ ne ≈ approx ≃ approx ≡ equiv ≔ coloneqq ≜ triangleq ∈ in ∼ sim ∝ propto · cdot ⋅ "
    "cdot ∙ cdot × times ⊙ odot ∘ odot ⇒ Rightarrow ⟹ Rightarrow → to ⟶ to ⇔ iff ⟺ iff ∀ forall ∴ therefore ∵ "
    "because … dots ⋯ dots ⊤ top ℓ ell ⟨ langle ⟩ rangle ∅ emptyset"
)
_WRITTEN = (
    r"÷ / − - – - — - ∗ * ‖ \| ∥ \| ∣ | │ | ′ ' ″ '' ’ ' ᵀ ^{\top} 𝔼 \mathbb{E} 𝒩 \mathcal{N} ℒ \mathcal{L} ℝ "
    r"\mathbb{R} ℕ \mathbb{N} ½ \frac{1}{2} ¼ \frac{1}{4} ¾ \frac{3}{4} ⅓ \frac{1}{3} ⅆ \mathrm{d} （ ( ） ) ， , ： : "
    r"； ; ＝ = ＋ + ｜ |"
)


def _pairs(table: str) -> dict[str, str]:
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


UNICODE: dict[str, str] = {sign: f"\\{name} " for sign, name in _pairs(_NAMED).items()}
UNICODE |= _pairs(_WRITTEN) | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\xad", "")
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱ", "0123456789+-()ni", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ᵢⱼₖₙₘₜₓᵤᵥₐₑₚ", "0123456789+-()ijknmtxuvaep", strict=True))
COMBINING = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar", "\u0307": "dot", "\u20d7": "vec"}
