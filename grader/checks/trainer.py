"""What happens in the box when a run is verified: a net is built, trained, and asked, each in a process of its own.

A task is a class of the course's `asking.py` that says how to train with what a student has written. It is made with
`Handed`, whose attributes are the student's names, and has

    build()           the net: a torch module, or a dict of modules (for a GAN: `generator`, `discriminator`)
    loss(net, x)      the loss of a batch of images, as the student's functions have it;
                      for a GAN `discriminator_loss(net, x)` and `generator_loss(net, x)`
    step(net, x)      instead of these: one step of the student's own, with his own optimiser
    fit(net, data, steps, seed)
                      or: the student's whole loop. May return another net, or a list of losses
    encode(net, x)    VAE: mean and log variance of q(z|x), both (B, Z)
    decode(net, z)    VAE: logits of the images, or (mean, log variance) for a Gaussian decoder
    logits(net, x)    autoregressive: the logits of each pixel
    generate(net, z)  GAN: images in 0..1
    discriminate(net, x), noise(n)
                      GAN with a net of the student's own: the logits of images, and n draws of z

All of it runs beside hostile code: whatever it answers is a claim, and the processes are kept apart so that a claim
can't be better than the truth. What trains sees no held-out image; what decodes sees no image at all.

A process that trains may be one for a GPU, in which that is torch's default device; all others compute on the CPU. The
net, the images and the noise are put on the default device, and answers are arrays of the CPU.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from grader.checks.code import Code, seed_all
from grader.checks.objectives import control_losses
from grader.model import Values
from grader.values import beneath, under

CURVE = 200
"""Points of a curve that are sent at most."""


class Handed:
    """The student's names as attributes; a name that is not there is said as `Missing` when it is first used."""

    def __init__(self, code: Code, uses: Mapping[str, list[str]], instead: Mapping[str, str]) -> None:
        self._code = code
        self._uses = uses
        self._instead = instead

    def __getattr__(self, name: str) -> Any:
        if name in self._instead:  # a named mistake of the course's, while it is calibrated
            return self._code.find([self._instead[name]])
        return self._code.find([name, *self._uses.get(name, [])])


def answer(code: Code, call: Mapping[str, Any], given: Values) -> dict[str, np.ndarray]:
    """The answer of one phase of a run; see `PHASES`."""
    import torch

    handed = Handed(code, call["uses"], call.get("instead", {}))
    for name in call["uses"]:
        getattr(handed, name)  # all that is missing is said before anything is trained
    torch.use_deterministic_algorithms(mode=True, warn_only=True)
    _seed(call["seed"])
    task = code.adapters[call["task"]](handed)
    return PHASES[call["phase"]](task, call, given)


def _seed(seed: int) -> None:
    """Seeds every generator that a student may draw from, also the one of the GPU."""
    import torch

    seed_all(seed)
    if torch.get_default_device().type == "cuda":
        torch.cuda.manual_seed_all(seed)


def _start(task: Any, call: Mapping[str, Any], given: Values) -> dict[str, np.ndarray]:  # noqa: ARG001
    """The parameters that the net begins with; buffers, a mask for one, stay the student's."""
    import torch

    net = built(task)
    return {f"weights/{name}": _plain(tensor) for name, tensor in torch.nn.Module.named_parameters(net)}


def _train(task: Any, call: Mapping[str, Any], given: Values) -> dict[str, np.ndarray]:
    """The weights after `steps`, what the loss was on the way, and the weights after the first `early` steps."""
    import torch

    net = built(task)
    put(net, under("weights", given))
    images = _images(given["images"], call)
    if call["control"]:
        # A textbook loss that draws just as ours does would differ by nothing, any other right one by its noise.
        _seed(call["seed"] + 1)
    net.train()
    early: dict[str, np.ndarray] = {}
    curve: list[float] = []
    if not call["control"] and call["loop"] == "fit":
        returned = task.fit(net, images, call["steps"], call["seed"])
        said = returned if isinstance(returned, tuple) else (returned,)
        net = next((part for part in said if isinstance(part, torch.nn.Module)), net)
        curve = next((_curve(part) for part in said if isinstance(part, list)), [])
    else:
        for k, value in enumerate(_steps(task, net, images, call), 1):
            curve.append(value)
            if k == call["early"]:
                early = taken(net)
    found = beneath("weights", taken(net)) | beneath("early", early)
    return found | {"curve": np.array(curve, np.float64)}


