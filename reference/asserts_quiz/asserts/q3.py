OK_FORMAT = True

test = {
    "name": "q3",
    "points": None,
    "suites": [
        {
            "type": "doctest",
            "cases": [
                {
                    "points": 1,
                    "hidden": False,
                    "code": r"""
                    >>> mua, mub = torch.tensor([0.0, 2.0]), torch.tensor([4.0, 0.0])
                    >>> interpolate_mu(mua, mub, 0.0).tolist()
                    [0.0, 2.0]
                    """,
                    "failure_message": "At alpha = 0 the point is the first mean.",
                },
                {
                    "points": 1,
                    "hidden": False,
                    "code": r"""
                    >>> interpolate_mu(torch.tensor([0.0, 2.0]), torch.tensor([4.0, 0.0]), 0.5).tolist()
                    [2.0, 1.0]
                    """,
                },
                {
                    "points": 2,
                    "hidden": True,
                    "code": r"""
                    >>> interpolate_mu(torch.tensor([0.0, 2.0]), torch.tensor([4.0, 0.0]), 0.25).tolist()
                    [1.0, 1.5]
                    """,
                },
            ],
        }
    ],
}
