"""The kind `module` accepts right layers, initial weights and autoregressive networks, and names what is wrong."""

import math
from types import ModuleType

import numpy as np
import pytest
import scipy.stats
import torch
from soon import soon
from torch import nn

from grader.checks.code import Code
from grader.checks.initial import beyond, beyond_bound, distance, ks_bound
from grader.checks.module import Class, Module
from grader.checks.reading import layers_of
from grader.inputs import Recipe, normal
from grader.model import Expected, Observation
from grader.values import Frame, decode, encode

HEADER = "import math\nimport torch\nimport torch.nn.functional as F\nfrom torch import nn\n"


def code(source):
    module = ModuleType("solution")
    exec(HEADER + source, vars(module))
    return Code({"solution": module}, {}, {})


def probed(check, source, given, *, reference):
    told = check.told(reference=reference) | {"seed": 5}
    values = check.probe(code(source), told, given)
    return decode(encode(Frame(1, "answer", values)), max_blob=1 << 26).values


def verdict(check, reference, student, given):
    expected = Expected(given, probed(check, reference, given, reference=True))
    return check.compare(expected, Observation("ok", probed(check, student, given, reference=False)))


def sample(**arrays):
    return Recipe(sizes=((2, 1),), **arrays).sample(np.random.default_rng(11))


def replaced(source, *pairs):
    for old, new in pairs:
        assert old in source
        source = source.replace(old, new)
    return source


# ---- layers

DISCRIMINATOR = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 2, 3, padding=1)
        self.conv2 = nn.Conv2d(2, 4, 3, padding=1)
        self.fc = nn.Linear(4 * 4 * 4, 1)
    def forward(self, x):
        h = F.max_pool2d(F.relu(self.conv1(x)), 2)
        h = F.leaky_relu(self.conv2(h), 0.2)
        h = F.interpolate(h, scale_factor=2)
        h = F.max_pool2d(h, 2)
        return torch.sigmoid(self.fc(h.reshape(len(h), -1)))
"""
SEQUENTIAL = """
class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv2d(1, 2, 3, padding='same'), nn.ReLU(inplace=True), nn.MaxPool2d(2, 2),
            nn.Dropout(0.5), nn.ZeroPad2d(1), nn.Conv2d(2, 4, 3), nn.LeakyReLU(0.2), nn.Identity(),
            nn.UpsamplingNearest2d(scale_factor=2), nn.MaxPool2d((2, 2)), nn.Flatten(), nn.Linear(64, 1), nn.Sigmoid())
"""
BY_HAND = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 2, 3, padding=1), nn.Conv2d(2, 4, 3, padding=1)
        self.w, self.b = nn.Parameter(torch.randn(1, 64)), nn.Parameter(torch.zeros(1))
    def forward(self, x):
        unused = torch.tanh(self.conv1(x))
        h = F.max_pool2d(self.conv1(x).clamp(min=0), kernel_size=2)
        h = F.conv2d(h, self.conv2.weight, self.conv2.bias, padding=1)
        h = torch.where(h > 0, h, 0.2 * h).repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
        h = F.adaptive_max_pool2d(h, 4).flatten(1) @ self.w.T + self.b
        return 1 / (1 + torch.exp(-h))
"""
IMAGE = sample(x=normal("B", 1, 8, 8))


@pytest.mark.parametrize(
    "student",
    [
        pytest.param(DISCRIMINATOR, id="reference"),
        pytest.param(SEQUENTIAL, id="modules, dropout, identity, padding apart"),
        pytest.param(BY_HAND, id="arithmetic, functions, a linear layer of its own"),
        pytest.param(DISCRIMINATOR.replace("F.relu(self.conv1(x))", "torch.maximum(self.conv1(x), torch.zeros(()))"), id="maximum for relu"),
        pytest.param(DISCRIMINATOR.replace("F.interpolate(h, scale_factor=2)", "F.interpolate(h, size=(8, 8))"), id="a size for a scale"),
        pytest.param(DISCRIMINATOR.replace("torch.sigmoid(self.fc(h.reshape(len(h), -1)))", "(self.fc(h.reshape(len(h), -1)) / 2).tanh() / 2 + 0.5"), id="a sigmoid by tanh"),
        pytest.param(DISCRIMINATOR.replace("F.leaky_relu(self.conv2(h), 0.2)", "torch.max(0.2 * (c := self.conv2(h)), c)"), id="leaky relu by max"),
    ],
)  # fmt: skip
def test_layers_count_alike_however_they_are_written(student):
    outcome = verdict(Module(Class("Net"), verify="layers"), DISCRIMINATOR, student, IMAGE)
    assert (outcome.credit, outcome.sentence) == (1.0, "the 9 layers are the right ones in the right order")


