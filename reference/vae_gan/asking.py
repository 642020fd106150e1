"""How the functions of "VAE and GAN" are reached, which may be methods of a class, and how the losses get networks.

Goes into the box beside the student's files and beside the reference's; it knows no answer. Real constructors want
arguments, read data that is not there, or train at once. So an object is made as far as its constructor gets, and
attributes that its methods use are set by their names: sizes, the device, the two networks.
"""

import contextlib
import inspect
import re
from types import SimpleNamespace

import torch
from torch import nn

from grader.checks.code import Missing

ALIASES = {
    "z": ("sampled_z", "sample", "latent", "noise"),
    "sampled_z": ("z", "zs", "sample"),
    "mu": ("mean", "m", "mu_z"),
    "sigma_square": ("sigma_sq", "sigma2", "sigma_squared", "var", "variance", "sigma_square_z"),
    "x": ("data", "images", "target", "x_minibatch"),
    "p": ("probs", "prob", "probability", "recon", "y"),
    "batch_size": ("bs", "n", "size"),
    "batch_data": ("data", "real", "x", "images", "real_data", "batch"),
}
DISCRIMINATOR = re.compile(r"_*(d|dis|disc|discriminator|critic|(disc_?|d_?)(net|model)|(net|model)_?(d|disc))_*", re.I)
GENERATOR = re.compile(r"_*(g|gen|generator|(gen_?|g_?)(net|model)|(net|model)_?(g|gen))_*", re.I)


# ---- VAE: a function, a static method, or a method of an object


def logpdf_diagonal_gaussian(found, inputs):
    """The answer of `logpdf_diagonal_gaussian`."""
    return _answer(found, "logpdf_diagonal_gaussian", inputs)


def logpdf_bernoulli(found, inputs):
    """The answer of `logpdf_bernoulli`."""
    return _answer(found, "logpdf_bernoulli", inputs)


def sample_diagonal_gaussian(found, inputs):
    """The answer of `sample_diagonal_gaussian`, or of its law."""
    return _answer(found, "sample_diagonal_gaussian", inputs)


def sample_Bernoulli(found, inputs):  # noqa: N802 - the homework's name
    """The answer of `sample_Bernoulli`, or of its law."""
    return _answer(found, "sample_Bernoulli", inputs)


def elbo_loss(found, inputs):
    """The answer of `elbo_loss`."""
    return _answer(found, "elbo_loss", inputs)


def _answer(found, name, inputs):
    function = found
    if inspect.isclass(found):
        latent = next((inputs[n] for n in ("sampled_z", "z", "mu") if n in inputs), None)
        pixels = inputs.get("x", inputs.get("p"))
        first = next(iter(inputs.values()))
        sizes = {
            "latent": 2 if latent is None else latent.shape[1],
            "data": 784 if pixels is None else pixels.shape[1],
            "batch": len(first),
            "hidden": 500,
        }
        function = _method(found, name, len(inputs), lambda: _made(found, sizes))
    return function(*_in_order(function, inputs))


# ---- GAN: the losses with small networks whose weights are inputs


def loss_d(found, inputs):
    """The answer of `_get_loss_d` of an object whose networks have the weights `disc` and `gen`."""
    images = inputs["batch_data"].repeat_interleave(14, 2).repeat_interleave(14, 3)
    return _loss(found, "_get_loss_d", {"batch_size": len(images), "batch_data": images, "z": inputs["z"]}, inputs)


def loss_g(found, inputs):
    """The answer of `_get_loss_g` of an object whose networks have the weights `disc` and `gen`."""
    return _loss(found, "_get_loss_g", {"batch_size": len(inputs["z"]), "z": inputs["z"]}, inputs)


def _loss(found, name, told, weights):
    def loss(columns):
        disc, gen = Judge(weights["disc"], columns), Painter(weights["gen"])
        sizes = {"latent": 2, "batch": told["batch_size"], "data": 784, "hidden": 500, "disc": disc, "gen": gen}
        method = _method(found, name, len(told), lambda: _made(found, sizes))
        answer = method(*_in_order(method, told))
        if not disc.called:
            raise TypeError(f"`{name}` calls no discriminator under a name such as self.disc")
        return answer

    try:
        return loss(1)
    except (ValueError, RuntimeError):  # labels of shape (B,) belong to a discriminator with logits of shape (B,)
        with contextlib.suppress(ValueError, RuntimeError):
            return loss(0)
        raise


class Judge(nn.Module):
    """A discriminator: the logit is a weighted sum of the means of an image's four quarters."""

    def __init__(self, weights, columns):
        super().__init__()
        self.weights = weights
        self.columns = columns
        self.called = False

    def forward(self, images):
        self.called = True
        quarters = images.reshape(-1, 2, 14, 2, 14).mean((2, 4)).flatten(1)
        logits = quarters @ self.weights
        return logits[:, None] if self.columns else logits


