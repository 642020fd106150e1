"""Loops of the students' own around a VAE (item 5.a)."""

# ruff: noqa
import torch
import torch.nn.functional as F

ITEM = "5.a"


def data_loader():
    """A DataLoader, epochs, and a counter."""

    def fit(model, data, steps, seed):
        from torch.utils.data import DataLoader, TensorDataset

        torch.manual_seed(seed)
        loader = DataLoader(TensorDataset(data.flatten(1)), batch_size=64, shuffle=True, drop_last=True)
        opt = torch.optim.Adam(model.parameters(), 3e-3)
        done = 0
        while done < steps:
            for (x,) in loader:
                if done == steps:
                    break
                mu, logvar = model.encode(x)
                loss = negative_elbo(x, model.decode(reparameterize(mu, logvar)), mu, logvar)
                opt.zero_grad(set_to_none=False)
                loss.backward()
                opt.step()
                done += 1


def permutation_by_numpy():
    """Epochs by numpy's permutation; a short last batch is used, too; returns net and losses."""

    def fit(model, data, steps, seed):
        import numpy as np

        rng = np.random.default_rng(seed)
        torch.manual_seed(seed)
        opt = torch.optim.Adam(list(model.parameters()), lr=0.003)
        losses = []
        while len(losses) < steps:
            order = rng.permutation(len(data))
            for start in range(0, len(data), 64):
                x = data[torch.from_numpy(order[start : start + 64])].reshape(-1, 64)
                opt.zero_grad()
                mu, logvar = model.encode(x)
                z = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
                bce = F.binary_cross_entropy_with_logits(model.decode(z), x, reduction="sum") / len(x)
                loss = bce + 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum() / len(x)
                loss.backward()
                opt.step()
                losses.append(loss.detach())
                if len(losses) == steps:
                    break
        return model, losses


def copy_that_is_returned():
    """A deep copy is trained and returned."""

    def fit(model, data, steps, seed, _fit=fit):
        import copy

        model = copy.deepcopy(model)
        _fit(model, data, steps, seed)
        return model


def adam_by_hand():
    """Adam, written out."""

    def fit(model, data, steps, seed):
        torch.manual_seed(seed)
        params = list(model.parameters())
        m = [torch.zeros_like(p) for p in params]
        v = [torch.zeros_like(p) for p in params]
        losses = []
        for t in range(1, steps + 1):
            x = data[torch.randperm(len(data))[:64]].flatten(1)
            mu, logvar = model.encode(x)
            loss = negative_elbo(x, model.decode(reparameterize(mu, logvar)), mu, logvar)
            grads = torch.autograd.grad(loss, params)
            with torch.no_grad():
                for p, g, a, b in zip(params, grads, m, v):
                    a.mul_(0.9).add_(g, alpha=0.1)
                    b.mul_(0.999).addcmul_(g, g, value=0.001)
                    p -= 3e-3 * (a / (1 - 0.9**t)) / ((b / (1 - 0.999**t)).sqrt() + 1e-8)
            losses.append(float(loss))
        return losses


def clipped_gradients():
    """Gradients are clipped at a norm of 100, a tuple per step is kept."""

    def fit(model, data, steps, seed):
        torch.manual_seed(seed)
        optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
        history = []
        model.train()
        for step in range(steps):
            x = data[torch.randint(0, len(data), (64,))].view(64, -1)
            mu, logvar = model.encode(x)
            loss = negative_elbo(x, model.decode(reparameterize(mu, logvar)), mu, logvar)
            for p in model.parameters():
                p.grad = None
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 100.0)
            optimizer.step()
            history.append((step, loss.item()))
        return history
