"""What is different for code in the box, so that ordinary homework runs there and says clearly what does not.

None of this protects anything; the wall does. It is put up in the zygote, before any student code is known.
"""

from __future__ import annotations

import ast
import functools
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any


def put_up() -> None:
    """Data loaders load in their own process, torch.compile leaves a model as it is, and there is no command line."""
    import torch
    from torch.utils.data import DataLoader

    DataLoader.__init__ = _in_one_process(DataLoader.__init__)  # type: ignore[method-assign]
    torch.compile = _uncompiled
    sys.argv = ["homework.py"]
    if importlib.util.find_spec("tensorboard") is None:
        sys.modules["torch.utils.tensorboard"] = AbsentModule("tensorboard")


def explained(error: BaseException, told: str) -> str:
    """An error's line, with the reason where it is the box and not the student's mistake."""
    if isinstance(error, PermissionError) or "Permission denied (13)" in told:
        return told + " (it runs confined: no network, no other programs or processes, no files but its own)"
    if type(error).__name__ in ("URLError", "gaierror", "ConnectionError", "HTTPError"):
        return told + " (there is no network where this is graded)"
    if "CUDA" in told and ("not compiled" in told or "No CUDA" in told or "driver" in told):
        return told + " (there is no GPU where this is graded; use the device of the inputs)"
    return told


def _in_one_process(init: Any) -> Any:
    signature = inspect.signature(init)

    @functools.wraps(init)
    def loader(self: Any, *args: Any, **kwargs: Any) -> None:
        given = signature.bind(self, *args, **kwargs).arguments
        if given.get("num_workers"):
            print("the data loader's workers are left out here: it loads in its own process")
        for name in ("num_workers", "prefetch_factor", "persistent_workers", "multiprocessing_context", "timeout"):
            given.pop(name, None)
        given.pop("self")
        init(self, **given)

    return loader


def _uncompiled(model: Any = None, **options: Any) -> Any:
    """torch.compile would start a compiler; the answers are the same without it."""
    return model if model is not None else functools.partial(_uncompiled, **options)


class Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Lets a file be imported that imports packages which are not installed here, until one of them is used.

    Only for imports that stand alone at the top of a file: one inside `try` is meant to be able to fail. So it is with
    a part of a package of which only other parts were handed in, which lie in the folder `root`.
    """

    def __init__(self, files: Iterable[bytes], root: str) -> None:
        self.names = {name for source in files for name in _plain_imports(source)}
        self.root = root

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:  # noqa: ARG002
        top = fullname.partition(".")[0]
        handed_in = any(str(folder).startswith(f"{self.root}/") for folder in path or ())
        absent = top == fullname or handed_in or isinstance(sys.modules.get(top), AbsentModule)
        if top not in self.names or not absent:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: Any) -> ModuleType:
        return AbsentModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


class AbsentModule(ModuleType):
    """A package that is not installed here; what is taken from it fails when it is used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return AbsentThing(self.__name__.partition(".")[0])


class AbsentThing:
    """Something from a package that is not installed here."""

    def __init__(self, package: str) -> None:
        self._package = package

    def __getattr__(self, name: str) -> AbsentThing:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise ModuleNotFoundError(f"the package {self._package} is not installed where this is graded")

    def __mro_entries__(self, bases: Any) -> Any:
        self()


def _plain_imports(source: bytes) -> set[str]:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    found: set[str] = set()
    for node in body:
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found
