"""LaTeX and plain mathematics → trees: what every way of writing means, what can't be read, and where it stands."""

from pathlib import Path

import pytest
from soon import soon

from grader.maths.lex import definitions, with_macros
from grader.maths.notation import Macro, Notation
from grader.maths.read import Unreadable, read, read_row, readings, unknown
from grader.maths.rows import rows
from grader.maths.tree import Apply, Bound, Expectation, Symbol, walk
from grader.maths.write import latex

NOTATION = Notation(
    variables=frozenset({"x", "z", "u", "y", "t"}),
    indices=frozenset("ijkdm"),
    densities=frozenset({"p", "q", "p_{data}", "p_G", "P_1", "P_2", "r"}),
    functions=frozenset({"D", "G", "f", "g"}),
    scalars=frozenset({"\\lambda", "\\mu", "\\sigma", "\\mu_q", "\\mu_p", "\\sigma_q", "n", "K", "C"}),
    vectors=frozenset({"w", "a", "b"}),
    matrices=frozenset({"S", "A"}),
    silent=frozenset({"\\theta", "\\phi", "\\omega"}),
    aliases={"P": "p", "\\hat{y}": "g"},
)


def shown(text):
    """A row as it was read: its chains in canonical LaTeX, arrows before the implied ones, and the remark."""
    row = read_row(text, NOTATION)
    chains = (("=> " if implied else "") + latex(chain) for chain, implied in zip(row.chains, row.implied, strict=True))
    return " AND ".join(chains) + (f" REMARK {row.remark}" if row.remark else "")


