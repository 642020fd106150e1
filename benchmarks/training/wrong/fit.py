"""Bugs in the student's own loop around a VAE (item 5.a)."""

# ruff: noqa
import torch
from torch import nn

ITEM = "5.a"


def _loop(model, data, steps, seed, rate=3e-3, optimizer=None, step=None, rows=None):
    torch.manual_seed(seed)
    optimizer = optimizer or torch.optim.Adam(model.parameters(), lr=rate)
    losses = []
    for k in range(steps):
        x = data[rows(k) if rows else torch.randint(len(data), (64,))].flatten(1)
        mu, logvar = model.encode(x)
        loss = negative_elbo(x, model.decode(reparameterize(mu, logvar)), mu, logvar)
        if step:
            step(optimizer, loss, k)
        else:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses


def no_step():
    """The optimiser never steps."""

    def fit(model, data, steps, seed):
        def step(optimizer, loss, k):
            optimizer.zero_grad()
            loss.backward()

        return _loop(model, data, steps, seed, step=step)


def zero_grad_after_backward():
    """The gradient is cleared between backward and step."""

    def fit(model, data, steps, seed):
        def step(optimizer, loss, k):
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()

        return _loop(model, data, steps, seed, step=step)


def no_zero_grad():
    """Gradients add up over all steps."""

    def fit(model, data, steps, seed):
        def step(optimizer, loss, k):
            loss.backward()
            optimizer.step()

        return _loop(model, data, steps, seed, step=step)


def first_batch_only():
    """Every step has the same batch."""

    def fit(model, data, steps, seed):
        return _loop(model, data, steps, seed, rows=lambda k: torch.arange(64))


def rate_too_small():
    """A rate of 3e-5."""

    def fit(model, data, steps, seed):
        return _loop(model, data, steps, seed, rate=3e-5)


def rate_too_large():
    """A rate of 0.3."""

    def fit(model, data, steps, seed):
        return _loop(model, data, steps, seed, rate=0.3)


def plain_descent():
    """Gradient descent with Adam's rate."""

    def fit(model, data, steps, seed):
        return _loop(model, data, steps, seed, optimizer=torch.optim.SGD(model.parameters(), lr=3e-5))


def half_of_the_weights():
    """The optimiser has only the encoder's weights."""

    def fit(model, data, steps, seed):
        some = list(model.parameters())[:6]
        return _loop(model, data, steps, seed, optimizer=torch.optim.Adam(some, lr=3e-3))


def optimizer_of_a_copy():
    """A copy of the model is trained and thrown away."""

    def fit(model, data, steps, seed):
        import copy

        return _loop(copy.deepcopy(model), data, steps, seed)


def tenth_of_the_steps():
    """`steps` is taken for a number of epochs, with a break after the first ones."""

    def fit(model, data, steps, seed):
        return _loop(model, data, steps // 10, seed)


def climbs():
    """The loss is maximised."""

    def fit(model, data, steps, seed):
        optimizer = torch.optim.Adam(model.parameters(), lr=3e-3, maximize=True)
        return _loop(model, data, steps, seed, optimizer=optimizer)


def images_not_in_range():
    """Images are divided by 16 once more."""

    def fit(model, data, steps, seed):
        return _loop(model, data / 16, steps, seed)


def optimizer_in_the_loop():
    """A new Adam in every step: each step is a sign of the gradient."""

    def fit(model, data, steps, seed):
        def step(optimizer, loss, k):
            fresh = torch.optim.Adam(model.parameters(), lr=3e-3)
            fresh.zero_grad()
            loss.backward()
            fresh.step()

        return _loop(model, data, steps, seed, step=step)