class Painter(nn.Module):
    """A generator: the four quarters of an image are sigmoids of linear functions of z."""

    def __init__(self, weights):
        super().__init__()
        self.weights = weights

    def forward(self, z):
        quarters = torch.sigmoid(z.flatten(1) @ self.weights).reshape(-1, 1, 2, 2)
        return quarters.repeat_interleave(14, 2).repeat_interleave(14, 3)


# ---- objects of classes whose constructors need what is not there


def _method(cls, name, count, make):
    """The function of that name in the class, ready to be called with `count` arguments."""
    if not inspect.isclass(cls):
        raise Missing(f"`{getattr(cls, '__name__', 'GAN')}` is not a class")
    static = inspect.getattr_static(cls, name, None)
    if static is None:
        raise Missing(f"the class `{cls.__name__}` has no `{name}`")
    bare = inspect.isfunction(static) and len(inspect.signature(static).parameters) == count  # @staticmethod forgotten
    if bare or isinstance(static, staticmethod | classmethod):
        return getattr(cls, name)
    return getattr(make(), name)


def _made(cls, sizes):
    """An object of the class; what its constructor sets before it fails is kept."""
    made = cls.__new__(cls)
    with torch.random.fork_rng(devices=[]), contextlib.suppress(Exception, SystemExit):
        made.__init__(*_arguments(cls, sizes))
    if isinstance(made, nn.Module) and "_modules" not in vars(made):
        nn.Module.__init__(made)
    for name in _used(cls):
        value = _value(name, sizes)
        if value is None:
            value = _criterion(cls, name)
        here = getattr(made, name, None)
        if value is not None and (
            here is None or (isinstance(here, int | nn.Module) and type(value) is not torch.device)
        ):
            with contextlib.suppress(Exception):  # a property, or an object with slots
                setattr(made, name, value)
    return made


def _arguments(cls, sizes):
    """Something for every argument that the constructor insists on."""
    given = []
    for p in list(inspect.signature(cls.__init__).parameters.values())[1:]:
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD):
            value = _value(p.name, sizes)
            given.append(_options(cls, sizes) if value is None else value)
    return given


def _options(cls, sizes):
    """What stands for the parsed command line: every attribute that the class asks something for, by its name."""
    return SimpleNamespace(**{name: _value(name, sizes) for name in _used(cls)})


def _used(cls):
    """The names that the class's functions use, in a fixed order."""
    functions = [inspect.unwrap(f) for _, f in inspect.getmembers(cls, inspect.isfunction)]
    names = {name for f in functions if hasattr(f, "__code__") for name in f.__code__.co_names}
    return sorted(name for name in names if not callable(getattr(cls, name, None)) and not name.startswith("__"))


def _value(name, sizes):
    """What an attribute or argument of that name stands for, or None."""
    low = name.lower()
    if "disc" in sizes and DISCRIMINATOR.fullmatch(low):
        return sizes["disc"]
    if "gen" in sizes and GENERATOR.fullmatch(low):
        return sizes["gen"]
    if re.fullmatch(r"_*(dev|device)_*", low):
        return torch.device("cpu")
    patterns = {
        "latent": r"latent_?(dim\w*|size)?|z_?(dim\w*|size)|nz",
        "data": r"(data|input|image|x)_?(dim\w*|size)",
        "batch": r"batch_?size|bs",
        "hidden": r"hidden_?(units|dim\w*|size)?",
    }
    return next((sizes[key] for key, form in patterns.items() if re.fullmatch(rf"_*({form})_*", low)), None)


def _criterion(cls, name):
    """The loss that the constructor names, for an attribute that it did not come to set."""
    if not re.search(r"criterion|loss|bce", name.lower()):
        return None
    code = getattr(cls.__init__, "__code__", None)
    named = [n for n in code.co_names if n.endswith("Loss") and hasattr(nn, n)] if code else []
    return getattr(nn, named[0])() if len(named) == 1 else None


def _in_order(function, inputs):
    """The inputs in the order of the function's parameters, as far as their names tell; else as they are."""
    try:
        parameters = [n.lower() for n in inspect.signature(function).parameters]
    except (TypeError, ValueError):
        return list(inputs.values())
    meant = {name: [name.lower(), *ALIASES.get(name, ())] for name in inputs}
    named = [next((name for name in (p, *inputs) if p in meant.get(name, ())), None) for p in parameters]
    if sorted(filter(None, named)) == sorted(inputs) and None not in named:
        return [inputs[name] for name in named]
    return list(inputs.values())
