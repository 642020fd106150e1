"""Items of kind `training`: what a run's quantities say, and what a student's processes are asked, see and can't fake."""

import math
from dataclasses import replace

import numpy as np
import pytest

from grader.box.sandbox import Box, Request
from grader.checks.training import Training
from grader.model import Expected, Fact, Limits, Pictures, Plot, Work
from grader.training.data import load
from grader.training.verdicts import verdict

INF = math.inf
VAE = {"elbo": (24.4, 25.3), "kl": (2.2, 3.4), "mmd": (-INF, 0.26)}
PIXELS = {"nll": (19.4, 21.9)}
GAN = {"mmd": (-INF, 0.4), "diversity": (0.7, INF), "nearest": (1.2, INF)}
OWN = {"elbo_gap": (-0.6, 0.6), "kl_gap": (-0.5, 0.5)}

HONEST = {"finite": 1.0, "moved": 0.6, "repeated": 0.0, "leap": 0.8, "kinship": 0.7}
RIGHT_VAE = HONEST | {"elbo": 24.85, "kl": 2.8, "mmd": 0.2, "uniform": 44.36, "independent": 27.24}
RIGHT_OWN = RIGHT_VAE | {"control/elbo": 24.9, "control/kl": 2.7}
RIGHT_PIXELS = HONEST | {"nll": 20.7, "leak": 0.0, "uniform": 44.36, "independent": 27.24}
RIGHT_GAN = HONEST | {"mmd": 0.17, "diversity": 0.95, "nearest": 1.6}
BETWEEN = "right runs lie between 24.4 and 25.3"


def said(model, numbers, gates, *, control=False):
    found = {name: np.array(float(value)) for name, value in numbers.items()}
    return verdict(model, found, gates, control=control)


# ---- what a run's quantities say


@pytest.mark.parametrize(
    ("model", "numbers", "gates", "control", "sentence"),
    [
        pytest.param(
            "vae", RIGHT_VAE, VAE, False, "−ELBO on held-out images is 24.85 nats, as in right runs", id="vae"
        ),
        pytest.param("vae", RIGHT_OWN, OWN, True, "−ELBO on held-out images is 24.85 nats, as in right runs", id="own"),
        pytest.param(
            "autoregressive",
            RIGHT_PIXELS,
            PIXELS,
            False,
            "−log p(x) on held-out images is 20.70 nats, as in right runs",
            id="pixels",
        ),
        pytest.param(
            "gan",
            RIGHT_GAN,
            GAN,
            False,
            "its images are as near to held-out ones as they should be (MMD² 0.170)",
            id="gan",
        ),
    ],
)
def test_a_run_within_all_gates_is_right(model, numbers, gates, control, sentence):
    found = said(model, numbers, gates, control=control)
    assert (found.right, found.note, found.sentence) == (True, "", sentence)


STEPS = "the same first steps, repeated in a fresh process, lead to other weights"
LEAP = "in its first steps the weights have moved further than the optimiser can move them"
ELSEWHERE = "the trained weights are unrelated to those that training began with"