MEANINGS = [
    # conditional
    pytest.param(r"p(x|z)", r"p(x | z)", id="conditional-0"),
    pytest.param(r"p(x \mid z)", r"p(x | z)", id="conditional-1"),
    pytest.param(r"p(x\,|\,z)", r"p(x | z)", id="conditional-2"),
    pytest.param(r"p\left(x\,\middle|\,z\right)", r"p(x | z)", id="conditional-3"),
    pytest.param(r"p(x\vert z)", r"p(x | z)", id="conditional-4"),
    pytest.param(r"q_\phi(z|x)", r"q(z | x)", id="conditional-5"),
    pytest.param(r"p_{\theta}(x, z)", r"p(x, z)", id="conditional-6"),
    pytest.param(r"p(x|z;\theta)", r"p(x | z)", id="conditional-7"),
    pytest.param(r"p(y=1|x)", r"p(y = 1 | x)", id="conditional-8"),
    pytest.param(r"P_\theta(x|z_i)", r"p(x | z_i)", id="conditional-9"),
    pytest.param(r"p(x||z|)", r"p(x | \left| z \right|)", id="conditional-10"),
    pytest.param(r"{q}_\phi(z|x)", r"q(z | x)", id="conditional-11"),
    # divergence
    pytest.param(r"KL(q,p)", r"\operatorname{KL}(q \,\|\, p)", id="divergence-0"),
    pytest.param(r"D_{KL}(q(x) \| p(x))", r"\operatorname{KL}(q(x) \,\|\, p(x))", id="divergence-1"),
    pytest.param(r"KL(q\|p)", r"\operatorname{KL}(q \,\|\, p)", id="divergence-2"),
    pytest.param(r"D_{\mathrm{KL}}\left[q \,\|\, p\right]", r"\operatorname{KL}(q \,\|\, p)", id="divergence-3"),
    pytest.param(r"D(q\|p)", r"\operatorname{KL}(q \,\|\, p)", id="divergence-4"),
    pytest.param(r"D(q||p)", r"\operatorname{KL}(q \,\|\, p)", id="divergence-5"),
    pytest.param(r"D(x)", r"D(x)", id="divergence-6"),
    pytest.param(r"H(q,p)", r"H(q, p)", id="divergence-7"),
    pytest.param(r"H(q)", r"H(q)", id="divergence-8"),
    pytest.param(r"\mathbb{H}[q]", r"H(q)", id="divergence-9"),
    pytest.param(r"\operatorname{KL}(q|p)", r"\operatorname{KL}(q \,\|\, p)", id="divergence-10"),
    pytest.param(r"D_{KL}(q \mid\mid p)", r"\operatorname{KL}(q \,\|\, p)", id="divergence-11"),
    pytest.param(r"\mathrm{KL}\big(q\,\big\|\,p\big)", r"\operatorname{KL}(q \,\|\, p)", id="divergence-12"),
    pytest.param(r"D_{KL}(q\mathbin{\|}p)", r"\operatorname{KL}(q \,\|\, p)", id="divergence-13"),
    pytest.param(r"\text{KL}(q(z|x);p(z))", r"\operatorname{KL}(q(z | x) \,\|\, p(z))", id="divergence-14"),
    pytest.param(r"JSD(p,q)", r"\operatorname{JSD}(p, q)", id="divergence-15"),
    pytest.param(r"D_{JS}(p\|q)", r"\operatorname{JSD}(p, q)", id="divergence-16"),
    pytest.param(r"W_1(P_1,P_2)", r"W_1(P_1, P_2)", id="divergence-17"),
    pytest.param(r"\mathcal{W}_1(p,q)", r"W_1(p, q)", id="divergence-18"),
    pytest.param(r"KL", r"\mathrm{KL}", id="divergence-19"),
    # expectation
    pytest.param(
        r"\mathbb{E}_{q_\phi(z|x)}[\log p(x|z)]", r"\mathbb{E}_{q(z | x)}[\log(p(x | z))]", id="expectation-0"
    ),
    pytest.param(r"E_{z\sim q}[z]", r"\mathbb{E}_{z \sim q}[z]", id="expectation-1"),
    pytest.param(r"\mathbb E_q \left[ \log p \right]", r"\mathbb{E}_{q}[\log(p)]", id="expectation-2"),
    pytest.param(r"E_{q}\{z\}", r"\mathbb{E}_{q}[z]", id="expectation-3"),
    pytest.param(r"E[x]^2", r"\mathbb{E}[x]^{2}", id="expectation-4"),
    pytest.param(r"E(x)", r"\mathbb{E}[x]", id="expectation-5"),
    pytest.param(r"\operatorname{Var}[x]", r"\operatorname{Var}[x]", id="expectation-6"),
    pytest.param(r"Var\{x\}", r"\operatorname{Var}[x]", id="expectation-7"),
    pytest.param(
        r"\mathbb E_{z \sim q(z|x)} \log p(x|z) + 1",
        r"\mathbb{E}_{z \sim q(z | x)}[\log(p(x | z))]+1",
        id="expectation-8",
    ),
    pytest.param(
        r"\mathbb E_{x\sim p, z\sim q}[x]", r"\mathbb{E}_{x \sim p}[\mathbb{E}_{z \sim q}[x]]", id="expectation-9"
    ),
    pytest.param(r"\mathbb{E}_{x,z\sim q}[x]", r"\mathbb{E}_{x, z \sim q}[x]", id="expectation-10"),
    pytest.param(
        r"\mathbb{E}_{z_1,\dots,z_K\sim q(z|x)}[x]",
        r"\mathbb{E}_{z_1, \dots, z_K \sim q(z | x)}[x]",
        id="expectation-11",
    ),
    pytest.param(r"\mathbb{E}_{z_{1:K}\sim q}[x]", r"\mathbb{E}_{z_1, \dots, z_K \sim q}[x]", id="expectation-12"),
    pytest.param(r"\mathbb{E}_x[x]", r"\mathbb{E}_{x}[x]", id="expectation-13"),
    pytest.param(r"𝔼_q[x]", r"\mathbb{E}_{q}[x]", id="expectation-14"),
    # sums
    pytest.param(r"\sum_z p(z)", r"\sum_{z} p(z)", id="sums-0"),
    pytest.param(r"\sum_{z\in Z} p(z)", r"\sum_{z} p(z)", id="sums-1"),
    pytest.param(r"\sum_{z'\neq z} p(z')", r"\sum_{z' \neq z} p(z')", id="sums-2"),
    pytest.param(r"\sum_{j=1}^{G} x_j", r"\sum_{j = 1}^{G} x_j", id="sums-3"),
    pytest.param(r"\sum^K_{k=1} k", r"\sum_{k = 1}^{K} k", id="sums-4"),
    pytest.param(r"\sum\limits_{z} p(z) \log q(z) + 1", r"\sum_{z} p(z)\log(q(z))+1", id="sums-5"),
    pytest.param(r"\prod_d p(x_d)", r"\prod_{d} p(x_d)", id="sums-6"),
    pytest.param(r"\sum_{i\in\{1,\dots,n\}} x_i", r"\sum_{i = 1}^{n} x_i", id="sums-7"),
    pytest.param(r"\sum_{x,z} p(x,z)", r"\sum_{x, z} p(x, z)", id="sums-8"),
    pytest.param(r"\sum_{1\le i\le n} i", r"\sum_{i = 1}^{n} i", id="sums-9"),
    pytest.param(r"\sum_z -p(z)", r"\sum_{z} (-p(z))", id="sums-10"),
    pytest.param(r"2\lambda(1-\sum_z q)", r"2\lambda{}\left( 1-\sum_{z} q \right)", id="sums-11"),
    # integrals
    pytest.param(r"\int p(z) dz", r"\int p(z) \, \mathrm{d}z", id="integrals-0"),
    pytest.param(r"\int_x p(x) \log q(x) + p(x) dx", r"\int p(x)\log(q(x))+p(x) \, \mathrm{d}x", id="integrals-1"),
    pytest.param(r"\int_0^1 u \mathrm{d}u", r"\int_{0}^{1} u \, \mathrm{d}u", id="integrals-2"),
    pytest.param(r"\int p(x) \mathop{}\!\mathrm{d}x + 1", r"\int p(x) \, \mathrm{d}x+1", id="integrals-3"),
    pytest.param(r"\iint p(x,z) dx\,dz", r"\iint p(x, z) \, \mathrm{d}x \, \mathrm{d}z", id="integrals-4"),
    pytest.param(r"\int \frac{q(x) dx}{p(x)}", r"\int \frac{q(x)}{p(x)} \, \mathrm{d}x", id="integrals-5"),
    pytest.param(r"\int \frac{dx}{x}", r"\int \frac{1}{x} \, \mathrm{d}x", id="integrals-6"),
    pytest.param(r"\int dx f(x) + 1", r"\int f(x) \, \mathrm{d}x+1", id="integrals-7"),
    pytest.param(r"\int_x q(x) + 1", r"\int q(x) \, \mathrm{d}x+1", id="integrals-8"),
    pytest.param(
        r"\int q \frac pq \log\frac pq",
        r"\left( \int q\frac{p}{q}\log\left( \frac{p}{q} \right) \right)",
        id="integrals-9",
    ),
    pytest.param(r"\int\int q(x,z) dx dz", r"\int \int q(x, z) \, \mathrm{d}x \, \mathrm{d}z", id="integrals-10"),
    pytest.param(r"\int p(x,z) dx dz", r"\iint p(x, z) \, \mathrm{d}x \, \mathrm{d}z", id="integrals-11"),
    pytest.param(r"\int_{\mathbb R} p(x) dx", r"\int p(x) \, \mathrm{d}x", id="integrals-12"),
    pytest.param(r"\int_{-\infty}^{\infty} u \, d u", r"\int_{-\infty}^{\infty} u \, \mathrm{d}u", id="integrals-13"),
    pytest.param(r"\int p(x) \int q(z) dz dx", r"\int p(x)\int q(z) \, \mathrm{d}z \, \mathrm{d}x", id="integrals-14"),
    pytest.param(r"\int f(x) p(x) \, \text{d}x", r"\int f(x)p(x) \, \mathrm{d}x", id="integrals-15"),
    # functions
    pytest.param(r"\log p(x)", r"\log(p(x))", id="functions-0"),
    pytest.param(r"\log \frac{p}{q}", r"\log\left( \frac{p}{q} \right)", id="functions-1"),
    pytest.param(r"\log q(z|x) p(z) + 1", r"\log(q(z | x)p(z))+1", id="functions-2"),
    pytest.param(r"\log^2 x", r"\log(x)^{2}", id="functions-3"),
    pytest.param(r"\log\sum_z p(z)", r"\log\left( \sum_{z} p(z) \right)", id="functions-4"),
    pytest.param(r"\log \frac1K \sum_k k", r"\log\left( \frac{1}{K}\sum_{k} k \right)", id="functions-5"),
    pytest.param(r"\log 2\pi\sigma^2 \int q(x)dx", r"\log(2\pi\sigma^{2})\int q(x) \, \mathrm{d}x", id="functions-6"),
    pytest.param(r"\log_2 x", r"\log_2(x)", id="functions-7"),
    pytest.param(r"\log_{10}(x)", r"\log_{10}(x)", id="functions-8"),
    pytest.param(r"\ln x", r"\log(x)", id="functions-9"),
    pytest.param(r"\exp\{-x\}", r"\exp(-x)", id="functions-10"),
    pytest.param(r"\sqrt{2\pi}", r"\sqrt{2\pi}", id="functions-11"),
    pytest.param(r"\sqrt[3]{x}", r"x^{\frac{1}{3}}", id="functions-12"),
    pytest.param(r"\tanh x", r"\tanh(x)", id="functions-13"),
    pytest.param(r"\operatorname{softplus}(x)", r"\operatorname{softplus}(x)", id="functions-14"),
    pytest.param(r"\log(x) u", r"\log(x)u", id="functions-15"),
    pytest.param(r"\log p(x) \log q(x)", r"\log(p(x))\log(q(x))", id="functions-16"),
    pytest.param(r"\exp(-\frac12 x) \log u", r"\exp\left( -\frac{1}{2}x \right)\log(u)", id="functions-17"),
    pytest.param(r"\det S", r"\det(S)", id="functions-18"),
    pytest.param(r"\operatorname{tr}(A)", r"\operatorname{tr}(A)", id="functions-19"),
    pytest.param(r"\mathrm{diag}(\mu^2)", r"\operatorname{diag}(\mu^{2})", id="functions-20"),
    pytest.param(r"\lfloor x \rfloor", r"\lfloor x\rfloor", id="functions-21"),
    pytest.param(r"\max(x, u)", r"\max(x, u)", id="functions-22"),
    pytest.param(r"n!", r"n!", id="functions-23"),
    # scripts
    pytest.param(r"\sigma^2", r"\sigma^{2}", id="scripts-0"),
    pytest.param(r"\sigma_q^2", r"\sigma_q^{2}", id="scripts-1"),
    pytest.param(r"\sigma^2_q", r"\sigma_q^{2}", id="scripts-2"),
    pytest.param(r"e^{-x}", r"e^{-x}", id="scripts-3"),
    pytest.param(r"x^{(i)}", r"x_i", id="scripts-4"),
    pytest.param(r"x_i^{(d)}", r"x_{i, d}", id="scripts-5"),
    pytest.param(r"D^*", r"D^*", id="scripts-6"),
    pytest.param(r"q^\star", r"q^*", id="scripts-7"),
    pytest.param(r"z'", r"z'", id="scripts-8"),
    pytest.param(r"z^{\prime}", r"z'", id="scripts-9"),
    pytest.param(r"w^T x", r"w^{\top}x", id="scripts-10"),
    pytest.param(r"w^\top x", r"w^{\top}x", id="scripts-11"),
    pytest.param(r"S^{-1}", r"S^{-1}", id="scripts-12"),
    pytest.param(r"A^{-T}", r"(A^{-1})^{\top}", id="scripts-13"),
    pytest.param(r"(SS^\top)^{-1}", r"(SS^{\top})^{-1}", id="scripts-14"),
    pytest.param(r"x^{-1}", r"x^{-1}", id="scripts-15"),
    pytest.param(r"\hat y_j^{\,x_j}", r"g_j^{x_j}", id="scripts-16"),
    pytest.param(r"\hat{y_j}", r"g_j", id="scripts-17"),
    pytest.param(r"\mu_{q,i}", r"\mu_{q,i}", id="scripts-18"),
    pytest.param(r"x_{ij}", r"x_{ij}", id="scripts-19"),
    pytest.param(r"\lambda_x", r"\lambda_x", id="scripts-20"),
    pytest.param(r"\mathbf{x}", r"x", id="scripts-21"),
    pytest.param(r"\boldsymbol{\mu}", r"\mu", id="scripts-22"),
    pytest.param(r"e^T", r"e^{T{}}", id="scripts-23"),
    pytest.param(r"x^\frac12", r"x^{\frac{1}{2}}", id="scripts-24"),
    pytest.param(r"D(x)^2", r"D(x)^{2}", id="scripts-25"),
    pytest.param(r"\mathcal{L}_{prior}", r"\mathcal{L}_{prior}", id="scripts-26"),
    pytest.param(r"\mu_qx", r"\mu_q x", id="scripts-27"),
    # norms
    pytest.param(r"\|x\|^2", r"\left\| x \right\|^{2}", id="norms-0"),
    pytest.param(r"\|x\|_2^2", r"\left\| x \right\|^{2}", id="norms-1"),
    pytest.param(r"\lVert x\rVert", r"\left\| x \right\|", id="norms-2"),
    pytest.param(r"|u|", r"\left| u \right|", id="norms-3"),
    pytest.param(r"|\det(SS^\top)|", r"\left| \det(SS^{\top}) \right|", id="norms-4"),
    pytest.param(r"||x||^2", r"\left\| x \right\|^{2}", id="norms-5"),
    pytest.param(r"\left|x\right|", r"\left| x \right|", id="norms-6"),
    pytest.param(r"2|x|u", r"2\left| x \right|u", id="norms-7"),
    pytest.param(r"|A|", r"\left| A \right|", id="norms-8"),
    pytest.param(r"\langle a,b\rangle", r"a^{\top}b", id="norms-9"),
    # derivatives
    pytest.param(r"\frac{\partial L}{\partial q(z|x)}", r"\frac{\partial L}{\partial q(z | x)}", id="derivatives-0"),
    pytest.param(r"\frac{d}{du}(u \log u)", r"\frac{\partial u\log(u)}{\partial u}", id="derivatives-1"),
    pytest.param(r"\frac{\partial^2 f}{\partial u^2}", r"\frac{\partial^{2}f}{\partial u^{2}}", id="derivatives-2"),
    pytest.param(
        r"\frac{\partial^2 f}{\partial u\partial y}",
        r"\frac{\partial \frac{\partial f}{\partial y}}{\partial u}",
        id="derivatives-3",
    ),
    pytest.param(r"\nabla_w f(w)", r"\nabla_{w} f(w)", id="derivatives-4"),
    pytest.param(r"\nabla f(w)", r"\nabla_{w} f(w)", id="derivatives-5"),
    pytest.param(r"\nabla^2 f(w)", r"\nabla_{w}^{2} f(w)", id="derivatives-6"),
    pytest.param(r"f'(u)", r"\frac{\partial f(u)}{\partial u}", id="derivatives-7"),
    pytest.param(r"f''(u)", r"\frac{\partial^{2}f(u)}{\partial u^{2}}", id="derivatives-8"),
    pytest.param(r"\frac{dL}{du}", r"\frac{\partial L}{\partial u}", id="derivatives-9"),
    pytest.param(r"\nabla^2_w f(w)", r"\nabla_{w}^{2} f(w)", id="derivatives-10"),
    pytest.param(
        r"\frac{\partial}{\partial \sigma^2} \sigma^2",
        r"\frac{\partial \sigma^{2}}{\partial \sigma^{2}}",
        id="derivatives-11",
    ),
    # extrema
    pytest.param(r"\sup_u ut - u\log u", r"\sup_{u} ut-u\log(u)", id="extrema-0"),
    pytest.param(r"\max_\theta \min_w f(w)", r"\max_{\theta} \min_{w} f(w)", id="extrema-1"),
    pytest.param(r"\arg\max_D D(x)", r"\arg\max_{D} D(x)", id="extrema-2"),
    pytest.param(r"\operatorname*{arg\,min}_\theta f(\theta)", r"\arg\min_{\theta} f(\theta)", id="extrema-3"),
    pytest.param(r"\min_{D} -D(x) + 1", r"\min_{D} -D(x)+1", id="extrema-4"),
    pytest.param(r"1 + \max_u u + 1", r"1+(\max_{u} u)+1", id="extrema-5"),
    pytest.param(r"\lim_{u\to\infty} f(u)", r"\lim_{u \to \infty} f(u)", id="extrema-6"),
    pytest.param(r"\underset{\theta}{\max} f(\theta)", r"\max_{\theta} f(\theta)", id="extrema-7"),
    pytest.param(r"\min. x", r"\min x", id="extrema-8"),
    pytest.param(r"\sup_{u\in U}\{ut - f(u)\}", r"\sup_{u} ut-f(u)", id="extrema-9"),
    pytest.param(r"\inf_x f(x)", r"\inf_{x} f(x)", id="extrema-10"),
    # gaussians
    pytest.param(r"\mathcal{N}(z; \mu, \sigma^2)", r"\mathcal{N}(z; \mu, \sigma^{2})", id="gaussians-0"),
    pytest.param(r"N(\mu,\sigma^2 I)", r"\mathcal{N}(\mu, \sigma^{2}I)", id="gaussians-1"),
    pytest.param(r"\mathcal N(z|\mu,\sigma^2)", r"\mathcal{N}(z; \mu, \sigma^{2})", id="gaussians-2"),
    pytest.param(r"{\cal N}(0, 1)", r"\mathcal{N}(0, 1)", id="gaussians-3"),
    # structures
    pytest.param(r"\binom{n}{k}", r"\frac{n!}{k!(n-k)!}", id="structures-0"),
    pytest.param(
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
        r"\begin{pmatrix}1 & 2 \\ 3 & 4\end{pmatrix}",
        id="structures-1",
    ),
    pytest.param(
        r"\begin{cases} 1 & x>0 \\ 0 & \text{otherwise} \end{cases}",
        r"\begin{cases}1 & x > 0 \\ 0 & \text{otherwise}\end{cases}",
        id="structures-2",
    ),
    pytest.param(
        r"\cases{1 & x>0 \cr 0}", r"\begin{cases}1 & x > 0 \\ 0 & \text{otherwise}\end{cases}", id="structures-3"
    ),
    pytest.param(r"f(x_1,\ldots,x_n)", r"f(x_1, \dots, x_n)", id="structures-4"),
    pytest.param(r"\cancel{x} u", r"xu", id="structures-5"),
    pytest.param(r"\underbrace{x+1}_{\text{all}} u", r"(x+1)u", id="structures-6"),
    pytest.param(r"\overbrace{x}^{a}", r"x", id="structures-7"),
    pytest.param(r"\boxed{x}", r"x", id="structures-8"),
    pytest.param(r"\color{red} x", r"x", id="structures-9"),
    pytest.param(r"\textcolor{red}{x}", r"x", id="structures-10"),
    pytest.param(r"x \tag{1} \label{a}", r"x", id="structures-11"),
    pytest.param(r"\displaystyle x", r"x", id="structures-12"),
    pytest.param(r"\left. x \right.", r"x", id="structures-13"),
    pytest.param(r"\bigl( x \bigr) u", r"xu", id="structures-14"),
    pytest.param(r"\frac12 x", r"\frac{1}{2}x", id="structures-15"),
    pytest.param(r"\frac1{2}x", r"\frac{1}{2}x", id="structures-16"),
    pytest.param(r"\sigma \odot w", r"\sigma w", id="structures-17"),
    pytest.param(r"w \odot a", r"\operatorname{diag}(w)a", id="structures-18"),
    # products
    pytest.param(r"\lambda(u+1)", r"\lambda{}(u+1)", id="products-0"),
    pytest.param(r"B(u+1)", r"B{}(u+1)", id="products-1"),
    pytest.param(r"B(u)", r"B(u)", id="products-2"),
    pytest.param(r"B(u,1)", r"B(u, 1)", id="products-3"),
    pytest.param(r"x \cdot u", r"xu", id="products-4"),
    pytest.param(r"x \times u", r"xu", id="products-5"),
    pytest.param(r"x u / t", r"\frac{xu}{t}", id="products-6"),
    pytest.param(r"a^T b", r"a^{\top}b", id="products-7"),
    pytest.param(r"- -x", r"x", id="products-8"),
    pytest.param(r"x - -u", r"x+u", id="products-9"),
    pytest.param(r"x(-u)", r"x{}(-u)", id="products-10"),
    pytest.param(r"(x+u)+t", r"x+u+t", id="products-11"),
    pytest.param(r"(xu)t", r"xut", id="products-12"),
    pytest.param(r"1.50", r"1.5", id="products-13"),
    pytest.param(r"2 \cdot 3", r"2 \cdot 3", id="products-14"),
    # unicode
    pytest.param(
        r"q(z|x) = p(x|z)p(z)/Σ_z p(x|z)p(z)", r"q(z | x) = \frac{p(x | z)p(z)}{\sum_{z} p(x | z)p(z)}", id="unicode-0"
    ),
    pytest.param(r"σ² + μ_q", r"\sigma^{2}+\mu_q", id="unicode-1"),
    pytest.param(r"∫ q(x) log q(x) dx ≥ 0", r"\int q(x)\log(q(x)) \, \mathrm{d}x \ge 0", id="unicode-2"),
    pytest.param(r"λ·(1 − x)", r"\lambda{}(1-x)", id="unicode-3"),
    pytest.param(r"x₁²", r"x_1^{2}", id="unicode-4"),
    pytest.param(r"ŷ", r"g", id="unicode-5"),
    pytest.param(r"½ x", r"\frac{1}{2}x", id="unicode-6"),
    pytest.param(r"x → u", r"x AND => u", id="unicode-7"),
    pytest.param(r"‖x‖", r"\left\| x \right\|", id="unicode-8"),
    pytest.param(r"exp(-x^10)", r"\exp(-x^{10})", id="unicode-9"),
    pytest.param(r"sqrt(x)", r"\sqrt{x}", id="unicode-10"),
    pytest.param(r"sigma^2", r"\sigma^{2}", id="unicode-11"),
    pytest.param(r"√(x)", r"\sqrt{x}", id="unicode-12"),
    # rows
    pytest.param(r"= x \quad + u", r"= x+u", id="rows-0"),
    pytest.param(r"x = u, \quad u = t", r"x = u AND u = t", id="rows-1"),
    pytest.param(r"x = u \Rightarrow u = x", r"x = u AND => u = x", id="rows-2"),
    pytest.param(r"\Rightarrow x = 1", r"=> x = 1", id="rows-3"),
    pytest.param(r"x \iff u", r"x AND => u", id="rows-4"),
    pytest.param(r"\therefore x = u", r"=> x = u", id="rows-5"),
    pytest.param(r"x = u \text{ with } u = 1", r"x = u AND u = 1 REMARK with", id="rows-6"),
    pytest.param(r"x = u \quad \forall u", r"x = u REMARK for all u", id="rows-7"),
    pytest.param(r"x = 1 \text{ if } u > 0", r"x = 1 REMARK if u > 0", id="rows-8"),
    pytest.param(r"i = 1,\dots,n", r" REMARK i = 1,\dots,n", id="rows-9"),
    pytest.param(r"x = u .", r"x = u", id="rows-10"),
    pytest.param(r"x \stackrel{!}{=} 0", r"x = 0", id="rows-11"),
    pytest.param(r"x \overset{def}{=} u", r"x := u", id="rows-12"),
    pytest.param(r"x \le u < t \neq 1", r"x \le u < t \neq 1", id="rows-13"),
    pytest.param(r"x := u", r"x := u", id="rows-14"),
    pytest.param(r"x \propto u", r"x \propto u", id="rows-15"),
    pytest.param(r"x \sim q", r"x \sim q", id="rows-16"),
    pytest.param(r"z \in \mathbb{R}^2", r"z \in \mathbb{R}^{2}", id="rows-17"),
    pytest.param(r"x \approx u", r"x \approx u", id="rows-18"),
    pytest.param(r"x + \text{const.}", r"x+\mathrm{const}", id="rows-19"),
    pytest.param(r"x \not= u", r"x \neq u", id="rows-20"),
    pytest.param(r"x \equiv u", r"x = u", id="rows-21"),
]