def _curve(said: list[Any]) -> list[float]:
    """The losses in a list, nan for what is no number."""
    return [_number(value) for value in said[: 100 * CURVE]]


def _stack(task: Any, call: Mapping[str, Any], given: Values) -> dict[str, np.ndarray]:
    from grader.checks.stacked import train

    return train(task, call, given)


def _steps(task: Any, net: Any, images: Any, call: Mapping[str, Any]) -> Iterator[float]:
    """The loss after each step; batches follow from the seed alone, whatever the student's code draws."""
    step = _stepper(task, net, call)
    for rows in batches(len(images), call["batch"], call["steps"], call["seed"]):
        yield float(step(images[rows]))


def batches(count: int, size: int, steps: int, seed: int) -> Iterator[np.ndarray]:
    """The rows of each batch: all images once in a new order, again and again; a short last batch is left out."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(count)
    at = 0
    for _ in range(steps):
        if at + size > count:
            order, at = rng.permutation(count), 0
        yield order[at : at + size]
        at += size


def _stepper(task: Any, net: Any, call: Mapping[str, Any]) -> Callable[[Any], Any]:
    if not call["control"] and call["loop"] == "step":
        return lambda x: _number(task.step(net, x))
    losses = control_losses(task, call["model"], call["likelihood"]) if call["control"] else own_losses(task, call)
    return adversarial(net, losses, call) if call["model"] == "gan" else descending(net, losses[0], call)


def own_losses(task: Any, call: Mapping[str, Any]) -> list[Callable[[Any, Any], Any]]:
    """The task's losses as functions of (net, batch), in the order in which they step."""
    if call["model"] == "gan":
        return [task.discriminator_loss, task.generator_loss]
    return [task.loss]


def descending(net: Any, loss: Callable[[Any, Any], Any], call: Mapping[str, Any]) -> Callable[[Any], float]:
    import torch

    optimizer = torch.optim.Adam(net.parameters(), lr=call["rate"], betas=tuple(call["betas"]))

    def step(x: Any) -> float:
        optimizer.zero_grad()
        value = loss(net, x)
        value.backward()
        optimizer.step()
        return _number(value)

    return step


def adversarial(net: Any, losses: list[Callable[[Any, Any], Any]], call: Mapping[str, Any]) -> Callable[[Any], float]:
    """One step of the discriminator (or `critics` of them), then one of the generator."""
    import torch

    betas = tuple(call["betas"])
    first = torch.optim.Adam(net["discriminator"].parameters(), lr=call["rate"], betas=betas)
    second = torch.optim.Adam(net["generator"].parameters(), lr=call["rate"], betas=betas)

    def step(x: Any) -> float:
        for _ in range(call["critics"]):
            net.zero_grad()
            value = losses[0](net, x)
            value.backward()
            first.step()
        net.zero_grad()
        losses[1](net, x).backward()
        second.step()
        return _number(value)

    return step


def _encode(task: Any, call: Mapping[str, Any], given: Values) -> dict[str, np.ndarray]:
    """Mean and log variance of q(z|x) of each image, (N, Z)."""
    net, x = _asked_net(task, given), _images(given["x"], call)
    mu, logvar = _in_pieces(lambda part: task.encode(net, part), x, 2, call["piece"])
    return {"mu": mu, "logvar": logvar}


def _decode(task: Any, call: Mapping[str, Any], given: Values) -> dict[str, np.ndarray]:
    """What each z becomes: `out.0` logits or means, `out.1` log variances of a Gaussian decoder."""
    import torch

    net, z = _asked_net(task, given), torch.from_numpy(np.array(given["z"])).float()
    count = 2 if call["likelihood"] == "gaussian" else 1
    made = _in_pieces(lambda part: task.decode(net, part), z, count, call["piece"])
    return {f"out.{k}": part for k, part in enumerate(made)}


