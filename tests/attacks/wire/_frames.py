"""What a student can know of the wire: how a frame is written, and where the other end is."""

import contextlib
import json
import os
import stat
import struct


def frame(header, blob=b"", *, magic=b"GBD1", header_length=None, blob_length=None):
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    lengths = (len(raw) if header_length is None else header_length, len(blob) if blob_length is None else blob_length)
    return magic + struct.pack("<IQ", *lengths) + raw + blob


def told(tag="ok", number=1, *, text=None, arrays=(), **more):
    return {"id": number, "tag": tag, "call": {}, "text": text or {}, "arrays": list(arrays)} | more


def right(x, number=1):
    """The frame that an honest answer to one case would be."""
    blob = (x * 2).numpy().tobytes()
    return frame(told(number=number, arrays=[["0/out", "float32", list(x.shape)]], text={"0/type": "a tensor"}), blob)


def sockets():
    found = []
    for fd in range(3, 256):
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                found.append(fd)
    return found


def send(data, *fds):
    """Writes to the channel on which its own answer is waited for, or to other descriptors."""
    for fd in fds or sockets()[-1:]:
        with contextlib.suppress(OSError):
            view = memoryview(data)
            while view:
                view = view[os.write(fd, view) :]