@pytest.mark.parametrize(("text", "expected"), MEANINGS)
def test_a_writing_means_what_the_field_means_by_it(text, expected):
    assert shown(text) == expected


@pytest.mark.parametrize(("text", "expected"), [p for p in MEANINGS if "rows" not in p.id and "unicode-7" not in p.id])
def test_the_canonical_form_reads_back_as_the_same_tree(text, expected):
    assert read_row(latex(read_row(text, NOTATION).chains[0]), NOTATION).chains == read_row(text, NOTATION).chains


def test_an_unknown_name_stays_in_the_tree():
    assert unknown(read_row(r"\beta B(z) + Q_\psi(x|z) = Undefined", NOTATION)) == [
        "\\beta",
        "B",
        "Q_\\psi",
        "Undefined",
    ]
    assert read(r"Q(x, z)", NOTATION) == Apply("Q", (Symbol("x"), Symbol("z")), known=False)


def test_marks_above_a_name_are_part_of_it_and_square_brackets_hold_arguments():
    assert latex(read("f^{**}(u) + R_2[T]", NOTATION)) == "f^{**}(u)+R_2(T)"
    assert unknown(read_row("f^{**}(u) + R_2[T]", NOTATION)) == ["f^{**}", "R_2", "T"]


def test_words_before_a_claim_are_no_condition():
    row = read_row(r"\text{best for the generator: } p_G=p_{data}", NOTATION)
    assert latex(row.chains[0]) == "p_G = p_{data}"
    assert row.remark == "best for the generator:"


