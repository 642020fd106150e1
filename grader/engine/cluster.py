"""Dask's distributed scheduler as an engine: attached by address or by scheduler file, never started from here."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import logging
import socket
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from grader.engine.through import Through
from grader.model import UsageError

PATIENCE = 30
"""Seconds to wait for the scheduler, and for its first worker."""
INSTALL = "dask is not installed here; pip install 'gradebound[cluster]'"
PLAIN = (
    "{} is another machine and not encrypted: whoever reaches its port could run code there and read the solution; "
    "use tls://, or give --insecure-cluster where the network is closed"
)


def connected(scheduler: str, *, insecure: bool = False, trusted: bool = False) -> Through:
    """An engine on the workers of this scheduler, an address or a file. Raises UsageError."""
    if not scheduler:
        raise UsageError("say where the scheduler is, with --scheduler ADDRESS or FILE")
    try:
        import distributed
    except ModuleNotFoundError:
        raise UsageError(INSTALL) from None
    connect: Any = distributed.Client  # it has no types
    address = _address(scheduler)
    if not insecure:
        _refuse_plain(address)
    _refuse_unreachable(address)
    for name in [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]:
        logging.getLogger(name).disabled = True  # what matters of it becomes a sentence of ours
    # A submission may be large, and travels with its task on purpose.
    warnings.filterwarnings("ignore", message="Sending large graph", category=UserWarning)
    try:
        client = connect(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError, RuntimeError) as error:
        raise UsageError(f"no scheduler answers at {address} ({_told(error)})") from None
    with contextlib.suppress(TimeoutError):
        client.wait_for_workers(1, timeout=PATIENCE)
    if not client.nthreads():
        client.close()
        raise UsageError(f"the scheduler at {address} has no workers")
    gpu = None
    if any("GPU" in worker.get("resources", {}) for worker in client.scheduler_info(n_workers=-1)["workers"].values()):
        gpu = client.get_executor(pure=False, resources={"GPU": 1})
    return Through(
        client.get_executor(pure=False),
        lambda: sum(_threads(client).values()),
        gpu=gpu,
        trusted=trusted,
        close=lambda: _closed(client),
    )


def _threads(client: Any) -> dict[str, int]:
    if client.status != "running":
        raise ConnectionError("the scheduler is gone")
    found: dict[str, int] = client.nthreads()
    return found


def _closed(client: Any) -> None:
    with contextlib.suppress(Exception):  # it may be gone, which is all that is wanted
        client.close(timeout=5)


def _address(scheduler: str) -> str:
    """The address that was given, or that stands in a scheduler file."""
    if "://" in scheduler:
        return scheduler
    path = Path(scheduler)
    if not path.is_file():
        said = f"`{scheduler}` is no address (tls://host:8786) and no scheduler file that is there"
        raise UsageError(said)
    try:
        return str(json.loads(path.read_text("utf-8"))["address"])
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(f"{path} is not a file that dask's scheduler has written") from None


def _refuse_plain(address: str) -> None:
    """Raises UsageError for an address that is neither encrypted nor of this machine."""
    parts = urlsplit(address)
    if parts.scheme in ("tls", "wss", "inproc"):
        return
    host = parts.hostname or ""
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host).is_loopback:
            return
    if host not in ("localhost", socket.gethostname()):
        raise UsageError(PLAIN.format(address))


def _refuse_unreachable(address: str) -> None:
    """Raises UsageError where dask would wait long: no certificate of our own, or nobody at the port."""
    import dask

    parts, wanted = urlsplit(address), ("ca-file", "client.cert", "client.key")
    if parts.scheme == "tls":
        lacking = [name for name in wanted if not dask.config.get(f"distributed.comm.tls.{name}", None)]
        if lacking:
            raise UsageError(f"dask's settings lack distributed.comm.tls.{lacking[0]}, which {address} needs")
    if parts.scheme in ("tls", "tcp"):
        try:
            socket.create_connection((parts.hostname or "", parts.port or 8786), timeout=PATIENCE).close()
        except (OSError, ValueError) as error:
            raise UsageError(f"no scheduler answers at {address} ({_told(error)})") from None


def _told(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
