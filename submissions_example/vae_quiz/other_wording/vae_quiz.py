from torch import nn
from torch.distributions import Normal


class VAE(nn.Module):
    def __init__(self, pixels=784, latent=20):
        super().__init__()
        self.encoder = nn.Linear(pixels, 2 * latent)
        self.decoder = nn.Linear(latent, pixels)

    def reparametrize(self, mean, log_var):
        scale = log_var.div(2).exp()
        return Normal(mean, scale).rsample()

    def forward(self, x):
        mean, log_var = self.encoder(x).chunk(2, -1)
        return self.decoder(self.reparametrize(mean, log_var)).sigmoid(), mean, log_var
