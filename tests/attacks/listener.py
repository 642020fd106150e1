"""Listens on a port of 127.0.0.1, for TCP and UDP, and appends what comes to a file.

    python listener.py PORT FILE

Prints its port once it listens. A connection alone is written down too.
"""

import selectors
import socket
import sys
from pathlib import Path


def main() -> None:
    """Serves until it is killed."""
    port, heard = int(sys.argv[1]), Path(sys.argv[2])
    stream = socket.create_server(("127.0.0.1", port))
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(stream.getsockname())
    selector = selectors.DefaultSelector()
    selector.register(stream, selectors.EVENT_READ)
    selector.register(datagrams, selectors.EVENT_READ)
    print(stream.getsockname()[1], flush=True)
    while True:
        for key, _ in selector.select():
            data = _taken(key.fileobj, stream, selector)
            with heard.open("ab") as file:
                file.write(data)


def _taken(ready: socket.socket, stream: socket.socket, selector: selectors.BaseSelector) -> bytes:
    if ready is stream:
        connection, _ = stream.accept()
        selector.register(connection, selectors.EVENT_READ)
        return b"[connected]\n"
    try:
        data = ready.recv(1 << 16)
    except OSError:
        data = b""
    if not data and ready.type == socket.SOCK_STREAM:
        selector.unregister(ready)
        ready.close()
    return data


if __name__ == "__main__":
    main()
