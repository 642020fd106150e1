"""Returns a list that contains itself.

must: crashed
harm: stall
"""


def double(x):
    answer = [2 * x]
    answer.append(answer)
    return answer


def triple(x):
    return 3 * x