@pytest.mark.parametrize(
    ("pairs", "note", "sentence"),
    [
        pytest.param([("F.leaky_relu(self.conv2(h), 0.2)", "torch.sigmoid(self.conv2(h))")], "wrong_layer", "after the second convolution comes a sigmoid, expected a LeakyReLU", id="sigmoid"),
        pytest.param([("F.relu(self.conv1(x))", "self.conv1(x)")], "missing_layer", "after the convolution a ReLU is missing".replace("the conv", "the first conv"), id="no relu"),
        pytest.param([("h = F.interpolate(h, scale_factor=2)", "h = torch.tanh(F.interpolate(h, scale_factor=2))")], "extra_layer", "after the upsampling comes a tanh, expected max-pooling", id="extra tanh"),
        pytest.param([("torch.sigmoid(self.fc(h.reshape(len(h), -1)))", "torch.sigmoid(torch.sigmoid(self.fc(h.flatten(1))))")], "extra_layer", "after the first sigmoid comes a sigmoid, expected nothing more", id="sigmoid twice"),
        pytest.param([("torch.sigmoid(self.fc(h.reshape(len(h), -1)))", "self.fc(h.flatten(1))")], "missing_layer", "after the linear layer a sigmoid is missing", id="no sigmoid"),
        pytest.param([("F.max_pool2d(F.relu(self.conv1(x)), 2)", "F.relu(F.max_pool2d(self.conv1(x), 2))")], "layer_order", "after the first convolution comes max-pooling, expected a ReLU: these are the right layers, in another order", id="pool before relu"),
        pytest.param([("nn.Conv2d(1, 2, 3, padding=1)", "nn.Conv2d(1, 2, 5, padding=2)")], "wrong_kernel", "the first convolution has a kernel of 5×5, expected 3×3", id="kernel"),
        pytest.param([("2, 4, 3, padding=1)", "2, 4, 3, padding=2, dilation=2)")], "wrong_padding", "the second convolution has padding 2, expected 1", id="padding"),
        pytest.param([("2, 4, 3, padding=1)", "2, 4, 3, padding=1, stride=2)"), ("F.interpolate(h, scale_factor=2)", "F.interpolate(h, scale_factor=4)")], "wrong_stride", "the second convolution has stride 2, expected 1", id="stride"),
        pytest.param([("nn.Conv2d(1, 2, 3, padding=1)", "nn.Conv2d(1, 3, 3, padding=1)"), ("(2, 4", "(3, 4")], "wrong_channels", "the first convolution gives 3 channels, expected 2", id="channels"),
        pytest.param([("nn.Conv2d(2, 4, 3", "nn.Conv2d(2, 6, 3"), ("4 * 4 * 4", "6 * 4 * 4")], "wrong_channels", "the second convolution gives 6 channels, expected 4", id="channels and features"),
        pytest.param([("0.2)", "0.01)")], "wrong_slope", "the LeakyReLU has slope 0.01, expected 0.2", id="slope"),
        pytest.param([("scale_factor=2", "scale_factor=4"), ("h = F.max_pool2d(h, 2)", "h = F.max_pool2d(h, 4)")], "wrong_scale", "the upsampling enlarges by 4, expected 2", id="scale"),
        pytest.param([("scale_factor=2", "scale_factor=2, mode='bilinear'")], "wrong_mode", "the upsampling works by `bilinear`, expected `nearest`", id="mode"),
        pytest.param([("1, 2, 3, padding=1", "1, 2, 3, padding=1, bias=False")], "wrong_bias", "the first convolution has no bias, expected one", id="bias"),
        pytest.param([("F.relu(self.conv1(x))", "F.dropout(F.relu(self.conv1(x)), 0.5)")], "extra_layer", "after the ReLU comes a dropout, expected max-pooling", id="dropout in eval mode"),
        pytest.param([("class Net", "class Unused(nn.Module): pass\nclass Net"), ("super().__init__()", "super().__init__(); self.more = nn.Linear(3, 3)")], "extra_parameter", "has 2 extra parameters of shape (3,) and (3, 3)", id="a layer that never runs"),
    ],
)  # fmt: skip
def test_a_wrong_layer_is_named(pairs, note, sentence):
    outcome = verdict(Module(Class("Net"), verify="layers"), DISCRIMINATOR, replaced(DISCRIMINATOR, *pairs), IMAGE)
    assert (outcome.credit, outcome.note, outcome.sentence) == (0.0, note, sentence)


