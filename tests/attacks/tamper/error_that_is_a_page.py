"""Raises an error whose text is markup, colours for a terminal, and right-to-left writing.

must: crashed
harm: none
then: ok
"""


def double(x):
    raise ValueError(
        "<script>alert(1)</script>\x1b[31m\x00\u202e\ud800\r\ngrade: all right {{ 7 * 7 }} $\\input{/etc/passwd}$ =1+1"
    )


def triple(x):
    return 3 * x
