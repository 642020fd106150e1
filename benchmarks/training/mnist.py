"""The standard VAE on MNIST, 30 epochs: its test loss per image, and how long that takes.

    python -m benchmarks.training.mnist --data DIR                     in the box, as an item of kind `training`
    python -m benchmarks.training.mnist --data DIR --device box-cuda  the same on a GPU
    python -m benchmarks.training.mnist --data DIR --device cuda      here, eager, on a GPU
    python -m benchmarks.training.mnist --data DIR --device cuda --graphs    the same with CUDA graphs

The net is 784-400-20-400-784 with ReLU and a Bernoulli decoder, Adam with rate 1e-3, batches of 128: the example that
courses start from (Kingma and Welling 2014). What is printed is the −ELBO in nats per test image, four draws of z each.
The aim is at most 103.0 after 30 epochs; on an H200 under 10 s eager and under 3 s with graphs (the reference only:
a student's code may branch, which a graph can't).
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

BATCH, RATE, HIDDEN, LATENT = 128, 1e-3, 400, 20

TASK = f"""
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner, self.outer = nn.Linear(784, {HIDDEN}), nn.Linear({LATENT}, {HIDDEN})
        self.mu, self.logvar = nn.Linear({HIDDEN}, {LATENT}), nn.Linear({HIDDEN}, {LATENT})
        self.logits = nn.Linear({HIDDEN}, 784)

    def encode(self, x):
        h = torch.relu(self.inner(x.flatten(1)))
        return self.mu(h), self.logvar(h)

    def decode(self, z):
        return self.logits(torch.relu(self.outer(z)))

    def negative_elbo(self, x):
        mu, logvar = self.encode(x)
        z = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
        logits = self.decode(z)
        nll = nn.functional.binary_cross_entropy_with_logits(logits, x.flatten(1), reduction="sum")
        return (nll + 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum()) / len(x)


class Standard:
    def __init__(self, student):
        pass

    def build(self):
        return Net()

    def encode(self, net, x):
        return net.encode(x)

    def decode(self, net, z):
        return net.decode(z)

    def loss(self, net, x):
        return net.negative_elbo(x)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with MNIST's IDX files")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--device", choices=("box", "box-cuda", "cpu", "cuda"), default="box")
    parser.add_argument("--graphs", action="store_true", help="replay one captured step (CUDA only)")
    parser.add_argument("--seed", type=int, default=0)
    told = parser.parse_args()
    from grader.training.data import load

    data = load("mnist", told.data)
    began, cpu = time.perf_counter(), time.process_time()
    loss = boxed(data, told) if told.device.startswith("box") else here(data, told)
    wall = time.perf_counter() - began
    epochs = "1 epoch" if told.epochs == 1 else f"{told.epochs} epochs"
    print(f"{epochs}, {told.device}{' with graphs' if told.graphs else ''}: −ELBO {loss:.2f} nats per test image")
    print(f"{wall:.1f} s of wall time, {time.process_time() - cpu:.1f} s of CPU in this process")


def boxed(data: Any, told: argparse.Namespace) -> float:
    """Through the wall: the run that a student's item makes, with the standard net as the course's task."""
    from grader.box.device import usable
    from grader.box.sandbox import Box, Request
    from grader.box.zygote import Zygote
    from grader.checks.training import Training
    from grader.model import Limits, Work

    steps = told.epochs * (len(data.train) // BATCH)
    check = Training("Standard", "vae", data="mnist", steps=steps, batch=BATCH, rate=RATE, images=(60_000, 10_000))
    parts = {"train": data.train, "held_out": data.held_out}
    given = {name: np.rint(part * 255).astype(np.uint8) for name, part in parts.items()} | {"levels": np.array(256)}
    limits = Limits(cpu_seconds=7200, idle_seconds=600, memory_mb=8192, output_mb=1024)
    work = Work(asking={"asking.py": TASK.encode()})
    if told.device == "box-cuda":
        name, why = usable()
        if not name:
            raise SystemExit(why)
        check = replace(check, gpu=name)
    with Zygote() as zygote, Box(zygote, work, [], limits, reference=True) as box:
        found = check.converse(
            lambda call, part: box.ask(Request("training", call, part, limits)),
            {**check.told(reference=True), "seed": told.seed},
            given,
        )
    if found.status != "ok":
        raise SystemExit(f"{found.status}: {found.detail}")
    if "run/0/on_cpu" in found.values:
        raise SystemExit(f"it had to be trained on the CPU: {found.values['run/0/on_cpu']}")
    return float(found.values["run/0/elbo"])


def here(data: Any, told: argparse.Namespace) -> float:
    """In this process: what the hardware can do."""
    import torch

    torch.manual_seed(told.seed)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    namespace: dict[str, Any] = {}
    exec(compile(TASK, "task", "exec"), namespace)
    net = namespace["Net"]().to(told.device)
    train = torch.from_numpy(data.train).to(told.device)
    optimizer = torch.optim.Adam(net.parameters(), lr=RATE, capturable=told.graphs)
    step = _captured(net, optimizer, train[:BATCH]) if told.graphs else _eager(net, optimizer)
    for _ in range(told.epochs):
        order = torch.randperm(len(train), device=told.device)
        for at in range(0, len(train) - BATCH + 1, BATCH):
            step(train[order[at : at + BATCH]])
    test = torch.from_numpy(data.held_out).to(told.device)
    with torch.no_grad():
        return float(torch.stack([net.negative_elbo(test) for _ in range(4)]).mean())


def _eager(net: Any, optimizer: Any) -> Any:
    def step(x: Any) -> None:
        optimizer.zero_grad(set_to_none=True)
        net.negative_elbo(x).backward()
        optimizer.step()

    return step


def _captured(net: Any, optimizer: Any, x: Any) -> Any:
    """One step, captured once and replayed (PyTorch's notes on CUDA graphs: warm up on a side stream first)."""
    import torch

    held = x.clone()
    eager = _eager(net, optimizer)
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            eager(held)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        eager(held)

    def step(part: Any) -> None:
        held.copy_(part)
        graph.replay()

    return step


if __name__ == "__main__":
    main()
