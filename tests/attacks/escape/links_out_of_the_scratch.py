"""Plants links in its scratch folder, for whoever clears it up or looks into it.

must: ok | crashed
harm: neighbour
"""

import contextlib
from pathlib import Path


def double(x):
    for name, target in (("course", "@COURSE@"), ("results", "@RESULTS@"), ("harm", "@HARM@")):
        with contextlib.suppress(OSError):
            Path(name).symlink_to(target)
        with contextlib.suppress(OSError):
            Path(f"{name}.hard").hardlink_to(f"{target}/rubrics/wall.yaml")
    return 2 * x


def triple(x):
    return 3 * x