def test_copies_under_an_expectation_are_one_bound_from_the_first_to_the_last():
    node = read(r"\mathbb{E}_{z_1,\dots,z_K\sim q(z|x)}[x]", NOTATION)
    assert isinstance(node, Expectation)
    assert node.over == (Bound("z", read("1", NOTATION), Symbol("K")),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            r"\log p(x) + \frac{q(z|x)}{2} - \sigma_q^2",
            {r"p(x)", r"\frac{q(z|x)}{2}", r"q(z|x)", r"\sigma_q^2", "2", "x", "z"},
        ),
        (r"\int p(x)\,dx \cdot u", {r"\int p(x)\,dx", "p(x)", "u"}),
        (r"σ² + ŷ_j", {"σ", "σ²"}),
    ],
)
def test_places_point_at_the_text(text, expected):
    node = read(text, NOTATION)
    assert expected <= {text[slice(*part.span)] for part in walk(node)}


def test_macros_of_the_course_and_of_the_student_are_expanded():
    course = Notation(**{**vars(NOTATION), "macros": {"KL": Macro(2, r"D_{KL}(#1\|#2)"), "E": Macro(0, r"\mathbb{E}")}})
    assert latex(read(r"\KL{q}{p} + \E_q[x]", course)) == r"\operatorname{KL}(q \,\|\, p)+\mathbb{E}_{q}[x]"
    text = r"""\newcommand{\pt}[1]{p_\theta(#1)} \def\half{\frac12} \DeclareMathOperator{\KLD}{KL} \let\ga=\lambda
    \newcommand\norm[1]{\|#1\|} \newcommand{\bad}[9"""
    assert set(definitions(text)) == {"pt", "half", "KLD", "ga", "norm"}
    own = with_macros(NOTATION, text)
    assert latex(read(r"\half \pt{x|z} \KLD(q,p) \ga \norm{x}", own)) == (
        r"\frac{1}{2}p(x | z)\operatorname{KL}(q \,\|\, p)\lambda\left\| x \right\|"
    )
    assert latex(read(r"\newcommand{\half}{\frac12}\half x", NOTATION)) == r"\frac{1}{2}x"
    assert read(r"\half", own).span == (0, 5)


