def kl_standard_normal(mu, logvar):
    return mu


def log_mean_exp(y):
    return y


def interpolate_mu(mua, mub, alpha):
    return mua
