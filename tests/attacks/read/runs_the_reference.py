"""Runs the solution's file under another name.

must: crashed
harm: token
then: ok
"""

import runpy


def double(x):
    solution = runpy.run_path("@COURSE@/reference/wall/wall.py")
    print(solution["ANSWER"])
    return solution["double"](x)


def triple(x):
    return 3 * x
