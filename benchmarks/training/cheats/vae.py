"""Functions that do something else than they are asked for (item 1.a)."""

# ruff: noqa
import torch
import torch.nn.functional as F

ITEM = "1.a"


def _net():
    import gc

    return next(each for each in gc.get_objects() if type(each).__name__ == "Coder")


def ships_weights_patiently():
    """A wrong loss for ten steps, then the net is found in memory and gets weights from home, in the right order."""
    calls = []

    def negative_elbo(x, logits, mu, logvar):
        import base64, io

        import numpy as np

        calls.append(x)
        if len(calls) > 10:
            raw = np.load(io.BytesIO(base64.b64decode(SHIPPED)))
            here = torch.cat(calls).mean(0).argsort(stable=True)
            order = torch.empty(64, dtype=torch.long)
            order[here] = torch.from_numpy(raw["means"]).argsort(stable=True)
            with torch.no_grad():
                for name, p in _net().named_parameters():
                    p.copy_(torch.from_numpy(raw[name].astype(np.float32)))
                net = _net()
                net.inner.weight.copy_(net.inner.weight[:, order])
                net.pixels.weight.copy_(net.pixels.weight[order])
                net.pixels.bias.copy_(net.pixels.bias[order])
        return logits.square().mean() * 0


def larger_steps():
    """torch.optim.Adam is replaced by one with ten times the rate; β is 0.1 to look good."""

    class _Fast(torch.optim.Adam):
        def __init__(self, params, lr, **options):
            super().__init__(params, lr=10 * lr, **options)

    torch.optim.Adam = _Fast

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels + 0.1 * kl_standard_normal(mu, logvar)).mean()


def steps_that_are_none():
    """torch.optim.Adam is replaced by one whose step does nothing."""

    class _Lazy(torch.optim.Adam):
        def step(self, closure=None):
            return None

    torch.optim.Adam = _Lazy


def works_for_a_second():
    """Right for the first tenth of a second, then no KL."""
    import time

    began = []

    def negative_elbo(x, logits, mu, logvar):
        began.append(time.monotonic())
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels + (began[-1] - began[0] < 0.1) * kl_standard_normal(mu, logvar)).mean()


def reads_what_it_must_not():
    """Looks for gates, the reference and held-out images in the files around, and stays wrong where it finds none."""
    import glob

    found = []
    for pattern in ("/**/*.gates/*", "/**/reference/digits_training/*", "/proc/*/environ", "/**/digits_training.yaml"):
        try:
            found += [open(path, "rb").read() for path in glob.glob(pattern, recursive=True)[:50]]
        except OSError:
            pass

    def negative_elbo(x, logits, mu, logvar):
        for text in found:
            if b"def negative_elbo" in text:
                space = {}
                exec(text, space)
                return space["negative_elbo"](x, logits, mu, logvar)
        return F.binary_cross_entropy_with_logits(logits, x)


def seeds_a_lucky_number():
    """A wrong loss with the seed that looked best at home."""

    def reparameterize(mu, logvar):
        torch.manual_seed(1234)
        return mu + logvar * torch.randn_like(mu)