@pytest.mark.parametrize(
    ("changed", "note", "sentence"),
    [
        pytest.param({"finite": 0.0}, "not_finite", "after training some weights are not finite", id="weights"),
        pytest.param(
            {"moved": 0.0}, "not_stepping", "no weight has changed: no step of the optimiser was taken", id="no-step"
        ),
        pytest.param(
            {"moved": INF}, "faked", "the trained net has other parameters than the one that it was to train", id="net"
        ),
        pytest.param(
            {"repeated": 1e-3},
            "faked",
            f"{STEPS}: they do not follow from the loss, the data and the seed",
            id="replay",
        ),
        pytest.param({"leap": 1.01}, "faked", f"{LEAP}: they do not come from this training", id="leap"),
        pytest.param({"kinship": 0.02}, "faked", f"{ELSEWHERE}: they do not come from this training", id="shipped"),
        pytest.param({"elbo": math.nan}, "not_finite", "−ELBO on held-out images is not finite", id="nan"),
        pytest.param(
            {"elbo": 27.3, "kl": 0.001},
            "collapsed",
            f"z is not used: KL(q(z|x) ‖ p(z)) is 0.001 nats, and −ELBO on held-out images is 27.30 nats, {BETWEEN}",
            id="collapsed",
        ),
        pytest.param(
            {"elbo": 88.0, "kl": 61.0},
            "kl_high",
            "z tells more of x than the loss should allow: KL(q(z|x) ‖ p(z)) is 61.00 nats, "
            f"and −ELBO on held-out images is 88.00 nats, {BETWEEN}",
            id="kl-missing",
        ),
        pytest.param(
            {"elbo": 44.0, "kl": 0.1},
            "not_learning",
            f"−ELBO on held-out images is 44.00 nats, {BETWEEN}: it has hardly learnt",
            id="unlearnt",
        ),
        pytest.param(
            {"elbo": 1.8e23, "kl": 1.8e23},
            "diverged",
            f"−ELBO on held-out images is 1.8e+23 nats, {BETWEEN}: training drives it away, as a wrong sign does",
            id="wrong-sign",
        ),
        pytest.param({"elbo": 25.7}, "worse", f"−ELBO on held-out images is 25.70 nats, {BETWEEN}", id="worse"),
        pytest.param(
            {"elbo": 20.0},
            "too_good",
            f"−ELBO on held-out images is 20.00 nats, {BETWEEN}: better than right runs can be",
            id="too-good",
        ),
        pytest.param(
            {"kl": 4.8},
            "kl_high",
            "KL(q(z|x) ‖ p(z)) is 4.8, right runs lie between 2.2 and 3.4, though −ELBO is as it must be",
            id="kl-halved",
        ),
        pytest.param(
            {"mmd": 0.5},
            "mmd_high",
            "MMD² of samples is 0.5, right runs have at most 0.26, though −ELBO is as it must be",
            id="samples",
        ),
    ],
)
def test_what_is_wrong_with_a_vae_is_named(changed, note, sentence):
    found = said("vae", RIGHT_VAE | changed, VAE)
    assert (found.right, found.note, found.sentence) == (False, note, sentence)


@pytest.mark.parametrize(
    ("changed", "note", "sentence"),
    [
        pytest.param(
            {"elbo": 25.8},
            "worse",
            "−ELBO on held-out images is 25.80 nats, 24.90 nats if the same net is trained with the textbook loss",
            id="worse-than-its-control",
        ),
        pytest.param(
            {"kl": 3.4},
            "kl_gap_high",
            "the difference of KL(q(z|x) ‖ p(z)) to the control is 0.7, right runs lie between -0.5 and 0.5, "
            "though −ELBO is as it must be",
            id="kl",
        ),
        pytest.param(
            {"elbo": 27.2, "control/elbo": 27.2},
            "not_learning",
            "−ELBO on held-out images is 27.20 nats, pixels that know nothing of each other have 27.24: "
            "the net has learnt nothing beyond, with any loss",
            id="both-useless",
        ),
    ],
)
def test_what_is_wrong_with_an_own_net_is_named_against_its_control(changed, note, sentence):
    found = said("vae", RIGHT_OWN | changed, OWN, control=True)
    assert (found.right, found.note, found.sentence) == (False, note, sentence)