def test_a_macro_of_the_course_wins_over_the_students():
    course = Notation(macros={"a": Macro(0, "x")}, variables=frozenset("xu"))
    assert read(r"\a", with_macros(course, r"\def\a{u}")) == Symbol("x")


COMPLAINTS = [
    ("(x + u", "an opening bracket at character 1 is never closed"),
    (r"\frac{x}{u", "an opening brace at character 9 is never closed"),
    ("x + u)", "a closing bracket at character 6 was never opened"),
    ("x + u}", "a closing brace at character 6 was never opened"),
    ("[x + u)(", "an opening bracket at character 8 is never closed"),
    (r"(x \}", r"the bracket ( at character 1 is closed by \} at character 4"),
    ("x + ", "something is missing behind the + at character 3"),
    ("x = ", "nothing stands behind the relation at character 3"),
    ("x \x00", "the sign U+0000 at character 3 is not known"),
    ("x \ud800", "the sign U+D800 at character 3 is not known"),
    ("x @ u", "the sign @ at character 3 is not known"),
    ("x $ u", "a dollar sign stands inside the formula at character 3"),
    (r"\input{a}", r"the command \input at character 1 is not known"),
    (r"x \bowtie 0", r"the command \bowtie at character 3 is not known"),
    (r"\begin{tikzpicture}x", "the environment tikzpicture at character 1 is not known"),
    ("x^2^2", "two exponents stand side by side at character 4"),
    (r"\{x\}_2", "an index stands behind what takes none at character 6"),
    ("x!!", "two factorial signs stand side by side at character 3"),
    (r"\|x\|_1", "the norm with index 1 is not known; it stands at character 1"),
    (r"\tanh^{-1} x", "the inverse of tanh is not known; it stands at character 1"),
    (r"\log", "log lacks its argument; it stands at character 1"),
    (r"\frac{}{x}", "nothing stands in the braces at character 6"),
    (r"\frac", "a fraction or root lacks what it acts on; it stands at character 1"),
    ("()", "nothing stands in the bracket at character 1"),
    ("|x", "a bar is never closed; it stands at character 1"),
    ("f(x", "an opening bracket at character 2 is never closed"),
    ("p(x,,z)", "an argument is missing at character 5"),
    ("KL(q)", "KL needs two densities; one stands at character 3"),
    ("E[x|z]", "a condition inside an expectation is not understood; it stands at character 2"),
    (r"\sum_{i<j} x", "the condition under the operator is not understood; it stands at character 7"),
    (r"\sum_{z_1,\dots,z_K} x", "an operator over a range of copies is not understood; it stands at character 11"),
    (r"\sum_{x\in\{1,5\}} x", "the set under the operator is not understood; it stands at character 11"),
    (r"\sum^n x", "an upper limit without a variable below stands at character 1"),
    (r"\lim f", "a limit does not say where its variable goes; it stands at character 1"),
    (r"\nabla x", "a gradient does not say with respect to what; it stands at character 1"),
    (
        r"\frac{\partial^2 f}{\partial u}",
        "the orders of a derivative above and below differ; it stands at character 21",
    ),
    (r"\def\a{\a\a}\a", r"the macro \a at character 13 expands without end"),
    (r"\def\a#1{#2}\a{x}", r"the macro \a at character 13 uses an argument that it does not take"),
    (r"\newcommand{\a}[1][x]{#1}\a", r"the macro \a at character 1 has an argument that may be left out"),
    ("", "the formula is empty"),
    (", ;", "no formula stands here"),
    ("x" * 8_001, "the formula has 8001 characters; formulas of at most 8000 are read"),
    ("x+" * 1_700, "the formula has more than 3000 signs, too many to be read"),
    ("9" * 101, "a number has more than 100 digits; it stands at character 1"),
    ("(" * 61 + "x" + ")" * 61, "the formula is nested more than 60 deep; it goes too far at character 61"),
]


