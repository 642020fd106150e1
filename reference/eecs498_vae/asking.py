"""How the two networks are asked: each of their parts is filled with numbers that follow from its shapes alone.

What the grader measures of rounding errors in a single formula would be far too much for seven layers on top of each
other, where errors cancel; so the networks run without it, and the items say what they allow.
"""

import torch
from torch import nn
from torch.utils._python_dispatch import _disable_current_modes

from grader.checks.module import push

LATENT, CLASSES = 6, 10
PARTS = ("encoder", "mu_layer", "logvar_layer", "decoder")


def codes(found, given):
    """mu and logvar."""
    with _disable_current_modes():
        _, mu, logvar = _answer(_filled(found, given), given)
    return {"mu": mu, "logvar": logvar}


def reconstruction(found, given):
    """x_hat where z has next to no noise, because logvar is −60 everywhere."""
    with _disable_current_modes():
        x_hat, _, logvar = _answer(_filled(found, given, logvar=-60.0), given)
    return {"x_hat": x_hat, "logvar": logvar}


def noise(found, given):
    """Whether x_hat differs from call to call, where z has noise and where it has none."""
    told = {}
    with _disable_current_modes():
        for name, logvar in {"with noise": 0.0, "without": -60.0}.items():
            network = _filled(found, given, logvar=logvar)
            first, second = (_answer(network, given)[0] for _ in range(2))
            told[name] = torch.tensor(not torch.allclose(first, second, rtol=0, atol=1e-6)).to(first.dtype)
    return told


def _filled(found, given, logvar=None):
    network = found(784, CLASSES, LATENT) if "c" in given else found(784, LATENT)
    network = network.to(given["x"].dtype).eval()
    for seed, name in enumerate(PARTS):
        push(getattr(network, name), seed, positive=False)
    if "c" in given:
        _turned(network, given)
    if logvar is not None:
        with torch.no_grad():
            network.logvar_layer.weight.zero_()
            network.logvar_layer.bias.fill_(logvar)
    return network


def _turned(network, given):
    """Moves the first weights of both sides so that the class counts as the last columns, wherever it was put."""
    for part in (network.encoder, network.decoder):
        first = next(layer for layer in part.modules() if isinstance(layer, nn.Linear))
        seen = []
        hook = first.register_forward_pre_hook(lambda _, rows, to=seen: to.append(rows[0]))
        _answer(network, given)
        hook.remove()
        if seen and torch.equal(seen[0][:, :CLASSES], given["c"]):
            with torch.no_grad():
                first.weight.copy_(first.weight.roll(CLASSES, dims=1))


def _answer(network, given):
    with torch.no_grad():
        return network(*(given[name] for name in ("x", "c") if name in given))