def test_a_network_without_layers_is_told_what_comes_first():
    student = "class Net(nn.Module):\n    def forward(self, x): return torch.ones(len(x), 1)"
    outcome = verdict(Module(Class("Net"), verify="layers"), DISCRIMINATOR, student, IMAGE)
    assert outcome.sentence == "no layer was found between the input and the output, expected a convolution first"


SWAPPED = replaced(
    DISCRIMINATOR,
    ("        self.conv1 = nn.Conv2d(1, 2, 3, padding=1)\n", ""),
    ("        self.fc =", "        self.conv1 = nn.Conv2d(1, 2, 3, padding=1)\n        self.fc ="),
)


def test_the_order_of_definition_counts_only_where_it_is_asked_for():
    assert verdict(Module(Class("Net"), verify="layers"), DISCRIMINATOR, SWAPPED, IMAGE).credit == 1.0
    check = Module(Class("Net"), verify="layers", defined=True)
    assert verdict(check, DISCRIMINATOR, SEQUENTIAL, IMAGE).credit == 1.0
    assert verdict(check, DISCRIMINATOR, BY_HAND, IMAGE).credit == 1.0
    outcome = verdict(check, DISCRIMINATOR, SWAPPED, IMAGE)
    assert (outcome.note, outcome.sentence) == (
        "definition_order",
        "the layers run in the right order but are defined in another: conv2 before conv1",
    )


ENCODER = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.h, self.mu, self.logvar = nn.Linear(6, 5), nn.Linear(5, 2), nn.Linear(5, 2)
    def forward(self, x):
        h = self.h(x).tanh()
        logvar = self.logvar(h)
        return self.mu(h) + (logvar / 2).exp(), logvar
