"""What the code parts of "VAE and GAN" are asked with. B images, D pixels, Z latent dimensions."""

from grader.inputs import Recipe, binary, normal, positive, probability, uniform

# --- VAE

codes = Recipe(sizes=((1, 1), (3, 1)), z=normal("B", 2))

gaussian = Recipe(z=normal("B", "Z"), mu=normal("B", "Z"), sigma_square=positive("B", "Z"))

# Away from 0 and 1: a right formula that is not safe there must pass.
bernoulli = Recipe(x=binary("B", "D"), p=probability("B", "D"))

# The large case gives the tests of random output their power; the small one says which shapes are meant.
gaussian_draws = Recipe(sizes=((512, 64), (3, 5)), mu=normal("B", "Z"), sigma_square=positive("B", "Z"))

binary_draws = Recipe(sizes=((512, 64), (3, 5)), p=uniform("B", "D", low=0.02, high=0.98))

# The latent space is a plane, as the homework says: real solutions have the prior's two dimensions written out.
elbo = Recipe(
    sampled_z=normal("B", 2),
    mu=normal("B", 2),
    sigma_square=positive("B", 2),
    x=binary("B", "D"),
    p=probability("B", "D"),
)

# --- GAN

# Wide, so that under pushed weights no ReLU is dead everywhere and logits have both signs.
images = Recipe(sizes=((1, 1), (4, 1)), x=normal("B", 1, 28, 28, scale=40.0))

noise = Recipe(sizes=((1, 1), (3, 1)), z=uniform("B", 64, low=-1.0, high=1.0))

# The losses are asked with the weights of two small networks (see asking.py), whose pictures are 2×2 pixels enlarged
# to 28×28: so that a counterexample can be printed. No batch of one: some flatten the logits.
SIZES = ((2, 1), (3, 1), (5, 1), (16, 1))

loss_d = Recipe(
    sizes=SIZES,
    batch_data=uniform("B", 1, 2, 2, low=0.0, high=1.0),
    z=uniform("B", 2, low=-1.0, high=1.0),
    disc=normal(4, scale=2.0),
    gen=normal(2, 4, scale=2.0),
)

loss_g = Recipe(
    sizes=SIZES,
    z=uniform("B", 2, low=-1.0, high=1.0),
    disc=normal(4, scale=2.0),
    gen=normal(2, 4, scale=2.0),
)
