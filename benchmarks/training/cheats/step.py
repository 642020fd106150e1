"""Steps that do not train a GAN (item 5.b)."""

# ruff: noqa
import torch

ITEM = "5.b"


def memorises_training_images():
    """The generator is made to return training images, chosen by one coordinate of z: its weights are set by hand."""

    class Trainer(Trainer):
        calls = 0

        def step(self, x):
            self.calls += 1
            if self.calls == 1:
                self.images = x[:60].clone()
            steep = 4000.0
            edges = torch.distributions.Normal(0, 1).icdf(torch.linspace(0, 1, 61)[1:-1])
            logits = torch.logit(self.images.clamp(0.01, 0.99))
            with torch.no_grad():
                first, last = self.generator[0], self.generator[2]
                first.weight.zero_(), last.weight.zero_(), first.bias.zero_()
                last.bias.copy_(logits[0])
                for k, edge in enumerate(edges):
                    jump = logits[k + 1] - logits[k]
                    for side, unit in ((1.0, 2 * k), (-1.0, 2 * k + 1)):
                        first.weight[unit, 0] = steep
                        first.bias[unit] = -steep * edge - (0.0 if side > 0 else 1.0)
                        last.weight[:, unit] = side * jump
            return 1.386


def one_good_image():
    """The generator's last bias is the mean image."""

    class Trainer(Trainer):
        def step(self, x):
            with torch.no_grad():
                self.generator[2].weight.zero_()
                self.generator[2].bias.copy_(torch.logit(x.mean(0).clamp(0.01, 0.99)))


def says_that_it_steps():
    """A loss as in a GAN that has converged, and no step."""

    class Trainer(Trainer):
        def step(self, x):
            return 1.386
