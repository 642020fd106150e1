"""argparse at import.

must: ok
"""

import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--factor", type=int, default=2)
args = parser.parse_args()


def double(x):
    return args.factor * x
