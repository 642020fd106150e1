"""`grade similar`: copies are found however they are disguised, and two who solved the same are not taken for them."""

import csv
import json
import textwrap

import pytest
from course_tools import grade, put, write_course
from soon import soon

from grader.intake import discover
from grader.similar import coder, pair_page, similar, starter_grams
from grader.similar.trees import units

ORIGINAL = '''\
import torch
import torch.nn as nn
import torch.nn.functional as F


def kl_standard_normal(mu, logvar):
    """The divergence."""
    # in nats
    variances = torch.exp(logvar)
    per_dimension = variances + mu ** 2 - 1.0 - logvar
    return 0.5 * per_dimension.sum(dim=1)


def reconstruction(logits, x):
    positive = x * F.softplus(-logits)
    negative = (1 - x) * F.softplus(logits)
    total = positive + negative
    return total.flatten(1).sum(1)


class Encoder(nn.Module):
    def __init__(self, inputs, hidden, latent):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
        self.head_mu = nn.Linear(hidden, latent)
        self.head_logvar = nn.Linear(hidden, latent)

    def forward(self, x):
        h = self.body(x.flatten(1))
        return self.head_mu(h), self.head_logvar(h).clamp(-8, 8)


def train_epoch(model, loader, optimizer, beta):
    losses = []
    for batch, _ in loader:
        optimizer.zero_grad()
        mu, logvar = model.encoder(batch)
        z = mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)
        loss = (reconstruction(model.decoder(z), batch) + beta * kl_standard_normal(mu, logvar)).mean()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses += [loss.item()]
    return sum(losses) / len(losses)
'''
COPY = '''\
# my own work!
import torch
from torch import nn


def one_epoch(net, data, opt, weight):
    """Goes once through the data and returns how it went."""
    history = []
    for images, _ in data:
        opt.zero_grad()
        print("step", len(history))
        m, s = net.encoder(images)
        code = m + torch.randn_like(m) * (0.5 * s).exp()
        objective = (
            bernoulli_nll(net.decoder(code), images)
            + weight * divergence(m, s)
        ).mean()
        objective.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        opt.step()
        history = history + [objective.item()]
    return sum(history) / len(history)


class Inference(nn.Module):
    def __init__(self, d_in: int, width: int, d_z: int):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(d_in, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU())
        self.mean = nn.Linear(width, d_z)
        self.spread = nn.Linear(width, d_z)

    def forward(self, image):
        features = self.trunk(image.flatten(1))
        return self.mean(features), self.spread(features).clamp(-8, 8)


def bernoulli_nll(l: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    a = target * nn.functional.softplus(-l)
    b = (1 - target) * nn.functional.softplus(l)
    c = a + b
    return c.flatten(1).sum(dim=1)


def divergence(m, s):
    v = s.exp()
    terms = v + m ** 2 - 1.0 - s
    return 0.5 * terms.sum(1)
'''
# Two who have solved the same exercise by themselves: the short functions can hardly be written in another way.
OWN_A = """\
import torch
import torch.nn as nn


def kl_standard_normal(mu, logvar):
    return 0.5 * (mu.pow(2) + logvar.exp() - 1 - logvar).sum(1)


def reconstruction(logits, x):
    bce = nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="none")
    return bce.view(len(x), -1).sum(1)


class Encoder(nn.Module):
    def __init__(self, inputs, hidden, latent):
        super().__init__()
        self.fc1 = nn.Linear(inputs, hidden)
        self.fc2 = nn.Linear(hidden, hidden)
        self.out = nn.Linear(hidden, 2 * latent)

    def forward(self, x):
        x = torch.relu(self.fc1(x.view(x.shape[0], -1)))
        return self.out(torch.relu(self.fc2(x))).chunk(2, dim=1)


def train_epoch(model, loader, optimizer, beta):
    total, count = 0.0, 0
    model.train()
    for x, _ in loader:
        mu, logvar = model.encoder(x)
        std = (logvar / 2).exp()
        z = mu + std * torch.randn(mu.shape)
        nll, kl = reconstruction(model.decoder(z), x), kl_standard_normal(mu, logvar)
        loss = torch.mean(nll + beta * kl)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        count += len(x)
    return total / count
"""
OWN_B = """\
import torch
from torch import nn


def kl_standard_normal(mu, logvar):
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1)
    return kl


def reconstruction(logits, x):
    p = torch.distributions.Bernoulli(logits=logits)
    return -p.log_prob(x).sum(dim=tuple(range(1, x.dim())))


class Encoder(nn.Module):
    def __init__(self, inputs, hidden, latent):
        super(Encoder, self).__init__()
        layers = []
        for size in (inputs, hidden):
            layers.append(nn.Linear(size, hidden))
            layers.append(nn.ReLU())
        self.layers = nn.Sequential(*layers)
        self.mu = nn.Linear(hidden, latent)
        self.logvar = nn.Linear(hidden, latent)

    def forward(self, x):
        h = self.layers(torch.flatten(x, start_dim=1))
        mu = self.mu(h)
        logvar = self.logvar(h)
        return mu, logvar


def train_epoch(model, loader, optimizer, beta):
    running = []
    for i, (data, target) in enumerate(loader):
        mu, logvar = model.encoder(data)
        eps = torch.randn_like(mu)
        z = mu + eps * torch.exp(logvar / 2)
        rec = reconstruction(model.decoder(z), data).mean()
        kld = kl_standard_normal(mu, logvar).mean()
        loss = rec + beta * kld
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        running.append(float(loss))
    return torch.tensor(running).mean().item()
"""