@pytest.mark.parametrize(("text", "expected"), COMPLAINTS)
def test_what_cannot_be_read_whole_is_said_in_words_with_its_place(text, expected):
    with pytest.raises(Unreadable) as caught:
        read_row(text, NOTATION)
    assert str(caught.value) == expected
    assert caught.value.what == expected
    low, high = caught.value.span
    assert 0 <= low <= high <= len(text)


def test_one_side_has_no_relation():
    with pytest.raises(Unreadable, match="= is not understood at character 3"):
        read("x = u", NOTATION)


HOSTILE = {
    "fractions": r"\frac{1}{" * 400 + "x" + "}" * 400,
    "fractions without braces": r"\frac" * 400 + "1" * 401,
    "brackets": "(" * 300 + "x" + ")" * 300,
    "square brackets": "[" * 300 + "x" + "]" * 300,
    "braces": "{" * 300 + "x" + "}" * 300,
    "logarithms": r"\log " * 300 + "x",
    "a long sum": "+".join("x" * 4_000),
    "a sum at the limit": "+".join("x" * 1_400),
    "a tower": "9^{9^{9^9}}",
    "a long range": r"\sum_{k=1}^{10^9} k",
    "a huge binomial": r"\binom{10^9}{10^8}",
    "lost brackets": "(((x",
    "backslashes": "\\" * 100_000,
    "backslashes at the limit": "\\" * 7_999,
    "write18": r"\write18{rm -rf /}",
    "catcode": r"\catcode`\@=11",
    "csname": r"\csname input\endcsname",
    "python": "__import__('os').system('ls')",
    "mutual macros": r"\newcommand{\a}{\b}\newcommand{\b}{\a}\a",
    "doubling macros": r"\def\a#1{#1#1}" + r"\a{" * 40 + "x" + "}" * 40,
    "laughing macros": r"\def\a{x}"
    + "".join(rf"\def\{b}{{\{a}\{a}\{a}}}" for a, b in zip("abcdefghijk", "bcdefghijkl", strict=True))
    + r"\l",
    "let to itself": r"\let\x=\x \x",
    "minus signs": "-" * 2_900 + "x",
    "exponents": "x" + "^{x" * 500 + "}" * 500,
    "indices": "x" + "_{x" * 500 + "}" * 500,
    "roots": r"\sqrt{" * 400 + "x" + "}" * 400,
    "bars": "|" * 1_000,
    "bars with letters": "|x" * 999 + "|",
    "double bars": r"\|" * 1_000,
    "primes": "x" + "'" * 2_900,
    "integrals": r"\int " * 900,
    "integrals that close": r"\int " * 50 + "x" + " dx" * 50,
    "integrals in a row": r"\int x dx" * 400,
    "differentials": r"\int " + "dx " * 900,
    "sums": r"\sum_x " * 400 + "x",
    "expectations": "E[" * 300 + "x" + "]" * 300,
    "divergences": "KL(" * 200 + "q" + ")" * 200,
    "calls": "f(" * 300 + "x" + ")" * 300,
    "sizes": r"\left(" * 500,
    "ampersands": "&" * 2_900,
    "commas": "," * 2_900,
    "equals signs": "=" * 2_900,
    "a long chain": "x=" * 1_400 + "x",
    "cases": r"\begin{cases}" * 100,
    "accents": r"\hat" * 500 + "x",
    "fonts": r"\mathbf{" * 500 + "x" + "}" * 500,
    "texts": r"\text{" * 400 + "}" * 400,
    "derivatives": r"\frac{d}{dx}" * 300 + "x",
    "slashes": "x/" * 1_400 + "x",
    "factorials": "x" + "!" * 2_900,
    "combining accents": "x" + "\u0302" * 500,
    "digits": "9" * 7_000,
    "underset": r"\underset{" * 300 + r"\max" + "}{\\max}" * 300,
    "right to left": "x\u202ey",
    "a picture": "x = 😀",
    "half a macro": r"\newcommand{\a}[9",
    "old fonts": r"{\cal " * 400 + "x" + "}" * 400,
    "open divergence": r"D(" + r"q\|" * 500 + "p)",
}


