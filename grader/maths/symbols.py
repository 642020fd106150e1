"""What the commands of LaTeX, the signs of Unicode and the usual words mean to the reader: tables, nothing else."""

from __future__ import annotations

from typing import Literal


def _pairs(table: str) -> dict[str, str]:
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


GREEK = frozenset(
    [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "varepsilon",
        "zeta",
        "eta",
        "theta",
        "vartheta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "pi",
        "varpi",
        "rho",
        "varrho",
        "sigma",
        "varsigma",
        "tau",
        "upsilon",
        "phi",
        "varphi",
        "chi",
        "psi",
        "omega",
        "Gamma",
        "Delta",
        "Theta",
        "Lambda",
        "Xi",
        "Pi",
        "Sigma",
        "Upsilon",
        "Phi",
        "Psi",
        "Omega",
        "ell",
        "hbar",
        "imath",
        "jmath",
        "emptyset",
        "varnothing",
        "aleph",
        "Re",
        "Im",
        "wp",
    ]
)

RELATIONS: dict[str, str] = _pairs(
    r"= = equiv = eq = < < > > lt < gt > ll < gg > le <= leq <= leqslant <= leqq <= ge >= geq >= geqslant "
    r">= geqq >= ne != neq != approx ~= simeq ~= cong ~= approxeq ~= sim ~ in in propto proportional "
    r"coloneqq := triangleq := doteq := coloneq := eqqcolon = vcentcolon := "
    r"succeq >= preceq <= succ > prec < succcurlyeq >= preccurlyeq <="
)
ARROWS = frozenset(
    [
        "Rightarrow",
        "implies",
        "Longrightarrow",
        "iff",
        "Leftrightarrow",
        "Longleftrightarrow",
        "rightarrow",
        "longrightarrow",
        "to",
        "leadsto",
        "therefore",
        "rightsquigarrow",
        "xRightarrow",
        "xrightarrow",
        "mapsto",
    ]
)
BIGS: dict[str, str] = {"sum": "sum", "prod": "product"}
INTEGRALS = {"int": 1, "iint": 2, "iiint": 3, "oint": 1, "intop": 1, "smallint": 1}
EXTREMA = frozenset(["sup", "inf", "max", "min", "argmax", "argmin", "lim"])
FUNCTIONS: dict[str, str] = _pairs(
    r"log log exp exp sin sin cos cos tan tan tanh tanh sinh sinh cosh cosh det det sigmoid sigmoid "
    r"softplus softplus diag diag sign sign ln log lg log10 Log log Ln log tr trace Tr trace trace trace "
    r"Diag diag sgn sign sgm sigmoid logistic sigmoid Det det abs abs sig sigmoid Softplus softplus "
    r"Sigmoid sigmoid Exp exp expit sigmoid norm norm sqrt sqrt floor floor ceil ceil"
)
DIVERGENCES: dict[str, Literal["KL", "JSD", "W1", "H"]] = {
    "KL": "KL",
    "DKL": "KL",
    "kl": "KL",
    "KLD": "KL",
    "D_{KL}": "KL",
    "d_{KL}": "KL",
    "D_{kl}": "KL",
    "KL_D": "KL",
    "JSD": "JSD",
    "JS": "JSD",
    "D_{JS}": "JSD",
    "D_{JSD}": "JSD",
    "DJS": "JSD",
    "W_1": "W1",
    "W": "W1",
    "EMD": "W1",
    "H": "H",
    "Ent": "H",
    "CE": "H",
}
MEANS = frozenset({"E", "Ex", "EE", "Mean"})
VARIANCES = frozenset({"Var", "var", "V", "Cov", "cov", "VAR", "Variance"})
WORDS = frozenset(
    [
        "with",
        "where",
        "and",
        "or",
        "for",
        "if",
        "when",
        "since",
        "because",
        "so",
        "thus",
        "hence",
        "therefore",
        "as",
        "let",
        "iff",
        "then",
        "that",
        "we",
        "get",
        "have",
        "which",
        "is",
        "are",
        "otherwise",
        "else",
        "subject",
        "all",
        "such",
        "by",
        "using",
        "const",
    ]
)
"""Plain words that stand between formulas of one row, and never are products of letters."""

CONDITIONS = frozenset(["if", "for", "when", "all", "provided", "whenever", "unless", "forall"])
"""What stands behind these words is a condition and no claim."""

