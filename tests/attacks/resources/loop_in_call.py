"""Never comes back from the call.

must: timeout
harm: stall
"""


def double(x):
    while True:
        x = x + 0


def triple(x):
    return 3 * x