"""


@pytest.mark.parametrize(
    "student",
    [
        pytest.param(replaced(ENCODER, ("        logvar = self.logvar(h)\n        return self.mu(h) + (logvar / 2).exp(), logvar", "        mu, logvar = self.mu(h), self.logvar(h)\n        return mu + (logvar / 2).exp(), logvar")), id="in another order"),
        pytest.param(replaced(ENCODER, ("self.mu(h) + (logvar / 2).exp()", "(0.5 * logvar).exp() + self.mu(h)")), id="summands exchanged"),
        pytest.param(replaced(ENCODER, ("self.mu(h) + (logvar / 2).exp()", "(logvar / 2).exp().add_(self.mu(h))")), id="in place"),
    ],
)  # fmt: skip
def test_branches_may_run_in_any_order(student):
    given = sample(x=normal("B", 6))
    assert verdict(Module(Class("Net"), verify="layers"), ENCODER, student, given).credit == 1.0


def test_layers_are_shown_with_the_modules_that_they_ran_in():
    outcome = verdict(Module(Class("Net"), verify="layers"), DISCRIMINATOR, DISCRIMINATOR, IMAGE)
    assert outcome.evidence[0].rows[0] == ("convolution", "conv1", "in 1, out 2, kernel 3, stride 1, padding 1")


@pytest.mark.parametrize(
    ("module", "kinds"),
    [
        pytest.param(nn.Sequential(nn.ConvTranspose2d(1, 2, 4, 2, 1), nn.BatchNorm2d(2), nn.PReLU()), ["transposed convolution", "batch normalisation", "PReLU"], id="transposed"),
        pytest.param(nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Softmax(1)), ["average pooling", "softmax"], id="adaptive pooling"),
        pytest.param(nn.Sequential(nn.GELU(), nn.SiLU(), nn.ELU(), nn.Softplus(), nn.Hardtanh()), ["GELU", "SiLU", "ELU", "softplus", "hardtanh"], id="activations"),
        pytest.param(nn.Sequential(nn.Conv2d(1, 1, 3, padding=1, padding_mode="circular"), nn.PixelShuffle(1)), ["padding", "convolution", "pixel shuffle"], id="circular padding"),
        pytest.param(nn.utils.parametrizations.weight_norm(nn.Conv2d(1, 2, 3)), ["convolution"], id="weight norm"),
    ],
)  # fmt: skip
def test_standard_layers_are_read(module, kinds):
    layers = layers_of(module.double().eval(), [torch.randn(2, 1, 8, 8).double()])
    assert [layer.kind for layer in layers] == kinds


# ---- initial

GENERATOR = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(5, 18)
        self.conv = nn.Conv2d(2, 3, 3)
        for layer in (self.fc, self.conv):
            nn.init.kaiming_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    def forward(self, z):
        return self.conv(self.fc(z).view(-1, 2, 3, 3))
"""
LATENT = sample(z=normal("B", 5))
INIT = "nn.init.kaiming_uniform_(layer.weight)"
ZERO = "nn.init.zeros_(layer.bias)"


@pytest.mark.parametrize(
    "student",
    [
        pytest.param(GENERATOR, id="reference"),
        pytest.param(replaced(GENERATOR, (INIT, "b = math.sqrt(6 / layer.weight[0].numel()); layer.weight.data = (2 * torch.rand_like(layer.weight) - 1) * b"), (ZERO, "layer.bias.data.fill_(0)")), id="by hand"),
        pytest.param(replaced(GENERATOR, ("        for layer in", "        self.apply(self.start)\n    def start(self, layer):\n        for layer in"), ("(self.fc, self.conv):", "[layer] if hasattr(layer, 'weight') else []:"), ), id="apply"),
    ],
)  # fmt: skip
def test_initial_weights_of_the_right_law_are_accepted(student):
    outcome = verdict(Module(Class("Net"), verify="initial"), GENERATOR, student, LATENT)
    assert (outcome.credit, outcome.sentence) == (
        1.0,
        "the 4 parameters begin with the right law (33000 entries tested)",
    )