SPACES = frozenset(
    [
        "displaystyle",
        "textstyle",
        "scriptstyle",
        "scriptscriptstyle",
        "limits",
        "nolimits",
        "nonumber",
        "notag",
        "left",
        "right",
        "big",
        "Big",
        "bigg",
        "Bigg",
        "bigl",
        "bigr",
        "Bigl",
        "Bigr",
        "biggl",
        "biggr",
        "Biggl",
        "Biggr",
        "bigm",
        "Bigm",
        "biggm",
        "Biggm",
        "middle",
        "thinspace",
        "medspace",
        "thickspace",
        "negthinspace",
        "allowbreak",
        "nobreak",
        "noindent",
        "hfill",
        "hline",
        "par",
        "relax",
        "break",
        "strut",
        "mathstrut",
        "centering",
        "small",
        "large",
        "Large",
        "normalsize",
        "newline",
        "allowdisplaybreaks",
    ]
)
SIZED = frozenset(
    [
        "big",
        "Big",
        "bigg",
        "Bigg",
        "bigl",
        "bigr",
        "Bigl",
        "Bigr",
        "biggl",
        "biggr",
        "Biggl",
        "Biggr",
        "bigm",
        "Bigm",
        "biggm",
        "Biggm",
    ]
)
DROPPED = {
    **dict.fromkeys(
        [
            "tag",
            "label",
            "color",
            "hspace",
            "vspace",
            "mspace",
            "phantom",
            "hphantom",
            "vphantom",
            "eqref",
            "ref",
            "cite",
            "footnote",
        ],
        1,
    ),
    "textcolor": 1,
    "colorbox": 1,
    "cancelto": 1,
    "fcolorbox": 2,
    "raisebox": 1,
}
WRAPPERS = frozenset(
    [
        "mathop",
        "mathbin",
        "mathrel",
        "mathord",
        "mathopen",
        "mathclose",
        "mathpunct",
        "mathinner",
        "ensuremath",
        "boxed",
        "fbox",
        "cancel",
        "bcancel",
        "xcancel",
        "smash",
        "mathchoice",
        "hbox",
        "textcolor",
        "colorbox",
        "cancelto",
        "fcolorbox",
        "raisebox",
        "framebox",
        "uline",
    ]
)
UNWRAPPED = frozenset(["mathop", "mathbin", "mathrel", "mathord", "mathopen", "mathclose", "mathpunct", "mathinner"])
ROMAN = frozenset(
    [
        "mathrm",
        "operatorname",
        "mathsf",
        "mathtt",
        "rm",
        "sf",
        "tt",
        "textsf",
        "textsc",
        "textnormal",
        "operatornamewithlimits",
        "mathup",
    ]
)
TEXT = frozenset(
    ["text", "textrm", "textit", "textbf", "mbox", "intertext", "shortintertext", "textup", "emph", "texttt", "textsl"]
)
FONTS = {
    "mathbb": "mathbb",
    "Bbb": "mathbb",
    "mathds": "mathbb",
    "mathbbm": "mathbb",
    "mathcal": "mathcal",
    "cal": "mathcal",
    "mathscr": "mathcal",
    "EuScript": "mathcal",
    "mathfrak": "mathfrak",
    "frak": "mathfrak",
    **dict.fromkeys(["mathbf", "boldsymbol", "bm", "bf", "mathbfit", "pmb", "symbf", "bold", "vec"], "mathbf"),
    **dict.fromkeys(["mathit", "mathnormal", "it"], ""),
}
OLD_FONTS = frozenset(["cal", "bf", "rm", "it", "sf", "tt", "frak"])
ACCENTS = _pairs(
    r"hat hat tilde tilde bar bar dot dot ddot ddot check check breve breve acute acute grave grave "
    r"widehat hat widetilde tilde overline bar underline underline mathring mathring"
)
OPEN = {"(": ")", "[": "]", "\\{": "\\}", "\\lfloor": "\\rfloor", "\\lceil": "\\rceil", "\\langle": "\\rangle"}
OPENING = {
    "lbrace": "\\{",
    "lbrack": "[",
    "lparen": "(",
    "lfloor": "\\lfloor",
    "lceil": "\\lceil",
    "langle": "\\langle",
}
CLOSING = {
    "rbrace": "\\}",
    "rbrack": "]",
    "rparen": ")",
    "rfloor": "\\rfloor",
    "rceil": "\\rceil",
    "rangle": "\\rangle",
}