@pytest.mark.parametrize(
    ("changed", "note", "sentence"),
    [
        pytest.param(
            {"leak": 0.2},
            "leaking",
            "the logits of a pixel change when only that pixel and later ones change: the net sees what it is to predict",
            id="leak",
        ),
        pytest.param(
            {"leak": math.nan, "nll": math.nan},
            "leaking",
            "the logits of a pixel change when only that pixel and later ones change: the net sees what it is to predict",
            id="leak-of-nan",
        ),
        pytest.param(
            {"nll": 13.7},
            "leaking",
            "−log p(x) on held-out images is 13.70 nats, right runs lie between 19.4 and 21.9: "
            "it is so good only if it sees what it predicts",
            id="too-good",
        ),
        pytest.param(
            {"nll": 23.8},
            "worse",
            "−log p(x) on held-out images is 23.80 nats, right runs lie between 19.4 and 21.9",
            id="lost-pairs",
        ),
    ],
)
def test_what_is_wrong_with_a_pixelcnn_is_named(changed, note, sentence):
    found = said("autoregressive", RIGHT_PIXELS | changed, PIXELS)
    assert (found.right, found.note, found.sentence) == (False, note, sentence)


@pytest.mark.parametrize(
    ("changed", "note", "sentence"),
    [
        pytest.param(
            {"nearest": 0.02},
            "memorised",
            "its images are copies of training images, 0.02 times as far from them as held-out images are",
            id="copies",
        ),
        pytest.param(
            {"diversity": 0.18, "mmd": 1.5},
            "collapsed",
            "its images are too much alike: diversity 0.18, the data's is 1, right runs have at least 0.70",
            id="one-image",
        ),
        pytest.param(
            {"mmd": 2.7, "diversity": 0.2, "nearest": 4.5},
            "not_learning",
            "its images are unlike held-out ones: MMD² is 2.700, right runs have at most 0.400",
            id="noise",
        ),
        pytest.param(
            {"mmd": 0.6},
            "worse",
            "its images are unlike held-out ones: MMD² is 0.600, right runs have at most 0.400",
            id="worse",
        ),
        pytest.param(
            {"nearest": 1.0},
            "nearest_low",
            "the distance to the nearest training image is 1, right runs have at least 1.2",
            id="near-copies",
        ),
        pytest.param({"mmd": math.nan}, "not_finite", "MMD² of samples on held-out images is not finite", id="nan"),
    ],
)
def test_what_is_wrong_with_a_gan_is_named(changed, note, sentence):
    found = said("gan", RIGHT_GAN | changed, GAN)
    assert (found.right, found.note, found.sentence) == (False, note, sentence)


def test_a_quantity_that_is_missing_or_nan_is_outside_of_its_gate():
    assert not said("vae", {k: v for k, v in RIGHT_VAE.items() if k != "kl"}, {"elbo": VAE["elbo"]} | VAE).right
    assert not said("gan", RIGHT_GAN | {"diversity": math.nan}, GAN).right


# ---- what the student's processes are asked

ASKING = b"""
import torch
from torch import nn

class Coder(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner, self.outer = nn.Linear(64, 16), nn.Linear(8, 64)

    def encode(self, x):
        return self.inner(x.flatten(1)).chunk(2, 1)

    def decode(self, z):
        return self.outer(z)

class Vae:
    def __init__(self, student):
        self.student = student

    def build(self):
        return Coder()

    def encode(self, net, x):
        return net.encode(x)

    def decode(self, net, z):
        return net.decode(z)

    def loss(self, net, x):
        return self.student.loss(net, x.flatten(1))

class Own(Vae):
    def build(self):
        return self.student.Net()

class Loop(Vae):
    def fit(self, net, data, steps, seed):
        return self.student.fit(net, data, steps, seed)

class Pixels:
    def __init__(self, student):
        self.student = student

    def build(self):
        return self.student.Net()

    def logits(self, net, x):
        return net(x)

    def loss(self, net, x):
        return nn.functional.binary_cross_entropy_with_logits(net(x), x)
"""
LOSS = """
import torch
import torch.nn.functional as F

def loss(net, x, noise=torch.randn_like):
    mu, logvar = net.encode(x)
    logits = net.decode(mu + torch.exp(0.5 * logvar) * noise(mu))
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
    return (bce + 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)).mean()
"""
NO_LOSS = "def loss(net, x): return 0 * next(net.parameters()).sum()\n\ndef old("
NET = (
    LOSS
    + """
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner, self.outer = torch.nn.Linear(64, 16), torch.nn.Linear(8, 64)

    def encode(self, x):
        return self.inner(x.flatten(1)).chunk(2, 1)

    def decode(self, z):
        return self.outer(z)
"""
)
FIT = (
    LOSS
    + """
def trained(net, data, steps):
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    for k in range(steps):
        optimizer.zero_grad()
        loss(net, data[k : k + 8].flatten(1)).backward()
        optimizer.step()
"""
)
DIGITS = load("digits")
GIVEN = {
    "train": np.rint(DIGITS.train[:60] * 16).astype(np.uint8),
    "held_out": np.rint(DIGITS.held_out[:30] * 16).astype(np.uint8),
    "levels": np.array(17),
}
LIMITS = Limits(cpu_seconds=20.0)
WIDE = {"elbo": (-INF, INF)}
ITEM = Training("Vae", "vae", {"loss": ()}, steps=6, batch=8, rate=1e-2, gates=WIDE)
OWN_ITEM = replace(ITEM, task="Own", uses={"loss": (), "Net": ()})
FIT_ITEM = replace(ITEM, task="Loop", uses={"fit": ()}, loop="fit")