def _logits(task: Any, call: Mapping[str, Any], given: Values) -> dict[str, np.ndarray]:
    """The logits of each pixel of each image."""
    net, x = _asked_net(task, given), _images(given["x"], call)
    return {"out.0": _in_pieces(lambda part: task.logits(net, part), x, 1, call["piece"])[0]}


def _generate(task: Any, call: Mapping[str, Any], given: Values) -> dict[str, np.ndarray]:
    """The image that each z becomes."""
    import torch

    net, z = _asked_net(task, given), torch.from_numpy(np.array(given["z"])).float()
    return {"out.0": _in_pieces(lambda part: task.generate(net, part), z, 1, call["piece"])[0]}


def _in_pieces(ask: Callable[[Any], Any], rows: Any, count: int, piece: int) -> list[np.ndarray]:
    """`count` arrays of float32, asked a piece of the rows at a time: a class of MNIST does not fit at once."""
    import torch

    found: list[list[np.ndarray]] = [[] for _ in range(count)]
    with torch.no_grad():
        for at in range(0, len(rows), piece):
            part = ask(rows[at : at + piece])
            parts = part if isinstance(part, list | tuple) else (part,)
            if len(parts) != count:
                raise TypeError(f"{count} tensors are expected, got {len(parts)}")
            for k in range(count):
                found[k].append(torch.as_tensor(parts[k]).detach().float().cpu().numpy())
    return [np.concatenate(pieces) for pieces in found]


def _asked_net(task: Any, given: Values) -> Any:
    net = built(task)
    put(net, under("weights", given))
    return net.eval()


def _images(array: np.ndarray, call: Mapping[str, Any]) -> Any:
    """Images of whole numbers as float32 in 0..1, (n, H, W)."""
    import torch

    return torch.from_numpy(np.array(array)).to(torch.get_default_device()).float() / (call["levels"] - 1)


def _number(value: Any) -> float:
    """A loss as a number for its curve, nan for what is none: nothing is judged by it."""
    try:
        return float(value.detach()) if hasattr(value, "detach") else float(value)
    except (TypeError, ValueError, RuntimeError):
        return float("nan")


def built(task: Any) -> Any:
    """The task's net as one torch module, on the default device."""
    import torch

    net = task.build()
    if isinstance(net, dict):
        net = torch.nn.ModuleDict(net)
    if not isinstance(net, torch.nn.Module):
        raise TypeError(f"the net is of type {type(net).__name__}, expected a torch.nn.Module")
    device = torch.get_default_device()
    return net if device.type == "cpu" else torch.nn.Module.to(net, device)


def taken(net: Any) -> dict[str, np.ndarray]:
    """All parameters and buffers, by name. Read from the tensors themselves: `state_dict` may be the student's."""
    return {name: _plain(tensor) for name, tensor in _tensors(net)}


def _plain(tensor: Any) -> np.ndarray:
    return np.array(tensor.detach().cpu().numpy())


def put(net: Any, weights: Mapping[str, np.ndarray]) -> None:
    """Copies weights into the net; those that are not given stay. Raises ValueError where a name or a shape is new."""
    import torch

    there = dict(_tensors(net))
    strange = sorted(set(weights) - set(there))
    if strange:
        raise ValueError(f"the net has no parameter `{strange[0]}`, which the trained one had")
    with torch.no_grad():
        for name, array in weights.items():
            tensor = there[name]
            if tuple(tensor.shape) != array.shape:
                raise ValueError(f"parameter `{name}` has shape {tuple(tensor.shape)}, the trained one {array.shape}")
            tensor.copy_(torch.from_numpy(np.array(array)))


def _tensors(net: Any) -> Iterator[tuple[str, Any]]:
    import torch

    yield from torch.nn.Module.named_parameters(net)
    yield from torch.nn.Module.named_buffers(net)


PHASES: dict[str, Callable[[Any, Mapping[str, Any], Values], dict[str, np.ndarray]]] = {
    "start": _start,
    "train": _train,
    "stack": _stack,
    "encode": _encode,
    "decode": _decode,
    "logits": _logits,
    "generate": _generate,
}
