"""The guard of cells that run whole, in the box; its source stands at the beginning of the module of their notebook."""

import asyncio as __grade_asyncio__
import signal as __grade_signal__
import sys as __grade_sys__
import time as __grade_time__
import types as __grade_types__
import typing as __grade_typing__


class __grade_cell__:  # noqa: N801 - a name that no notebook has
    """Around one cell: it ends when it has used up what all cells together may, or waits without computing."""

    SECONDS = 2.0
    IDLE_SECONDS = 2.0
    TICK = 0.1
    used = 0.0

    class Stopped(BaseException):
        """No `except Exception` of a training loop may swallow it."""

    class Ignored:
        """Whatever is asked of a notebook's surroundings, nothing happens."""

        def __init__(self, *_: object, **__: object) -> None:
            pass

        def __call__(self, *_: object, **__: object) -> object:
            return type(self)()

        def __getattr__(self, name: str) -> object:
            if name.startswith("__"):
                raise AttributeError(name)
            return type(self)()

        def __iter__(self) -> __grade_typing__.Iterator[object]:
            return iter(())

    def __init__(self, number: int) -> None:
        self.number = number

    def __enter__(self) -> object:
        self.began = self.moved = __grade_time__.process_time()
        self.seen = __grade_time__.monotonic()
        __grade_signal__.signal(__grade_signal__.SIGALRM, self.tick)
        # Again and again: a bare `except` in a loop would outlive it once.
        __grade_signal__.setitimer(__grade_signal__.ITIMER_REAL, self.TICK, self.TICK)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        __grade_signal__.setitimer(__grade_signal__.ITIMER_REAL, 0)
        type(self).used += __grade_time__.process_time() - self.began
        if kind is not None:
            said = str(error) if kind is self.Stopped else f"{kind.__name__}: {error}"
            print(f"cell {self.number} ended: {said}"[:500])
        return True

    def tick(self, *_: object) -> None:
        now, computed = __grade_time__.monotonic(), __grade_time__.process_time()
        if self.used + computed - self.began > self.SECONDS:
            raise self.Stopped(f"the cells that run have used up their {self.SECONDS:g} CPU seconds")
        if computed - self.moved > 0.01:
            self.moved, self.seen = computed, now
        elif now - self.seen > self.IDLE_SECONDS:
            raise self.Stopped(f"it waited for {self.IDLE_SECONDS:g} seconds")

    @staticmethod
    def awaited(what: __grade_typing__.Any) -> object:
        async def wait() -> object:
            return await what

        return __grade_asyncio__.run(wait())


def get_ipython() -> object:
    return __grade_cell__.Ignored()


display = get_ipython()
for __grade_name__ in ("google", "google.colab"):
    __grade_module__ = __grade_types__.ModuleType(__grade_name__)
    __grade_module__.__path__ = []
    vars(__grade_module__)["__getattr__"] = lambda name: __grade_cell__.Ignored()  # noqa: ARG005
    __grade_sys__.modules.setdefault(__grade_name__, __grade_module__)