def notebook(source):
    cells = [
        {"cell_type": "code", "id": f"c{k}", "metadata": {}, "outputs": [], "execution_count": None, "source": part}
        for k, part in enumerate(source.split("\n\n\n"))
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def students(folder, **works):
    """A class; a student's work is `work.py`, or a notebook where it begins with a brace."""
    for name, work in works.items():
        put(folder / name / ("work.ipynb" if work.startswith("{") else "work.py"), work)
    return folder


def compared(folder, starter=""):
    grams = starter_grams({"starter.py": starter.encode()})
    return similar([coder(one) for one in discover(folder)], grams)


def names(pair):
    return {pair.left.student, pair.right.student}


@pytest.mark.parametrize("copy", [pytest.param(COPY, id="python"), pytest.param(notebook(COPY), id="notebook")])
def test_a_renamed_reordered_commented_copy_is_at_the_top_and_independent_solutions_are_not(tmp_path, copy):
    found = compared(students(tmp_path, ada=ORIGINAL, bob=OWN_A, cyd=copy, dan=OWN_B))
    first, *others = found.pairs
    assert names(first) == {"ada", "cyd"}
    assert first.share > 0.5
    assert {passage.left.name for passage in first.passages} >= {"train_epoch", "reconstruction", "Encoder.forward"}
    assert all(other.share < first.share / 4 for other in others)


def test_two_with_the_same_short_formula_are_hardly_alike(tmp_path):
    kl = "import torch\n\n\ndef kl(mu, logvar):\n    return 0.5 * (mu ** 2 + logvar.exp() - 1 - logvar).sum(1)\n"
    found = compared(students(tmp_path, ada=kl, bob=kl))
    assert found.pairs[0].share < 0.3


def test_what_many_have_written_alike_does_not_count(tmp_path):
    works = {f"s{k}": OWN_A for k in range(6)}
    assert compared(students(tmp_path, **works)).pairs == ()


def test_starter_code_does_not_count(tmp_path):
    folder = students(tmp_path, ada=ORIGINAL, bob=COPY)
    assert compared(folder).pairs[0].share > 0.5
    assert compared(folder, starter=ORIGINAL).pairs == ()


def test_half_of_a_work_that_is_copied_is_found_in_its_place(tmp_path):
    part = COPY[: COPY.index("class Inference")]
    found = compared(
        students(tmp_path, ada=ORIGINAL, bob=OWN_B.replace("def train_epoch", "def unused") + "\n\n" + part)
    )
    (passage, *_) = sorted(found.pairs[0].passages, key=lambda one: -one.words)
    assert (passage.left.name, passage.right.name) == ("train_epoch", "one_epoch")
    assert ORIGINAL.split("\n")[passage.left_lines[0] - 1].strip() in (
        "def train_epoch(model, loader, optimizer, beta):",
        "losses = []",
    )


@pytest.mark.parametrize(
    ("a", "b"),
    [
        pytest.param("def f(x):\n  y = x + 1\n  return y", "def g(abc):\n  q = abc + 1\n  return q", id="names"),
        pytest.param("x = a + 1  # one", "x = a + 1", id="comments"),
        pytest.param('def f(x):\n  """Says."""\n  return x', "def f(x): return x", id="docstrings"),
        pytest.param("def f(x: int) -> int:\n  return x", "def f(x):\n  return x", id="annotations"),
        pytest.param("x += a", "x = x + a", id="augmented"),
        pytest.param("y = torch.exp(x)", "y = x.exp()", id="functions-as-methods"),
        pytest.param("y = x.sum(dim=1)", "y = x.sum(1)", id="dimension-by-name"),
        pytest.param("y = F.relu(x)", "y = torch.nn.functional.relu(x)", id="library-by-another-name"),
        pytest.param("print(x)\ny = 1", "y = 1", id="prints"),
        pytest.param("import a\ny = 1", "y = 1", id="imports"),
        pytest.param(
            "def f(self):\n  return self.fc(self.a)", "def f(self):\n  return self.layer(self.b)", id="attributes"
        ),
    ],
)
def test_what_changes_nothing_has_no_word(a, b):
    assert words(a) == words(b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        pytest.param("y = x + 1", "y = x - 1", id="operator"),
        pytest.param("y = x * 2.0", "y = x * 3.0", id="number"),
        pytest.param("y = x.sum(1)", "y = x.mean(1)", id="function"),
        pytest.param("y = f(x, a=1)", "y = f(x, b=1)", id="keyword"),
        pytest.param("y = [x]", "y = (x,)", id="shape"),
    ],
)
def test_what_changes_something_has_a_word(a, b):
    assert words(a) != words(b)