def answered(attempt, text):
    """The complaint about a text, or that it was read."""
    try:
        attempt(text, NOTATION)
    except Unreadable as unreadable:
        return unreadable.what
    return "read"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_formulas_are_read_or_refused_soon(text):
    with soon():
        for attempt in (read_row, readings):
            assert len(answered(attempt, text)) < 120
        rows("$$" + text + "$$\n" + text)
        with_macros(NOTATION, text)


@pytest.mark.parametrize(
    ("text", "expected", "said"),
    [
        ("p_0(x|z)", "p(x | z)", "the label 0 was read as θ"),
        (r"\mathcal{P}(x) = 1", "p(x) = 1", r"\mathcal{P} was read as P"),
        ("F(x) = 1", "f(x) = 1", "F was read as f"),
        (r"\log(1 - D(x)", r"\log(1-D(x))", "a closing bracket was added at the end"),
        (r"\frac{x}{u", r"\frac{x}{u}", "a closing brace was added at the end"),
        ("D(x)) = 1", "D(x) = 1", "a closing bracket at character 5 was left out"),
        (r"f(x = 1", "f(x) = 1", "a closing bracket was added at character 5"),
    ],
)
def test_a_charitable_reading_says_what_it_changed(text, expected, said):
    found = [(latex(row.chains[0]), how) for row, how in readings(text, NOTATION) if row.chains]
    assert (expected, said) in found
    assert len(found) <= 6


