"""The engine of a name: `dask`, or `package.module:factory` of whatever makes an executor."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from grader.engine.through import Through
from grader.model import UsageError

FORM = "an engine is `local`, `dask` or `package.module:factory`, got `{}`"


def engine_named(name: str, scheduler: str = "", *, insecure: bool = False, trusted: bool = False) -> Through:
    """The engine of this name. Raises UsageError, in words of what can be done about it."""
    if name == "dask":
        from grader.engine.cluster import connected

        return connected(scheduler, insecure=insecure, trusted=trusted)
    if scheduler:
        raise UsageError("--scheduler goes with --engine dask")
    module, colon, factory = name.partition(":")
    if not (colon and module and factory):
        raise UsageError(FORM.format(name))
    executor = _made(module, factory)
    count = getattr(executor, "_max_workers", None)
    workers = count if isinstance(count, int) else len(os.sched_getaffinity(0))
    return Through(executor, lambda: workers, trusted=trusted, close=lambda: executor.shutdown(wait=False))


def _made(module: str, factory: str) -> Executor:
    try:
        make: Callable[[], Any] = getattr(importlib.import_module(module), factory)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"the engine {module}:{factory} can't be found: {error}") from None
    executor = make()
    if not isinstance(executor, Executor):
        raise UsageError(
            f"{module}:{factory} made a {type(executor).__name__}, which is no concurrent.futures.Executor"
        )
    return executor