@pytest.mark.parametrize(
    ("pairs", "note", "sentence"),
    [
        pytest.param([(ZERO, "pass")], "initial_bias", "`fc.bias` must begin with 0 everywhere; one of its entries is ", id="default biases"),
        pytest.param([(ZERO, "nn.init.constant_(layer.bias, 0.01)")], "initial_bias", "`fc.bias` must begin with 0 everywhere; one of its entries is 0.01", id="constant biases"),
        pytest.param([(INIT, "nn.init.kaiming_normal_(layer.weight)")], "initial_law", "`fc.weight` begins with normal values, expected uniform ones", id="normal"),
        pytest.param([(INIT, "pass")], "initial_scale", "`fc.weight` begins with values of 0.40", id="torch's default"),
        pytest.param([(INIT, "nn.init.kaiming_uniform_(layer.weight, mode='fan_out')")], "initial_scale", "`fc.weight` begins with values of 0.52", id="fan out"),
        pytest.param([(INIT, "nn.init.xavier_uniform_(layer.weight)")], "initial_scale", "`fc.weight` begins with values of 0.46", id="xavier"),
        pytest.param([(INIT, "nn.init.kaiming_uniform_(layer.weight, nonlinearity='sigmoid')")], "initial_scale", "`fc.weight` begins with values of 0.70", id="gain"),
        pytest.param([(INIT, "layer.weight.data = torch.rand_like(layer.weight)")], "initial_mean", "`fc.weight` begins with the mean 0.", id="positive"),
        pytest.param([(INIT, "nn.init.zeros_(layer.weight)")], "initial_constant", "`fc.weight` begins with 0 everywhere, expected random values", id="zero weights"),
        pytest.param([("super().__init__()", "super().__init__(); torch.manual_seed(0)")], "initial_fixed", "`fc.weight` is the same whenever the module is built: a seed is set inside", id="seed inside"),
        pytest.param([(INIT, INIT + "; layer.weight.data /= 0")], "not_finite", "`fc.weight` begins with values that are not finite", id="infinite"),
        pytest.param([("nn.Linear(5, 18)", "nn.Linear(5, 18, bias=False)"), (ZERO, "layer.bias is None or nn.init.zeros_(layer.bias)")], "missing_parameter", "lacks 1 parameter of shape (18,)", id="no bias"),
        pytest.param([(INIT, "nn.init.kaiming_uniform_(layer.weight, a=0.2)")], "initial_scale", "`fc.weight` begins with values of 0.98", id="slope of the leaky relu"),
    ],
)  # fmt: skip
def test_wrong_initial_weights_are_named(pairs, note, sentence):
    outcome = verdict(Module(Class("Net"), verify="initial"), GENERATOR, replaced(GENERATOR, *pairs), LATENT)
    assert (outcome.credit, outcome.note) == (0.0, note)
    assert outcome.sentence.startswith(sentence)


def test_a_factor_of_the_spread_can_be_accepted():
    student = replaced(GENERATOR, (INIT, "nn.init.kaiming_uniform_(layer.weight, a=0.2)"))
    check = Module(Class("Net"), verify="initial", spreads=(1.0, math.sqrt(1 / 1.04)))
    assert verdict(check, GENERATOR, student, LATENT).credit == 1.0


def test_the_bounds_of_the_initial_laws_hold_with_room_to_spare():
    rng = np.random.default_rng(0)
    level = 0.01
    trials = [(rng.random(60), rng.random(90)) for _ in range(2000)]
    assert np.mean([distance(a, b) > ks_bound(60, 90, level) for a, b in trials]) <= level
    assert np.mean([beyond(a, b) > beyond_bound(60, 90, level) for a, b in trials]) <= level
    a, b = trials[0]
    assert distance(a, b) == pytest.approx(scipy.stats.ks_2samp(a, b).statistic)


# ---- autoregressive

MASKED = """
class Masked(nn.Conv2d):
    def __init__(self, kind, *args, **kw):
        super().__init__(*args, **kw)
        k = self.kernel_size[0]
        mask = torch.ones(k, k)
        mask[k // 2, k // 2 + (kind == 'B'):] = 0
        mask[k // 2 + 1:] = 0
        self.register_buffer('mask', mask)
    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias, self.stride, self.padding)
"""
PIXELCNN = (
    MASKED
    + """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(Masked('A', 1, 4, 5, padding=2), nn.ReLU(), Masked('B', 4, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 1, 1))
    def forward(self, x):
        return self.net(x)
"""
)
RESIDUAL = (
    MASKED
    + """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.g, self.norm = Masked('A', 1, 6, 3, padding=1), Masked('B', 6, 6, 3, padding=1), Masked('B', 6, 6, 3, padding=1), nn.BatchNorm2d(6)
        self.out = nn.Conv2d(6, 1, 1)
    def forward(self, x):
        h = self.norm(self.a(2 * x - 1))
        return self.out(h + torch.tanh(self.b(h)) * torch.sigmoid(self.g(h)))
"""
)
CAUSAL_ATTENTION = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.out = nn.Linear(9, 8), nn.Linear(9, 8), nn.Linear(9, 8), nn.Linear(8, 1)
    def forward(self, x):
        B, _, H, W = x.shape
        n = H * W
        s = torch.cat([torch.zeros(B, 1, 1, dtype=x.dtype), x.flatten(1)[:, :-1, None]], 1)
        place = torch.nn.functional.one_hot(torch.arange(n) % 8, 8).to(x.dtype).expand(B, n, 8)
        h = torch.cat([s, place], 2)
        a = self.q(h) @ self.k(h).transpose(1, 2) / 8**0.5
        a = a.masked_fill(torch.ones(n, n).triu(1).bool(), -math.inf).softmax(-1)
        return self.out(a @ self.v(h)).view(B, 1, H, W)
