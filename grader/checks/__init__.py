"""The kinds of question: one file per kind, both halves in it. To add one: a file, and a line in KINDS."""

from grader.checks.asserts import Asserts
from grader.checks.cells import Cells
from grader.checks.choice import Choice
from grader.checks.close import Close
from grader.checks.derivation import Derivation
from grader.checks.draws import Draws
from grader.checks.expression import Expression
from grader.checks.gradient import Gradient
from grader.checks.module import Module
from grader.checks.number import Number
from grader.checks.written import Written
from grader.model import Check

KINDS: dict[str, type[Check]] = {
    "close": Close,
    "gradient": Gradient,
    "draws": Draws,
    "module": Module,
    "asserts": Asserts,
    "choice": Choice,
    "cells": Cells,
    "number": Number,
    "expression": Expression,
    "derivation": Derivation,
    "written": Written,
}
