# ruff: noqa: UP035, UP045
"""dataclasses, enums, named tuples and typing.

must: ok
"""

from __future__ import annotations

import enum
from dataclasses import asdict, dataclass, field
from typing import Any, Callable, Generic, Literal, NamedTuple, Optional, Protocol, TypeVar

import torch
from torch import Tensor

T = TypeVar("T")


class Mode(enum.Enum):
    TRAIN = enum.auto()


class Pair(NamedTuple):
    mu: Tensor
    logvar: Optional[Tensor] = None


class Box(Generic[T]):
    pass


class HasStep(Protocol):
    def step(self) -> None: ...


@dataclass
class Config:
    factor: int = 2
    sizes: list[int] = field(default_factory=lambda: [1, 2])
    mode: Literal["a", "b"] = "a"
    extra: dict[str, Any] = field(default_factory=dict)
    activation: Callable[[Tensor], Tensor] = torch.relu


def double(x: torch.Tensor) -> torch.Tensor:
    assert asdict(Config())["sizes"] == [1, 2]
    return Pair(Config().factor * x).mu
