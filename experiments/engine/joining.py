"""Joining a Dask cluster: whether one is there, whether its versions are ours, and keeping it quiet."""

import logging
import re
import socket
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import dask
from distributed import Client

from simulator.errors import UserError

#: Seconds for a scheduler to answer.
ANSWER = 5.0
#: What must be the same on all machines, if numbers are to be; besides Python.
SAME = ("numpy", "numba", "qunlab")
_ADDRESS = r"(?:(tcp|tls)://)?(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}"


def mismatch(versions: Mapping[str, Any]) -> str | None:
    """What a worker has another version of than we; None where all is the same.

    Args:
        versions: As :meth:`distributed.Client.get_versions` has them.
    """
    here = _versions(versions["client"])
    for address, worker in versions["workers"].items():
        for name, there in _versions(worker).items():
            if there != here[name]:
                found = f"no {name}" if there is None else f"{name} {there}, and here is {here[name]}"
                return f"The worker at {address} has {found}; install the same versions on all machines."
    return None


def _versions(found: Mapping[str, Any]) -> dict[str, Any]:
    python = ".".join(str(found["host"]["python"]).split(".")[:2])
    return {"Python": python, **{name: found["packages"].get(name) for name in SAME}}


def checked(address: str) -> str:
    """The address, with what stands before it.

    Raises:
        UserError: It is none.
    """
    found = re.fullmatch(_ADDRESS, address)
    if found is None:
        raise UserError(
            f"engine.address is {address!r}; it must be the address of a scheduler, as in tcp://192.168.1.5:8786."
        )
    return address if found[1] else f"tcp://{address}"


def joined(address: str, near: bool) -> Client:
    """A client of the scheduler there.

    Args:
        address: Of the scheduler.
        near: Whether the workers can be reached from here, too; else results come by the scheduler.

    Raises:
        UserError: There is none.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of versions; we have words of our own for them
        try:
            _hear(address)
            return Client(address, timeout=ANSWER, set_as_default=False, direct_to_workers=near)
        except Exception:
            raise UserError(
                f"No Dask scheduler answers at {address}; start one with 'dask scheduler' and give the "
                "address that it prints."
            ) from None


def _hear(address: str) -> None:
    """See that one speaks there who may be a scheduler; Dask would wait for ever for what another says.

    A scheduler speaks first, and first says how much it is going to say, in eight bytes.
    """
    kind, _, place = address.partition("://")
    host, _, port = place.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), ANSWER) as line:
        if kind == "tcp" and not 0 < int.from_bytes(line.recv(8, socket.MSG_WAITALL), "little") < 2**20:
            raise ConnectionError


def left(client: Any) -> None:
    """Leave the cluster, alive or not."""
    with suppress(Exception):
        client.close(timeout=2)


@contextmanager
def quiet() -> Iterator[None]:
    """Dask says nothing by itself: neither of large jobs, nor in its logs what we say in words of our own."""
    names = [
        name for name in logging.root.manager.loggerDict if name.split(".")[0] in ("distributed", "tornado")
    ]
    loggers = [logging.getLogger(name) for name in {*names, "distributed", "tornado"}]
    levels = [logger.level for logger in loggers]
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"}):
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