class Desk:
    """Puts an item to a source text in a real box, and keeps what each process was asked."""

    def __init__(self, zygote, item, source):
        self.zygote, self.item, self.source, self.asked = zygote, item, source, []

    def observed(self, seed=1):
        work = Work({"homework.py": self.source.encode()}, asking={"asking.py": ASKING})
        told = self.item.told(reference=False)
        with Box(self.zygote, work, told["names"], LIMITS) as box:

            def ask(call, given):
                self.asked.append((call, given))
                return box.ask(Request("training", dict(call), given, LIMITS))

            return self.item.converse(ask, told | {"seed": seed}, GIVEN)

    def outcome(self):
        observed = self.observed()
        assert observed.status == "ok", observed.detail
        return self.item.compare(Expected({}, {}), observed)


def numbers(observed, run=0):
    start = f"run/{run}/"
    found = {name.removeprefix(start): array for name, array in observed.values.items() if name.startswith(start)}
    return {name: float(array) for name, array in found.items() if array.shape == () and array.dtype.kind == "f"}


def test_an_honest_run_is_seen_to_be_one(zygote):
    found = numbers(Desk(zygote, ITEM, LOSS).observed())
    assert found["moved"] > 0
    assert found["repeated"] == 0
    assert 0 < found["leap"] < 1
    assert found["kinship"] > 0.9
    assert np.isfinite(found["elbo"])
    assert found["iwae"] <= found["elbo"] + 1e-6


def test_no_process_that_trains_or_decodes_gets_held_out_images(zygote):
    desk = Desk(zygote, ITEM, LOSS)
    desk.observed()
    phases = [call["phase"] for call, _ in desk.asked]
    assert phases == ["start", "train", "train", "encode", "decode"]
    held_out = {np.sort(image, axis=None).tobytes() for image in GIVEN["held_out"]}
    for call, given in desk.asked:
        seen = [name for name, array in given.items() if array.shape[1:] == (8, 8) and array.dtype == np.uint8]
        assert seen == {"train": ["images"], "encode": ["x"]}.get(call["phase"], [])
        if call["phase"] == "train":
            assert held_out.isdisjoint(np.sort(image, axis=None).tobytes() for image in given["images"])


def test_images_wear_another_disguise_for_each_seed(zygote):
    desk = Desk(zygote, ITEM, LOSS)
    desk.observed(seed=1)
    desk.observed(seed=2)
    first, _, second, _ = [given["images"] for call, given in desk.asked if call["phase"] == "train"]
    assert (np.sort(first.reshape(60, -1)) == np.sort(second.reshape(60, -1))).all()
    assert (first != second).any()
    assert (first != GIVEN["train"]).any()


