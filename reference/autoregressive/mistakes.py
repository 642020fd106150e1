"""The commonest wrong answers to "Autoregressive models", each under its name.

`<function>__<slug>` takes the arguments of the reference's function and returns what a student with this mistake
would; the first paragraph of its docstring is the sentence that the student reads.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn


def masked_kernel__mask_b_for_a(mask_type, height, width):  # noqa: ARG001
    """your mask of type A keeps its centre: a pixel of the first layer may not see itself"""
    return _mask("B", height, width)


def masked_kernel__mask_a_for_b(mask_type, height, width):  # noqa: ARG001
    """your mask of type B leaves out its centre: from the second layer on, a pixel may see its own features"""
    return _mask("A", height, width)


def masked_kernel__lost_above_right(mask_type, height, width):
    """your mask also leaves out what lies above to the right; whole rows above the centre are earlier pixels"""
    mask = _mask(mask_type, height, width)
    mask[: height // 2, width // 2 + 1 :] = 0
    return mask


def masked_kernel__inverted(mask_type, height, width):
    """your mask has its ones where the zeros belong: 1 keeps a weight, 0 takes it out"""
    return 1 - _mask(mask_type, height, width)


def masked_kernel__row_too_late(mask_type, height, width):
    """your mask ends one row too late: the row below the centre holds later pixels"""
    mask = _mask(mask_type, height, width)
    mask[height // 2 + 1 : height // 2 + 2] = 1
    return mask


def masked_kernel__own_row_lost(mask_type, height, width):
    """your mask leaves out the whole row of the centre; what lies to its left has been there before"""
    mask = _mask(mask_type, height, width)
    mask[height // 2, : width // 2] = 0
    return mask


def masked_kernel__column_too_late(mask_type, height, width):
    """your mask ends one column too late: the pixel to the right of the centre comes later"""
    mask = _mask(mask_type, height, width)
    mask[height // 2, width // 2 : width // 2 + 1 + (mask_type == "B")] = 1
    return mask


def masked_kernel__columns_first(mask_type, height, width):
    """your mask follows the columns; the raster order goes row by row"""
    return _mask(mask_type, width, height).T.contiguous()


def masked_kernel__triangle(mask_type, height, width):
    """your mask is a lower triangle: that orders the pixels of a line, not those of an image"""
    return torch.tril(torch.ones(height, width), -1 if mask_type == "A" else 0)


def masked_kernel__sizes_exchanged(mask_type, height, width):
    """your mask has height and width exchanged"""
    return _mask(mask_type, width, height)


class MaskedConv2d__not_masked(nn.Conv2d):  # noqa: N801
    """your convolution uses its weight unmasked: the product with the mask is missing"""

    def __init__(self, *args, mask_type, **kwargs):  # noqa: ARG002
        super().__init__(*args, **kwargs)


class MaskedConv2d__mask_b_for_a(nn.Conv2d):  # noqa: N801
    """your convolution keeps the centre of its kernel whatever mask_type says: the first layer sees the pixel itself"""

    def __init__(self, *args, mask_type, **kwargs):  # noqa: ARG002
        super().__init__(*args, **kwargs)
        self.register_buffer("mask", _mask("B", *self.kernel_size))

    def forward(self, x):
        return self._conv_forward(x, self.weight * self.mask, self.bias)


class MaskedConv2d__lost_above_right(nn.Conv2d):  # noqa: N801
    """your convolution also leaves out what lies above to the right; whole rows above the centre are earlier pixels"""

    def __init__(self, *args, mask_type, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("mask", masked_kernel__lost_above_right(mask_type, *self.kernel_size))

    def forward(self, x):
        return self._conv_forward(x, self.weight * self.mask, self.bias)


class MaskedConv2d__row_too_late(nn.Conv2d):  # noqa: N801
    """the mask of your convolution ends one row too late: the row below the centre holds later pixels"""

    def __init__(self, *args, mask_type, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("mask", masked_kernel__row_too_late(mask_type, *self.kernel_size))

    def forward(self, x):
        return self._conv_forward(x, self.weight * self.mask, self.bias)


class MaskedConv2d__output_masked(nn.Conv2d):  # noqa: N801
    """your mask is applied to the image or to the output; it belongs on the weights"""

    def __init__(self, *args, mask_type, **kwargs):
        super().__init__(*args, **kwargs)
        self.mask_type = mask_type

    def forward(self, x):
        out = super().forward(x)
        return out * _mask(self.mask_type, *out.shape[-2:]).to(out.dtype)


def receptive_field__counted_from_zero(types, kernel_size, height, width, pixel):
    """your receptive field belongs to another pixel: rows and columns are counted from 1"""
    return _field(types, kernel_size, height, width, pixel)


def receptive_field__row_and_column_exchanged(types, kernel_size, height, width, pixel):
    """your receptive field takes the pixel as (column, row); it is (row, column)"""
    row, column = pixel[1] - 1, pixel[0] - 1
    return _field(types, kernel_size, height, width, (row, column))


def receptive_field__types_exchanged(types, kernel_size, height, width, pixel):
    """your types are exchanged: A leaves out the centre, B keeps it"""
    exchanged = types.translate(str.maketrans("AB", "BA"))
    return _field(exchanged, kernel_size, height, width, _from_zero(pixel))


def receptive_field__mask_b_for_a(types, kernel_size, height, width, pixel):
    """your receptive field is that of masks of type B in every layer; type A leaves out the centre"""
    return _field("B" * len(types), kernel_size, height, width, _from_zero(pixel))


def receptive_field__mask_a_for_b(types, kernel_size, height, width, pixel):
    """your receptive field is that of masks of type A in every layer; type B keeps the centre"""
    return _field("A" * len(types), kernel_size, height, width, _from_zero(pixel))


def receptive_field__lost_above_right(types, kernel_size, height, width, pixel):
    """your receptive field has a blind spot on the right: whole rows above the centre are earlier pixels"""
    masks = [masked_kernel__lost_above_right(t, kernel_size, kernel_size) for t in types]
    return _reached(masks, height, width, _from_zero(pixel))


def receptive_field__first_layer_only(types, kernel_size, height, width, pixel):
    """your receptive field is that of the first layer alone: every further layer widens it"""
    return _field(types[:1], kernel_size, height, width, _from_zero(pixel))


def receptive_field__last_layer_only(types, kernel_size, height, width, pixel):
    """your receptive field is that of the last layer alone: what its pixels have seen before counts too"""
    return _field(types[-1:], kernel_size, height, width, _from_zero(pixel))


def receptive_field__not_masked(types, kernel_size, height, width, pixel):
    """your receptive field is the whole window: the masks leave out later pixels"""
    return _reached([torch.ones(kernel_size, kernel_size)] * len(types), height, width, _from_zero(pixel))


def receptive_field__all_earlier(types, kernel_size, height, width, pixel):  # noqa: ARG001
    """your receptive field holds every earlier pixel; a stack of few layers reaches only those nearby"""
    row, column = _from_zero(pixel)
    order = torch.arange(height * width).reshape(height, width)
    return order < row * width + column + ("A" not in types)


def receptive_field__one_wide_mask(types, kernel_size, height, width, pixel):
    """your receptive field is that of one large masked kernel; in a stack, a row is left through the row above"""
    size = len(types) * (kernel_size - 1) + 1
    return _reached([_mask("A" if "A" in types else "B", size, size)], height, width, _from_zero(pixel))


def receptive_field__union(types, kernel_size, height, width, pixel):
    """your receptive field joins those of the single layers; each layer must be laid on every pixel of the one above"""
    fields = [_field(t, kernel_size, height, width, _from_zero(pixel)) for t in types]
    return torch.stack(fields).any(dim=0)


def receptive_field__sees_itself(types, kernel_size, height, width, pixel):
    """your receptive field holds the pixel itself although there is a layer of type A"""
    field = _field(types, kernel_size, height, width, _from_zero(pixel))
    field[_from_zero(pixel)] = True
    return field


def receptive_field__forward(types, kernel_size, height, width, pixel):
    """your map shows which pixels are reached from the pixel, later ones; which pixels reach it is asked for"""
    masks = [_mask(t, kernel_size, kernel_size).flip(0, 1) for t in types]
    return _reached(masks, height, width, _from_zero(pixel))


def pixelcnn_log_likelihood__mean_for_sum(logits, x):
    """your log-likelihood averages over the pixels; the chain rule sums their logarithms"""
    return _bernoulli(logits, x).flatten(1).mean(dim=1)


def pixelcnn_log_likelihood__sign(logits, x):
    """your function returns the cross-entropy, which is minus the log-likelihood: the sign is wrong"""
    return -_bernoulli(logits, x).flatten(1).sum(dim=1)


def pixelcnn_log_likelihood__summed_over_batch(logits, x):
    """your log-likelihood is one number for the whole batch; one value per image, of shape (B,), is asked for"""
    return _bernoulli(logits, x).sum()


def pixelcnn_log_likelihood__sigmoid_twice(logits, x):
    """your log-likelihood applies the sigmoid twice: the function for logits was given probabilities"""
    return _bernoulli(torch.sigmoid(logits), x).flatten(1).sum(dim=1)


def pixelcnn_log_likelihood__zeros_left_out(logits, x):
    """your log-likelihood counts only the pixels that are 1; the term (1 − x) log(1 − p) is missing"""
    return (x * F.logsigmoid(logits)).flatten(1).sum(dim=1)


def pixelcnn_log_likelihood__forgot_log(logits, x):
    """your function adds up the probabilities of the pixels; their logarithms are to be added"""
    return _bernoulli(logits, x).exp().flatten(1).sum(dim=1)


def pixelcnn_log_likelihood__likelihood(logits, x):
    """your function returns the likelihood itself; its logarithm is asked for"""
    return _bernoulli(logits, x).flatten(1).sum(dim=1).exp()


def pixelcnn_log_likelihood__in_bits(logits, x):
    """your log-likelihood is in bits; nats, the natural logarithm, are asked for"""
    return _bernoulli(logits, x).flatten(1).sum(dim=1) / math.log(2)


def pixelcnn_log_likelihood__cut_at_100(logits, x):
    """your log-likelihood stops at −100 for each pixel: the logits became probabilities, whose logarithm was cut there

    This is F.binary_cross_entropy on sigmoid(logits), or a clamp of the logarithm.
    """
    cut_one, cut_zero = F.logsigmoid(logits).clamp(min=-100), F.logsigmoid(-logits).clamp(min=-100)
    return (x * cut_one + (1 - x) * cut_zero).flatten(1).sum(dim=1)


def pixelcnn_log_likelihood__shifted(logits, x):
    """your log-likelihood shifts the image against the logits; the logit at a pixel is already that of this pixel"""
    rows, scores = x.flatten(1), logits.flatten(1)
    return _bernoulli(scores[:, :-1], rows[:, 1:]).sum(dim=1)


def categorical_log_likelihood__mean_for_sum(logits, x):
    """your log-likelihood averages over the pixels; the chain rule sums their logarithms"""
    return _chosen(F.log_softmax(logits, dim=1), x).mean(dim=1)


def categorical_log_likelihood__sign(logits, x):
    """your function returns the cross-entropy, which is minus the log-likelihood: the sign is wrong"""
    return -_chosen(F.log_softmax(logits, dim=1), x).sum(dim=1)


def categorical_log_likelihood__summed_over_batch(logits, x):
    """your log-likelihood is one number for the whole batch; one value per image, of shape (B,), is asked for"""
    return _chosen(F.log_softmax(logits, dim=1), x).sum()


def categorical_log_likelihood__mean_cross_entropy(logits, x):
    """your function is the mean cross-entropy of all pixels of the batch (the default of F.cross_entropy)"""
    return -_chosen(F.log_softmax(logits, dim=1), x).mean()


def categorical_log_likelihood__not_normalised(logits, x):
    """your log-likelihood takes the logits themselves; a log-softmax over the K values normalises them"""
    return _chosen(logits, x).sum(dim=1)


def categorical_log_likelihood__softmax_over_pixels(logits, x):
    """your softmax goes over pixels of a row; it belongs over the K values of one pixel"""
    return _chosen(F.log_softmax(logits, dim=-1), x).sum(dim=1)


def categorical_log_likelihood__forgot_log(logits, x):
    """your function adds up the probabilities of the pixels; their logarithms are to be added"""
    return _chosen(torch.softmax(logits, dim=1), x).sum(dim=1)


def categorical_log_likelihood__softmax_twice(logits, x):
    """your log-likelihood applies the softmax twice: F.cross_entropy and log_softmax take logits"""
    return _chosen(F.log_softmax(torch.softmax(logits, dim=1), dim=1), x).sum(dim=1)


def categorical_log_likelihood__in_bits(logits, x):
    """your log-likelihood is in bits; nats, the natural logarithm, are asked for"""
    return _chosen(F.log_softmax(logits, dim=1), x).sum(dim=1) / math.log(2)


def bits_per_dimension__nats(nll, dimensions):
    """your result is in nats per dimension: divide by log 2 for bits"""
    return nll / dimensions


def bits_per_dimension__per_image(nll, dimensions):  # noqa: ARG001
    """your result is in bits per image: divide by the number of dimensions as well"""
    return nll / math.log(2)


def bits_per_dimension__multiplied(nll, dimensions):
    """your result multiplies by log 2; one nat is 1 / log 2 = 1.44 bits, so divide"""
    return nll * math.log(2) / dimensions


def bits_per_dimension__two_for_its_logarithm(nll, dimensions):
    """your result divides by 2; divide by the natural logarithm of 2"""
    return nll / (2 * dimensions)


def bits_per_dimension__log10(nll, dimensions):
    """your result uses the logarithm to base 10; the likelihood is in nats, so divide by the natural logarithm of 2"""
    return nll / (dimensions * math.log10(2))


def bits_per_dimension__logarithm_of_the_likelihood(nll, dimensions):
    """your result takes the logarithm of the negative log-likelihood, which is a logarithm already"""
    return torch.log2(nll) / dimensions


def sample__one_pass(network, uniforms):
    """your sampler asks the network once, for an empty image; every pixel needs the pixels drawn before it"""
    return (uniforms < torch.sigmoid(network(torch.zeros_like(uniforms)))).to(uniforms.dtype)


def sample__columns_first(network, uniforms):
    """your sampler goes column by column; the raster order goes row by row"""
    height, width = uniforms.shape[2:]
    return _drawn(network, uniforms, [(r, c) for c in range(width) for r in range(height)])


def sample__backwards(network, uniforms):
    """your sampler begins with the last pixel; the raster order begins with the first"""
    height, width = uniforms.shape[2:]
    return _drawn(network, uniforms, [(r, c) for r in reversed(range(height)) for c in reversed(range(width))])


def sample__row_at_once(network, uniforms):
    """your sampler draws whole rows at once; the pixels of a row depend on each other"""
    x = torch.zeros_like(uniforms)
    for row in range(x.shape[2]):
        p = torch.sigmoid(network(x)[:, :, row])
        x[:, :, row] = (uniforms[:, :, row] < p).to(x.dtype)
    return x


def sample__threshold(network, uniforms):
    """your sampler rounds the probability instead of drawing: compare it with the uniform number, not with ½"""
    return _drawn(network, torch.full_like(uniforms, 0.5), _raster(uniforms))


def sample__greater(network, uniforms):
    """your sampler draws a 1 with probability 1 − p: a pixel is 1 where its uniform number is below p"""
    return _drawn(network, uniforms, _raster(uniforms), choose=lambda u, p: u > p)


def sample__logits_for_probabilities(network, uniforms):
    """your sampler compares the uniform numbers with the logits; the sigmoid is missing"""
    return _drawn(network, uniforms, _raster(uniforms), squash=lambda logits: logits)


def sample__sigmoid_twice(network, uniforms):
    """your sampler applies the sigmoid twice"""
    return _drawn(network, uniforms, _raster(uniforms), squash=lambda logits: torch.sigmoid(torch.sigmoid(logits)))


def sample__probabilities(network, uniforms):
    """your sampler puts the probabilities into the image instead of the drawn zeros and ones"""
    x = torch.zeros_like(uniforms)
    for row, column in _raster(uniforms):
        here = torch.zeros_like(uniforms, dtype=torch.bool)
        here[:, :, row, column] = True
        x = torch.where(here, torch.sigmoid(network(x)).to(x.dtype), x)
    return x


def sample__begins_with_the_noise(network, uniforms):
    """your sampler begins with the uniform numbers as the image and draws all pixels from it in one pass"""
    return (uniforms < torch.sigmoid(network(uniforms))).to(uniforms.dtype)


def sample__same_noise_for_all(network, uniforms):
    """your sampler uses one uniform number for all pixels of an image; every pixel has its own"""
    return _drawn(network, uniforms[:, :, :1, :1].expand_as(uniforms), _raster(uniforms))


def _mask(mask_type, height, width):
    mask = torch.zeros(height, width)
    mask[: height // 2] = 1
    mask[height // 2, : width // 2 + (mask_type == "B")] = 1
    return mask


def _from_zero(pixel):
    return pixel[0] - 1, pixel[1] - 1


def _field(types, kernel_size, height, width, pixel):
    return _reached([_mask(t, kernel_size, kernel_size) for t in types], height, width, pixel)


def _reached(masks, height, width, pixel):
    """Which pixels a pixel, counted from 0, reaches through masks of any odd size; none if it lies outside."""
    field = torch.zeros(height, width, dtype=torch.bool)
    if pixel[0] < height and pixel[1] < width:
        field[pixel] = True
    for mask in reversed(masks):
        half = len(mask) // 2
        steps = (mask.nonzero() - half).tolist()
        before = torch.zeros_like(field)
        for row, column in field.nonzero().tolist():
            for down, right in steps:
                if 0 <= row + down < height and 0 <= column + right < width:
                    before[row + down, column + right] = True
        field = before
    return field


def _bernoulli(logits, x):
    return x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)


def _chosen(scores, x):
    return scores.gather(1, x.unsqueeze(1)).flatten(1)


def _raster(images):
    return [(row, column) for row in range(images.shape[2]) for column in range(images.shape[3])]


def _drawn(network, uniforms, order, choose=torch.lt, squash=torch.sigmoid):
    x = torch.zeros_like(uniforms)
    for row, column in order:
        p = squash(network(x)[:, :, row, column])
        x[:, :, row, column] = choose(uniforms[:, :, row, column], p).to(x.dtype)
    return x
