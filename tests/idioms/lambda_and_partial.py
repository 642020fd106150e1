# ruff: noqa: E731
"""The function is a lambda.

must: ok
"""

double = lambda x: 2 * x