def test_there_is_no_charity_where_the_plain_reading_is_fine():
    assert [said for _, said in readings("p(x) = 1/2u", NOTATION)] == [""]


def test_charity_is_given_where_it_is_asked_for():
    said = {how: latex(row.chains[0]) for row, how in readings("x = 1/2u", NOTATION, always=True)}
    assert said == {"": r"x = \frac{1}{2}u", "all of 2u was read as standing below the line": r"x = \frac{1}{2u}"}
    minus = readings(r"-\int p(x) dx + \int q(x) dx", NOTATION, always=True)
    how = "the minus at character 1 was read as one before all that follows on its side"
    assert (r"-\left( \int p(x) \, \mathrm{d}x+\int q(x) \, \mathrm{d}x \right)", how) in [
        (latex(r.chains[0]), h) for r, h in minus
    ]
    squared = readings(r"\log(x)^2", NOTATION, always=True)
    assert (r"\log(x^{2})", "the exponent was read as belonging to the bracket") in [
        (latex(r.chains[0]), h) for r, h in squared
    ]


def test_what_no_charity_helps_keeps_its_first_reason():
    with pytest.raises(Unreadable, match=r"the command .input at character 1 is not known"):
        readings(r"\input{x}", NOTATION)


ANSWER = r"""a) We have $p(x) = 1$ and \(q(z)=2\), see `$code$`.

$$\begin{aligned} x &= u \\ &= t + \\ & \quad u \\[2pt] &\quad - \lambda =\\ y \end{aligned}$$

\begin{align*}
a &= b & x &= u \nonumber \\
\left( x \right. &+ \\ \left. u \right) &= \begin{cases} 1 & x \\ 2 & u \end{cases}
\end{align*}

```python
x = 1
```

```math
u = 2
```

- KL(q,p) = 0
Thus: q(z|x) = p(x|z)p(z)/Σ_z p(x|z)p(z)
The loss is 3 = 3 and we stop here.
std = torch.exp(x)
\[ \begin{array}{rcl} x &=& u \\ &\ge& 0 \end{array} \]
It costs \$5.
"""


def test_an_answer_is_cut_into_its_formulas():
    found = rows(ANSWER)
    assert [(" ".join(f.text.split()), f.alone, f.words) for f in found] == [
        ("p(x) = 1", False, "a) We have"),
        ("q(z)=2", False, "and"),
        ("x &= u", True, ""),
        (r"= t + \\ & \quad u \\[2pt] &\quad - \lambda", True, ""),
        (r"=\\ y", True, ""),
        ("a &= b", True, ""),
        ("x &= u", True, ""),
        (r"\left( x \right. &+ \\ \left. u \right) &= \begin{cases} 1 & x \\ 2 & u \end{cases}", True, ""),
        ("u = 2", True, ""),
        ("KL(q,p) = 0", True, "-"),
        ("q(z|x) = p(x|z)p(z)/Σ_z p(x|z)p(z)", True, "Thus:"),
        ("x &=& u", True, ""),
        (r"=& 0".replace("=", r"\ge"), True, ""),
    ]
    assert all(ANSWER[slice(*f.span)] == f.text for f in found)


TRANSCRIPTS = Path(__file__).parents[1] / ".." / "shared" / "homeworks" / "transcripts"
COMMON = {
    "variables": frozenset("xz"),
    "indices": frozenset("ijk"),
    "silent": frozenset({"\\theta", "\\phi", "\\omega"}),
}
HOMEWORKS = {
    "vae_gan": Notation(
        **COMMON,
        densities=frozenset({"p", "q", "p_{data}", "p_G", "p_z", "P_1", "P_2", "P_3", "M"}),
        functions=frozenset("DG"),
        scalars=frozenset({"\\lambda", "\\mu_\\phi", "\\mu_p", "\\sigma_\\phi", "\\sigma_p", "\\sigma", "\\hat{y}"}),
    ),
    "vae_quiz": Notation(
        **COMMON,
        densities=frozenset("pq"),
        scalars=frozenset({"\\lambda", "\\mu_q", "\\mu_p", "\\sigma"}),
        aliases={"P": "p", "Q": "q"},
    ),
    "vae_gan_quiz": Notation(
        **COMMON,
        densities=frozenset("pq"),
        functions=frozenset("DG"),
        scalars=frozenset({"\\mu", "\\mu_p", "\\sigma_p", "\\sigma_q", "\\sigma", "\\alpha", "m"}),
        vectors=frozenset({"\\hat{x}"}),
    ),
}


@pytest.mark.parametrize(("homework", "expected"), [("vae_gan", 35), ("vae_quiz", 20), ("vae_gan_quiz", 16)])
def test_every_row_of_a_real_transcript_is_read(homework, expected):
    path = TRANSCRIPTS / f"{homework}.md"
    if not path.is_file():
        pytest.skip(f"the transcripts are not beside this checkout: no {path.name}")
    found = rows(path.read_text())
    notation = HOMEWORKS[homework]
    assert sum(formula.alone for formula in found) >= expected
    for formula in found:
        row = read_row(formula.text, notation)
        for chain in row.chains:
            assert read_row(latex(chain), notation).chains == (chain,)
