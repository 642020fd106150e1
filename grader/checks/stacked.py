"""Many runs of the reference at once, for `grade calibrate`: all weights have one more axis, the run.

One step of all runs is one call of the task's loss under `torch.func.vmap`, so that a thousand runs cost a fifth of a
thousand runs one after the other. Adam works on each entry by itself, so it may as well work on all of them. Only the
reference and named mistakes are trained like this; students' code may branch on its values, which vmap can't follow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader.checks.code import seed_all
from grader.checks.objectives import control_losses
from grader.checks.trainer import batches, built, own_losses
from grader.model import Values
from grader.values import beneath, under


def train(task: Any, call: Mapping[str, Any], given: Values) -> dict[str, np.ndarray]:
    """The trained `weights/…`, each (runs, …), and the `curve` (runs, steps).

    `given` holds the initial weights, (runs, …), the images and each run's `orders` of the pixels, (runs, H·W).
    """
    import torch

    net = built(task)
    net.train()
    if call["control"]:
        # As in a single run: equal noise would hide by how much two right losses differ.
        seed_all(call["seed"] + 1)
    device = torch.get_default_device()
    images = torch.from_numpy(np.array(given["images"])).to(device).float() / (call["levels"] - 1)
    flat = images.flatten(1)
    orders = torch.from_numpy(np.array(given["orders"])).to(device).long()
    starts = under("weights", given).items()
    params = {name: torch.from_numpy(np.array(array)).to(device).requires_grad_() for name, array in starts}
    rows = zip(*(batches(len(images), call["batch"], call["steps"], seed) for seed in call["seeds"]), strict=True)
    losses = control_losses(task, call["model"], call["likelihood"]) if call["control"] else own_losses(task, call)
    steps = _steppers(net, losses, params, call)
    curve = []
    for chosen in rows:
        x = torch.stack([flat[r][:, order] for r, order in zip(chosen, orders, strict=True)])
        x = x.reshape(*x.shape[:2], *images.shape[1:])
        values = [step(x) for step in steps]
        curve.append(values[0])
    found = {name: tensor.detach().cpu().numpy() for name, tensor in params.items()}
    return beneath("weights", found) | {"curve": torch.stack(curve, 1).double().cpu().numpy()}


def _steppers(
    net: Any, losses: list[Callable[[Any, Any], Any]], params: dict[str, Any], call: Mapping[str, Any]
) -> list[Callable[[Any], Any]]:
    """One step each of the discriminators (`critics` times) and of the generators, or of all that there is."""
    if call["model"] != "gan":
        return [_descent(net, losses[0], params, list(params), call)]
    parts = ("discriminator", "generator")
    named = [[name for name in params if name.startswith(f"{part}.")] for part in parts]
    first, second = (_descent(net, loss, params, own, call) for loss, own in zip(losses, named, strict=True))
    return [first] * call["critics"] + [second]


def _descent(
    net: Any, loss: Callable[[Any, Any], Any], params: dict[str, Any], own: list[str], call: Mapping[str, Any]
) -> Callable[[Any], Any]:
    """A step of Adam on the parameters `own` of all runs; answers with their losses, (runs,)."""
    import torch

    whole = _asked(net, loss)
    optimizer = torch.optim.Adam([params[name] for name in own], lr=call["rate"], betas=tuple(call["betas"]))

    def value(mine: dict[str, Any], others: dict[str, Any], x: Any) -> Any:
        return torch.func.functional_call(whole, {f"net.{k}": v for k, v in (mine | others).items()}, (x,))

    ask = torch.func.vmap(torch.func.grad_and_value(value), randomness="different")

    def step(x: Any) -> Any:
        mine = {name: params[name].detach() for name in own}
        others = {name: tensor.detach() for name, tensor in params.items() if name not in mine}
        gradients, values = ask(mine, others, x)
        for name in own:
            params[name].grad = gradients[name]
        optimizer.step()
        return values.detach()

    return step


def _asked(net: Any, loss: Callable[[Any, Any], Any]) -> Any:
    """A net together with its loss as one module, so that `functional_call` can put weights into it."""
    import torch

    class Asked(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, x: Any) -> Any:
            return loss(self.net, x)

    return Asked()
