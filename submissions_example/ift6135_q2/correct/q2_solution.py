import torch
import q2_sampler
import q2_model


def lp_reg(x, y, critic):
    batch_size = x.size(0)
    u = torch.rand(batch_size, 1).expand_as(x)
    x_hat = u * x + (1 - u) * y
    x_hat.requires_grad_(True)
    f = critic(x_hat)
    grad = torch.autograd.grad(outputs=f, inputs=x_hat, grad_outputs=torch.ones_like(f),
                               create_graph=True, retain_graph=True)[0]
    norm = torch.sqrt(torch.sum(grad ** 2, dim=1))
    return torch.mean(torch.clamp(norm - 1, min=0) ** 2)


def vf_wasserstein_distance(p, q, critic):
    return torch.mean(critic(p)) - torch.mean(critic(q))


def vf_squared_hellinger(x, y, critic):
    vp, vq = critic(x), critic(y)
    return torch.mean(1 - torch.exp(-vp)) + torch.mean(1 - torch.exp(vq))


if __name__ == '__main__':
    model = q2_model.Critic(2)
    sampler = iter(q2_sampler.distribution1(0, 512))
