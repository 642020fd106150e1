"""A training under `if __name__ == "__main__":`.

must: ok
"""

import sys


def double(x):
    return 2 * x


if __name__ == "__main__":
    while True:
        print("training for ever")
    sys.exit(1)
