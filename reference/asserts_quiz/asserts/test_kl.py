import pytest
import torch
from asserts_quiz import kl_standard_normal
from close_to import assert_near


@pytest.fixture(scope="module")
def standard():
    return torch.zeros(4, 3), torch.zeros(4, 3)


def test_zero_at_the_prior(standard):
    assert_near(kl_standard_normal(*standard), torch.zeros(4))


@pytest.mark.parametrize("mean", [1.0, -2.0])
def test_mean_alone(mean):
    kl = kl_standard_normal(torch.full((1, 1), mean), torch.zeros(1, 1))
    assert kl.item() == pytest.approx(mean**2 / 2)


def test_variance_alone():
    kl = kl_standard_normal(torch.zeros(1, 1), torch.full((1, 1), 1.0))
    assert kl.item() == pytest.approx(0.5 * (2.718281828 - 2))


class TestRows:
    def test_one_value_for_each_row(self):
        assert kl_standard_normal(torch.randn(5, 3), torch.randn(5, 3)).shape == (5,)

    def test_never_negative(self):
        assert (kl_standard_normal(torch.randn(50, 3), torch.randn(50, 3)) >= 0).all()


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(RuntimeError):
        kl_standard_normal(torch.zeros(2, 3), torch.zeros(2, 5))
