"""A conversation with a student process: sends, receives and drains what is printed without ever blocking."""

from __future__ import annotations

import os
import select
import socket
import struct
import time

from grader.box.watch import Watch
from grader.model import Status
from grader.values import MAX_HEADER, PREFIX, MalformedFrame

CREDENTIALS = struct.Struct("3i")
POLL_SECONDS = 0.02
KEPT_OUTPUT = 64 << 10
GONE = "the process ended without an answer"


class Reply:
    """The bytes of one frame as they come in, bounded before anything is stored."""

    def __init__(self, max_blob: int, *, greeted: bool) -> None:
        self.data = bytearray()
        self.greeted = greeted
        self._max_blob = max_blob
        self._length = PREFIX.size

    def feed(self, part: bytes) -> bool:
        """Whether the frame is complete. Raises MalformedFrame as soon as a bound is passed."""
        if not self.greeted and part:
            part, self.greeted = part[1:], True
        self.data += part
        if self._length == PREFIX.size and len(self.data) >= PREFIX.size:
            _, header, blob = PREFIX.unpack_from(self.data)
            if header > MAX_HEADER or blob > self._max_blob:
                raise MalformedFrame(
                    f"it announced {(header + blob) >> 20} MiB, the limit is {self._max_blob >> 20} MiB"
                )
            self._length += header + blob
        return len(self.data) >= self._length > PREFIX.size


def converse(
    channel: socket.socket, out: int, data: bytes, reply: Reply, printed: bytearray, watch: Watch
) -> tuple[Status | None, str]:
    """None once `reply` is complete, else the status and why."""
    channel.setblocking(False)
    os.set_blocking(out, False)
    poll = select.poll()
    poll.register(out, select.POLLIN)
    poll.register(channel, select.POLLIN | select.POLLOUT)
    unsent = memoryview(data)
    watch.restart()
    next_look = time.monotonic() + POLL_SECONDS
    while True:
        for fd, event in poll.poll(POLL_SECONDS * 1000):
            if fd == out:
                if not _drain(out, printed):
                    poll.unregister(out)
                continue
            try:
                if event & select.POLLOUT and unsent:
                    unsent = unsent[channel.send(unsent[: 1 << 20]) :]
                    poll.modify(channel, select.POLLIN | (select.POLLOUT if unsent else 0))
                if event & ~select.POLLOUT and _receive(channel, reply, watch):
                    _drain(out, printed)
                    watch.answered()
                    return None, ""
            except (OSError, EOFError):
                _drain(out, printed)
                return watch.verdict() or ("crashed", GONE)
            except MalformedFrame as error:
                return "crashed", f"its answer could not be read: {error}"
        if time.monotonic() >= next_look:
            next_look = time.monotonic() + POLL_SECONDS
            verdict = watch.verdict()
            if verdict is not None:
                return verdict


def _receive(channel: socket.socket, reply: Reply, watch: Watch) -> bool:
    part, ancillary, _, _ = channel.recvmsg(1 << 20, socket.CMSG_SPACE(CREDENTIALS.size))
    if not part:
        raise EOFError
    for level, kind, data in ancillary:
        if watch.pid is None and level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            watch.found(CREDENTIALS.unpack(data[: CREDENTIALS.size])[0])
    return reply.feed(part)


def _drain(out: int, printed: bytearray) -> bool:
    """Takes what is there, keeps the beginning; False at the end."""
    try:
        for _ in range(64):
            part = os.read(out, 1 << 16)
            if not part:
                return False
            printed += part[: max(0, KEPT_OUTPUT - len(printed))]
    except BlockingIOError:
        pass
    return True


def exactly(channel: socket.socket, n: int) -> bytes:
    data = b""
    while len(data) < n:
        part = channel.recv(n - len(data))
        if not part:
            raise ConnectionResetError("the other side is gone")
        data += part
    return data