def test_a_seed_gives_the_same_run_again(zygote):
    first, again, other = (numbers(Desk(zygote, ITEM, LOSS).observed(seed)) for seed in (3, 3, 4))
    assert first == again
    assert first["elbo"] != other["elbo"]


def test_one_run_is_enough_where_it_passes_and_three_where_none_does(zygote):
    kept = Desk(zygote, ITEM, LOSS)
    assert kept.outcome().credit == 1.0
    assert sum(call["phase"] == "encode" for call, _ in kept.asked) == 1
    refused = Desk(zygote, replace(ITEM, gates={"elbo": (1.0, 2.0)}), LOSS)
    outcome = refused.outcome()
    assert sum(call["phase"] == "encode" for call, _ in refused.asked) == 3
    assert outcome.credit == 0.0
    assert outcome.sentence.endswith("(in each of 3 runs)")


def test_an_item_without_gates_waits_for_a_person(zygote):
    outcome = Desk(zygote, replace(ITEM, gates={}), LOSS).outcome()
    assert (outcome.credit, outcome.note) == (None, "no_gates")
    assert outcome.sentence == "a person reads this: the item has no gates yet"


def test_a_run_within_its_gates_stands_on_the_leaderboard_and_no_other_does(zygote):
    observed = Desk(zygote, replace(ITEM, gates={"elbo": (-INF, 99.0)}), LOSS).observed()
    for high, marked in ((99.0, ["−ELBO on held-out images"]), (1.0, [])):
        evidence = replace(ITEM, gates={"elbo": (-INF, high)}).compare(Expected({}, {}), observed).evidence
        boards = {each.label: each.board for each in evidence if isinstance(each, Fact) and each.board}
        assert boards == dict.fromkeys(marked, "lower")