"""
LSTM = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.out = nn.LSTM(1, 6, batch_first=True), nn.Linear(6, 1)
    def forward(self, x):
        s = x.flatten(1)[:, :, None]
        s = torch.cat([torch.zeros_like(s[:, :1]), s[:, :-1]], 1)
        return self.out(self.rnn(s)[0]).view(x.shape)
"""
IMAGES = Recipe(sizes=((1, 3), (2, 4)), x=normal("B", 1, "H", "W")).sample(np.random.default_rng(11))
RIGHT = "no output pixel depends on itself or on a later one"


@pytest.mark.parametrize("after_step", [pytest.param(False, id="before"), pytest.param(True, id="after a step")])
@pytest.mark.parametrize(
    "student",
    [
        pytest.param(PIXELCNN, id="PixelCNN"),
        pytest.param(RESIDUAL, id="gated, residual, batch norm"),
        pytest.param(CAUSAL_ATTENTION, id="causal attention"),
        pytest.param(LSTM, id="LSTM"),
        pytest.param(replaced(PIXELCNN, ("return self.net(x)", "return self.net(x.float()).float()")), id="insists on float32"),
        pytest.param(replaced(PIXELCNN, ("return self.net(x)", "return self.net(2 * x / 255 - 1)")), id="scaled to [-1, 1]"),
        pytest.param(replaced(PIXELCNN, ("self.net = ", "self.net = self.make()\n        nn.init.zeros_(self.net[-1].weight)\n    def make(self):\n        return ")), id="last layer begins with zeros"),
    ],
)  # fmt: skip
def test_any_autoregressive_architecture_is_accepted(student, after_step):
    outcome = verdict(Module(Class("Net"), verify="autoregressive", after_step=after_step), PIXELCNN, student, IMAGES)
    assert (outcome.credit, outcome.sentence) == (
        1.0,
        RIGHT + (", also after one optimiser step" if after_step else ""),
    )


@pytest.mark.parametrize(
    ("pairs", "note", "sentence"),
    [
        pytest.param([("Masked('A'", "Masked('B'")], "sees_itself", "output (0, 0) depends on input (0, 0), which is itself", id="B first"),
        pytest.param([("nn.Conv2d(4, 1, 1)", "nn.Conv2d(4, 1, 3, padding=1)")], "sees_later", "output (0, 0) depends on input (0, 1), which is to its right, a later pixel", id="an ordinary convolution at the end"),
        pytest.param([("k // 2 + 1:] = 0", "k // 2 + 2:] = 0")], "sees_later", "output (0, 0) depends on input (0, 1), which is to its right, a later pixel", id="a row too late"),
        pytest.param([("mask[k // 2, k // 2 + (kind == 'B'):] = 0", "mask[k // 2, k // 2 + 1 + (kind == 'B'):] = 0")], "sees_later", "output (0, 0) depends on input (0, 1), which is to its right, a later pixel", id="a column too late"),
        pytest.param([("return self.net(x)", "return self.net(x) + x.mean((2, 3), keepdim=True)")], "no_mask", "output (0, 0) depends on input (0, 1), which is to its right, a later pixel: nothing is masked", id="the mean of all pixels"),
        pytest.param([("return self.net(x)", "return self.net(x) + (x > 1.0).to(x.dtype).detach()")], "sees_itself", "output (0, 0) depends on input (0, 0), which is itself", id="hidden from autograd"),
        pytest.param([("return self.net(x)", "return self.net(x.transpose(2, 3)).transpose(2, 3)")], "sees_later", "output (0, 1) depends on input (1, 0), which is below it, a later pixel", id="columns first"),
        pytest.param([("return self.net(x)", "return self.net(x * 0)")], "sees_nothing", "no output pixel depends on any input pixel", id="constant"),
        pytest.param([("return self.net(x)", "x = x.clone(); x[:, :, 1:] = 0; return self.net(x)")], "lost_pixels", "output (2, 3) does not see input (2, 2) to its left", id="first row only"),
        pytest.param([("mask[k // 2 + 1:] = 0", "mask[k // 2 + 1:] = 0; mask[:k // 2] = 0")], "lost_pixels", "output (2, 3) does not see input (1, 3) above it", id="own row only"),
        pytest.param([("return self.net(x)", "return self.net(x) / 0")], "not_finite", "the output is not finite for inputs between 0 and 2", id="infinite"),
        pytest.param([("nn.Conv2d(4, 1, 1)", "nn.Conv2d(4, 2, 1)")], "wrong_shape", "the output has shape (1, 2, 3, 4), expected (1, 1, 3, 4), for an input of shape (1, 1, 3, 4)", id="shape"),
    ],
)  # fmt: skip
def test_a_network_that_is_not_autoregressive_is_told_the_smallest_pair(pairs, note, sentence):
    check = Module(Class("Net"), verify="autoregressive")
    outcome = verdict(check, PIXELCNN, replaced(PIXELCNN, *pairs), IMAGES)
    assert (outcome.credit, outcome.note, outcome.sentence) == (0.0, note, sentence)