def words(source):
    found, unread = units({"a.py": textwrap.dedent(source).encode()})
    assert unread == []
    return [word.text for unit in found for word in unit.words]


def test_a_file_that_is_no_python_is_compared_in_the_parts_that_are(tmp_path):
    broken = COPY.replace("def divergence(m, s):", "def divergence(m, s:")
    found = compared(students(tmp_path, ada=ORIGINAL, bob=broken))
    assert found.said == ("bob: a part of work.py is no Python, and was not compared",)
    assert found.pairs[0].share > 0.4
    lines = broken.split("\n")
    long = max(found.pairs[0].passages, key=lambda one: one.words)
    assert lines[long.right_lines[1] - 1] == "    return sum(history) / len(history)"


@pytest.mark.parametrize(
    "work",
    [
        pytest.param("x = " + "(" * 5_000 + ")" * 5_000, id="deep"),
        pytest.param("x = " + " + ".join(["a"] * 50_000), id="long-sum"),
        pytest.param("y = f(a, b, c)\n" * 10_000, id="the-same-line"),
        pytest.param("def (\n" * 100_000, id="broken-everywhere"),
        pytest.param("\0\xff", id="bytes"),
    ],
)
def test_hostile_works_end_soon(tmp_path, work):
    with soon():
        compared(students(tmp_path, ada=work, bob=work + "\n", cyd=ORIGINAL))


# --- the command -------------------------------------------------------------------------------------------------

HANDED_OUT = """

# starter: keep
def plot(history, title, path):
    figure, axes = pyplot.subplots(figsize=(6, 4))
    axes.plot(range(len(history)), history, label=title)
    axes.set_xlabel("step")
    axes.legend()
    figure.savefig(path, dpi=150, bbox_inches="tight")
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = write_course(tmp_path_factory.mktemp("similar"), sums="def total(x):\n    return x.sum()\n" + HANDED_OUT)
    own = HANDED_OUT.replace("# starter: keep\n", "")
    students(
        home / "sums", ada=ORIGINAL, bob=COPY + "\n# <script>alert(1)</script>\n", cyd=OWN_A + own, dan=OWN_B + own
    )
    return home


@pytest.fixture(scope="module")
def done(home):
    return grade("similar", "sums", cwd=home)


def test_the_command_says_who_is_alike_and_that_no_points_follow(home, done):
    assert (done.returncode, done.stderr) == (0, "")
    first, *_, last = done.stdout.splitlines()
    assert "  ada and bob: " in first
    assert "passages in common, in " in first
    assert last == (
        "No points follow from this; read both before you conclude anything: results/similar/sums/index.html"
    )


def test_what_the_reference_hands_out_does_not_count(home, done):
    assert not any("cyd and dan" in line and "plot" in line for line in done.stdout.splitlines())
    elsewhere = put(home / "given" / "a.py", "x = 1\n").parent
    said = grade("similar", "sums", "--starter", elsewhere, "--out", "other", cwd=home).stdout
    assert any("cyd and dan" in line and "plot" in line for line in said.splitlines())


def test_the_pages_show_both_sides_with_the_passages_marked(home, done):
    place = home / "results" / "similar" / "sums"
    index, pair = ((place / name).read_text("utf-8") for name in ("index.html", "pair-1.html"))
    assert "This page takes no points from anyone." in index
    assert '<a href="pair-1.html">ada and bob</a>' in index
    assert "This page takes no points from anyone:" in pair
    marked = [line for line in pair.splitlines() if 'class="in"' in line]
    assert any("total = positive + negative" in line for line in marked)
    assert any("c = a + b" in line for line in marked)
    assert not any("my own work!" in line for line in marked)
    assert "<script" not in pair
    assert "&lt;script&gt;" in pair
    for page in (index, pair):
        assert "http://" not in page
        assert "https://" not in page


def test_the_pairs_are_a_table_too(home, done):
    rows = list(csv.DictReader((home / "results/similar/sums/pairs.csv").read_text("utf-8").splitlines()))
    assert (rows[0]["student"], rows[0]["and"]) == ("ada", "bob")
    assert float(rows[0]["alike"]) > 0.5


def test_a_class_with_nothing_in_common_is_said(home, tmp_path):
    folder = students(tmp_path / "sums", ada="def total(x):\n    return x.sum()\n", bob="x = 1\n")
    said = grade("similar", folder, "--out", tmp_path / "out", cwd=home).stdout
    assert said.splitlines()[0] == "2 students compared: no two have a passage in common"
    assert "No two submissions have a passage in common." in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_a_long_work_is_cut_on_the_page_and_says_so(tmp_path):
    long = ORIGINAL + "\n" * 4_000
    found = compared(students(tmp_path, ada=long, bob=COPY))
    assert "more lines are not shown." in pair_page("sums", found.pairs[0], 1)