def test_the_report_gets_numbers_the_loss_and_pictures(zygote):
    evidence = Desk(zygote, replace(ITEM, gates={"elbo": (-INF, 99.0)}), LOSS).outcome().evidence
    facts = {each.label: each.value for each in evidence if isinstance(each, Fact)}
    assert facts["−ELBO on held-out images"].endswith(" nats; right runs have at most 99")
    (plot,) = [each for each in evidence if isinstance(each, Plot)]
    assert plot.label == "Your own loss, which is not what is judged"
    assert plot.series["your own loss"][0] == (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
    (pictures,) = [each for each in evidence if isinstance(each, Pictures)]
    assert list(pictures.rows) == ["held out", "reconstructed", "from the prior"]
    assert (pictures.rows["held out"][0] == np.rint(GIVEN["held_out"][0] / 16 * 255)).all()  # without its disguise


@pytest.mark.parametrize(
    ("item", "source", "note"),
    [
        pytest.param(
            ITEM,
            LOSS + "class Lazy(torch.optim.Adam):\n    def step(self): pass\n\ntorch.optim.Adam = Lazy\n",
            "not_stepping",
            id="an-optimiser-that-does-nothing",
        ),
        pytest.param(
            ITEM,
            LOSS + "class Fast(torch.optim.Adam):\n"
            "    def __init__(self, params, lr, **options):\n"
            "        super().__init__(params, lr=10 * lr, **options)\n\n"
            "torch.optim.Adam = Fast\n",
            "faked",
            id="another-rate",
        ),
        pytest.param(
            ITEM,
            LOSS + "import os\n"
            "plain = loss\n"
            "def loss(net, x):\n"
            "    torch.manual_seed(int.from_bytes(os.urandom(4), 'big'))\n"
            "    return plain(net, x)\n",
            "faked",
            id="steps-that-can-not-be-repeated",
        ),
        pytest.param(
            FIT_ITEM,
            FIT + "class Other(torch.nn.Module):\n"
            "    def __init__(self, net):\n"
            "        super().__init__()\n"
            "        self.kept = net\n"
            "        self.encode, self.decode = net.encode, net.decode\n\n"
            "def fit(net, data, steps, seed):\n"
            "    return Other(net)\n",
            "faked",
            id="another-net",
        ),
        pytest.param(
            FIT_ITEM,
            FIT + "def fit(net, data, steps, seed):\n"
            "    trained(net, data, steps)\n"
            "    with torch.no_grad():\n"
            "        for p in net.parameters():\n"
            "            p.copy_(torch.linspace(-1, 1, p.numel()).view_as(p))\n",
            "faked",
            id="weights-from-elsewhere",
        ),
        pytest.param(
            FIT_ITEM,
            FIT + "def fit(net, data, steps, seed):\n    return [1.0] * steps\n",
            "not_stepping",
            id="a-curve-and-no-step",
        ),
        pytest.param(
            FIT_ITEM,
            FIT + "def fit(net, data, steps, seed):\n    net.outer.weight.data *= float('nan')\n",
            "not_finite",
            id="weights-that-are-not-finite",
        ),
    ],
)
def test_what_did_not_come_from_training_is_refused(zygote, item, source, note):
    outcome = Desk(zygote, item, source).outcome()
    assert (outcome.credit, outcome.note) == (0.0, note), outcome.sentence


def test_what_one_process_keeps_no_other_finds(zygote):
    source = NET.replace(
        "        return self.outer(z)",
        "        if 'x' in kept and len(kept['x']) == len(z):\n"
        "            return 20 * kept['x'] - 10 + 0 * self.outer(z)\n"
        "        return self.outer(z)",
    ).replace("        return self.inner(x", "        kept['x'] = x.flatten(1)\n        return self.inner(x")
    item = replace(OWN_ITEM, gates={"elbo": (0.0, 40.0)})
    assert Desk(zygote, item, "kept = {}\n" + source).outcome().note in ("worse", "not_learning")


def test_the_control_trains_the_same_net_with_other_noise(zygote):
    found = numbers(Desk(zygote, replace(OWN_ITEM, control=True, steps=40), NET).observed())
    gap = found["elbo"] - found["control/elbo"]
    assert gap != 0
    assert abs(gap) < 3


@pytest.mark.parametrize(
    ("returned", "curve"),
    [
        pytest.param("None", [], id="nothing"),
        pytest.param("[1.0, torch.tensor(2.0)]", [1.0, 2.0], id="losses"),
        pytest.param("(net, [3])", [3.0], id="net-and-losses"),
        pytest.param("[(1, 2), 'x']", [math.nan, math.nan], id="no-numbers"),
        pytest.param("{'loss': [1]}", [], id="a-dict"),
    ],
)
def test_whatever_fit_returns_it_is_judged_by_the_net(zygote, returned, curve):
    source = FIT + f"def fit(net, data, steps, seed):\n    trained(net, data, steps)\n    return {returned}\n"
    observed = Desk(zygote, FIT_ITEM, source).observed()
    assert numbers(observed)["moved"] > 0
    np.testing.assert_array_equal(observed.values["run/0/curve"], curve)


def test_a_copy_that_fit_returns_is_the_trained_net(zygote):
    source = (
        FIT
        + "import copy\ndef fit(net, data, steps, seed):\n    mine = copy.deepcopy(net)\n    trained(mine, data, steps)\n"
    )
    assert Desk(zygote, FIT_ITEM, source).outcome().note == "not_stepping"
    assert Desk(zygote, FIT_ITEM, source + "    return mine\n").outcome().credit == 1.0


@pytest.mark.parametrize(
    ("item", "source", "sentence"),
    [
        pytest.param(
            OWN_ITEM,
            NET.replace("16)", "14)").replace("(8, 64)", "(7, 63)").replace("def loss(", NO_LOSS),
            "900 images of 8×8 pixels are expected, got shape (900, 63)",
            id="pixels",
        ),
        pytest.param(
            OWN_ITEM,
            NET.replace("self.inner(x.flatten(1)).chunk(2, 1)", "self.inner(x.flatten(1)).split([9, 7], 1)").replace(
                "def loss(", NO_LOSS
            ),
            "the mean of q(z|x) has shape (30, 9), its log variance (30, 7)",
            id="mean-and-variance",
        ),
        pytest.param(
            OWN_ITEM,
            NET.replace("self.inner(x.flatten(1)).chunk(2, 1)", "self.inner(x.flatten(1)).sum(0).chunk(2)").replace(
                "def loss(", NO_LOSS
            ),
            "mu of q(z|x) has shape (8,) for 30 images",
            id="no-batch",
        ),
    ],
)
def test_shapes_that_do_not_fit_are_told(zygote, item, source, sentence):
    outcome = Desk(zygote, item, source).outcome()
    assert (outcome.credit, outcome.note) == (0.0, "shape")
    assert outcome.sentence == sentence


@pytest.mark.parametrize(
    ("item", "source", "status", "detail"),
    [
        pytest.param(
            ITEM, "def losses(net, x): pass", "missing", "no `loss` was found; your files define losses", id="missing"
        ),
        pytest.param(
            ITEM,
            "def loss(net, x):\n    raise ValueError('x')",
            "crashed",
            "while it trains, homework.py, line 2: ValueError: x",
            id="raises",
        ),
        pytest.param(
            OWN_ITEM,
            LOSS + "def Net():\n    return 3",
            "crashed",
            "when the net is built, TypeError: the net is of type int, expected a torch.nn.Module",
            id="no-module",
        ),
        pytest.param(
            OWN_ITEM,
            NET.replace(".chunk(2, 1)", "[:, :8]").replace("def loss(", NO_LOSS),
            "crashed",
            "when held-out images are encoded, TypeError: 2 tensors are expected, got 1",
            id="one-tensor",
        ),
        pytest.param(
            OWN_ITEM,
            NET.replace("return self.outer(z)", "return self.outer(z)[:, :, 0]").replace("def loss(", NO_LOSS),
            "crashed",
            "when z is decoded, homework.py",
            id="decoder",
        ),
    ],
)
def test_a_run_that_ends_early_says_where(zygote, item, source, status, detail):
    observed = Desk(zygote, item, source).observed()
    assert observed.status == status
    assert observed.detail.startswith(detail), observed.detail


MASKED = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Conv2d(1, 1, 3, padding=1)
        mask = torch.tensor([[1.0, 1, 1], [1, 0, 0], [0, 0, 0]])
        self.register_buffer("mask", mask)
        with torch.no_grad():
            self.layer.weight.mul_(mask)

    def forward(self, x):
        return torch.nn.functional.conv2d(x[:, None], self.layer.weight * self.mask, self.layer.bias, padding=1)[:, 0]
"""
IN_PLACE = MASKED.replace(
    "    def forward(self, x):\n", "    def forward(self, x):\n        self.layer.weight.data *= self.mask\n"
).replace("            self.layer.weight.mul_(mask)", "            pass")
PIXEL_ITEM = Training("Pixels", "autoregressive", {"Net": ()}, steps=6, batch=8, rate=1e-2, disguise="turns")


@pytest.mark.parametrize(
    ("source", "note"),
    [
        pytest.param(MASKED, "", id="masked-in-every-pass"),
        pytest.param(IN_PLACE, "", id="weights-masked-in-place-are-no-leap"),
        pytest.param(MASKED.replace("self.layer.weight * self.mask", "self.layer.weight"), "leaking", id="masked-once"),
        pytest.param(MASKED.replace("[1, 0, 0]", "[1, 1, 0]"), "leaking", id="sees-itself"),
        pytest.param(
            MASKED.replace("padding=1)[:, 0]", "padding=1)[:, 0] + x * (not torch.is_grad_enabled())"),
            "leaking",
            id="looks-only-when-it-is-judged",
        ),
    ],
)
def test_a_net_that_sees_what_it_predicts_leaks(zygote, source, note):
    outcome = Desk(zygote, replace(PIXEL_ITEM, gates={"nll": (-INF, INF)}), source).outcome()
    assert outcome.note == note
