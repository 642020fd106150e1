"""The local page on which people decide what no program can, and look at everything else a second time."""

from grader.review.server import serve

__all__ = ["serve"]
