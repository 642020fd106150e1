"""contextlib in its forms.

must: ok
"""

import contextlib
import io

import torch


@contextlib.contextmanager
def evaluating(net):
    net.eval()
    yield net
    net.train()


def double(x):
    with contextlib.ExitStack() as stack, contextlib.redirect_stdout(io.StringIO()) as said:
        stack.enter_context(torch.no_grad())
        stack.enter_context(evaluating(torch.nn.Dropout()))
        with contextlib.suppress(ZeroDivisionError):
            print(1 / 0)
    assert said.getvalue() == ""
    return 2 * x
