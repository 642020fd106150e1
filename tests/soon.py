"""What must not take for ever. How fast things are is measured in benchmarks/, never here."""

import contextlib
import time
from collections.abc import Iterator

PLENTY = 20.0
"""Seconds of CPU time: what is quick takes a twentieth of it on a slow machine, and what grows with the square all of it."""


@contextlib.contextmanager
def soon() -> Iterator[None]:
    began = time.process_time()
    yield
    assert time.process_time() - began < PLENTY