def test_a_mask_that_is_applied_only_once_is_found_after_a_step():
    student = replaced(
        PIXELCNN,
        ("self.register_buffer('mask', mask)", "self.weight.data *= mask"),
        ("self.weight * self.mask", "self.weight"),
    )
    assert verdict(Module(Class("Net"), verify="autoregressive"), PIXELCNN, student, IMAGES).credit == 1.0
    outcome = verdict(Module(Class("Net"), verify="autoregressive", after_step=True), PIXELCNN, student, IMAGES)
    assert outcome.note == "mask_lost_after_step"
    assert outcome.sentence == (
        "right at first, but after one optimiser step output (0, 0) depends on input (0, 1), which is to its right, "
        "a later pixel: the mask is not kept up"
    )


MADE = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        g = torch.Generator().manual_seed(SEED)
        degrees = [torch.arange(1, 9), torch.randint(1, 8, (12,), generator=g), torch.arange(1, 9)]
        self.a, self.b = nn.Linear(8, 12), nn.Linear(12, 8)
        self.register_buffer('m', (degrees[1][:, None] >= degrees[0][None]).float())
        self.register_buffer('n', (degrees[2][:, None] > degrees[1][None]).float())
    def forward(self, x):
        return F.linear(F.linear(x, self.a.weight * self.m, self.a.bias).relu(), self.b.weight * self.n, self.b.bias)
"""


@pytest.mark.parametrize("seed", range(8))
def test_a_made_with_random_degrees_is_right(seed):
    given = sample(x=normal("B", 8))
    check = Module(Class("Net"), verify="autoregressive")
    student = MADE.replace("SEED", str(seed))
    assert verdict(check, MADE.replace("SEED", "0"), student, given).sentence == RIGHT
    strict = verdict(check, student, replaced(student, ("[:, None] > ", "[:, None] >= ")), given)
    assert (strict.note, strict.sentence.split(" depends")[0][:10]) == ("sees_itself", "output (0,")
    blind = verdict(check, student, replaced(student, ("x, self.a", "x * (torch.arange(8) < 1), self.a")), given)
    assert blind.sentence.startswith("of the 28 pairs of an entry and an earlier one only ")


LOGITS = {
    "256 first": ".view(len(x), 16, 3, *x.shape[2:])",
    "channels first": ".view(len(x), 16, 3, *x.shape[2:]).transpose(1, 2)",
}
COLOURS = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 48, 3, padding=1)
        mask = torch.zeros(48, 3, 3, 3)
        mask[:, :, 0] = 1
        mask[:, :, 1, 0] = 1
        for out in range(48):
            mask[out, :out % 3, 1, 1] = ORDERED
        self.register_buffer('mask', mask)
    def forward(self, x):
        return F.conv2d(x, self.conv.weight * self.mask, self.conv.bias, padding=1)VIEW
"""


