"""Which engine does the work; the libraries of the others are not loaded."""

from importlib.util import find_spec

from experiments.engine.port import Engine, Progress
from simulator.errors import UserError, unknown

#: Engines by the word that chooses them.
ENGINES = ("dask", "local", "serial")


def check(name: str, address: str | None) -> None:
    """See that there is such an engine.

    Raises:
        UserError: There is none, or the address is for another one.
    """
    if name not in ENGINES:
        raise unknown("engine", name, ENGINES)
    if address is not None and name != "dask":
        raise UserError(f"engine.address is {address!r}, which is for a cluster; add engine=dask.")


def make(
    name: str = "local",
    workers: int | None = None,
    address: str | None = None,
    progress: Progress | None = None,
) -> Engine:
    """An engine, which has started nothing yet.

    Args:
        name: One of :data:`ENGINES`.
        workers: Jobs done at the same time; None for one a core. With one, the local engine needs no worker
            processes: the work is done in this one.
        address: Of a cluster's scheduler; None to start a cluster on this machine. For ``dask`` alone.
        progress: Told of the work by :meth:`Engine.run`.

    Raises:
        UserError: There is no such engine, the address is for another one, or a library is missing.
    """
    check(name, address)
    if name == "dask":
        if find_spec("distributed") is None:
            raise UserError("engine=dask needs Dask, which is not installed: pip install 'qunlab[cluster]'.")
        from experiments.engine.cluster import Cluster

        return Cluster(workers, address, progress)
    if name == "local" and workers != 1:
        from experiments.engine.local import Local

        engine = Local(workers, progress)
        if engine.workers > 1:
            return engine
    from experiments.engine.serial import Serial

    return Serial(progress)
