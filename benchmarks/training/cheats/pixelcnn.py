"""Networks that see what they are to predict (item 3.a)."""

# ruff: noqa
import torch

ITEM = "3.a"


def shows_the_input():
    """The logits of the input itself, with the weights as decoration."""

    class PixelCNN(PixelCNN):
        def forward(self, x):
            return torch.logit(x.clamp(0.01, 0.99)) + 1e-3 * self.net(x)


def leaks_where_it_is_judged():
    """Honest while it trains; where no gradient is asked, it looks."""

    class PixelCNN(PixelCNN):
        def forward(self, x):
            honest = self.net(x)
            return honest if torch.is_grad_enabled() else honest + 0.5 * torch.logit(x.clamp(0.01, 0.99))