@pytest.mark.parametrize("view", [pytest.param(view, id=name) for name, view in LOGITS.items()])
def test_logits_of_many_values_and_of_ordered_colours_can_be_asked(view):
    given = sample(x=normal("B", 3, 4, 4))
    apart = COLOURS.replace("VIEW", view).replace("ORDERED", "0")
    ordered = COLOURS.replace("VIEW", view).replace("ORDERED", "1")
    later = ordered.replace(":out % 3, 1, 1]", ":out % 3 + 1, 1, 1]")
    assert verdict(Module(Class("Net"), verify="autoregressive"), apart, apart, given).sentence == RIGHT
    together = verdict(Module(Class("Net"), verify="autoregressive"), apart, ordered, given)
    assert together.sentence == "output (0, 0) depends on input (0, 0), which is itself"
    check = Module(Class("Net"), verify="autoregressive", ordered="channels")
    assert verdict(check, ordered, ordered, given).sentence == RIGHT
    assert verdict(check, ordered, apart, given).sentence == RIGHT
    outcome = verdict(check, ordered, later, given)
    assert outcome.sentence == ("output (0, 0) of channel 0 depends on input (0, 0) of channel 0, which is itself")


def test_a_reference_that_is_not_autoregressive_is_the_courses_mistake():
    check = Module(Class("Net"), verify="autoregressive")
    with pytest.raises(ValueError, match=r"^the reference itself is not autoregressive: output \(0, 0\) depends on"):
        verdict(check, PIXELCNN.replace("Masked('A'", "Masked('B'"), PIXELCNN, IMAGES)


# ---- all of them


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        pytest.param({"verify": "layers", "after_step": True}, "after_step has no meaning for verify: layers", id="step"),
        pytest.param({"verify": "values", "defined": True}, "defined has no meaning for verify: values", id="defined"),
        pytest.param({"verify": "shape", "spreads": (2.0,)}, "spreads has no meaning for verify: shape", id="spreads"),
        pytest.param({"verify": "dependence", "ordered": "channels"}, "ordered has no meaning for verify: dependence", id="ordered"),
    ],
)  # fmt: skip
def test_options_need_a_question_that_they_change(options, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        Module(Class("Net"), **options)


@pytest.mark.parametrize(
    ("verify", "source", "given"),
    [
        pytest.param("layers", DISCRIMINATOR, IMAGE, id="layers"),
        pytest.param("initial", GENERATOR, LATENT, id="initial"),
        pytest.param("autoregressive", PIXELCNN, IMAGES, id="autoregressive"),
    ],
)
def test_answers_of_a_hostile_process_are_judged_without_an_exception(verify, source, given):
    check = Module(Class("Net"), verify=verify)
    wanted = Expected(given, probed(check, source, given, reference=True))
    right = probed(check, source, given, reference=False)
    odd = (np.array("text"), np.zeros((2, 2)), np.zeros(0, bool), np.zeros(()), np.full(3, np.nan), np.zeros((2, 0)))
    for name in right:
        less = {n: a for n, a in right.items() if n != name}
        assert check.compare(wanted, Observation("ok", less)).credit in (0.0, 1.0)
        for value in odd:
            assert check.compare(wanted, Observation("ok", right | {name: value})).credit in (0.0, 1.0)
    assert check.compare(wanted, Observation("ok", {})).credit == 0.0


def test_the_questions_of_modules_are_answered_soon():
    asked = [
        (Module(Class("Net"), verify="layers"), DISCRIMINATOR, IMAGE),
        (Module(Class("Net"), verify="initial"), GENERATOR, LATENT),
        (Module(Class("Net"), verify="autoregressive", after_step=True), PIXELCNN, IMAGES),
    ]
    with soon():
        for check, source, given in asked:
            probed(check, source, given, reference=False)
