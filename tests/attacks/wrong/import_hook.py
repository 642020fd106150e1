"""Answers every later import with a module of its own that agrees to everything.

must: wrong | crashed
harm: none
"""

import importlib.abc
import importlib.machinery
import sys


class Hook(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, _path=None, _target=None):
        return importlib.machinery.ModuleSpec(name, self)

    def exec_module(self, module):
        module.__getattr__ = lambda _: lambda *__, **___: True


sys.meta_path.insert(0, Hook())


def double(x):
    return x + 1


def triple(x):
    return 3 * x
