from torch import nn
from torch.distributions import Normal


class VAE(nn.Module):
    def reparametrize(self, mean, log_var):
        return Normal(mean, log_var.mul(0.5).exp()).rsample()
