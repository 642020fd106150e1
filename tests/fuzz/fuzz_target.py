"""What must hold for any bytes that a student's process may send."""

from grader.box.talk import Reply
from grader.values import DTYPES, MalformedFrame, decode, encode

LIMIT = 1 << 16


def one_input(data: bytes) -> None:
    """Decodes bytes whole, and fed in pieces as from a socket; what is accepted encodes to an equal frame."""
    reply = Reply(LIMIT, greeted=True)
    try:
        for start in range(0, len(data), 7):
            if reply.feed(data[start : start + 7]):
                break
    except MalformedFrame:
        pass
    try:
        frame = decode(data, max_blob=LIMIT)
    except MalformedFrame:
        return
    assert sum(array.nbytes for array in frame.values.values() if array.dtype.kind != "U") <= LIMIT
    assert all(array.dtype.name in DTYPES or array.dtype.kind == "U" for array in frame.values.values())
    again = decode(encode(frame), max_blob=LIMIT)
    assert (again.id, again.tag, list(again.values)) == (frame.id, frame.tag, list(frame.values)) or frame.call
