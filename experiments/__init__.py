"""The workbench behind the command `qunlab`: from configuration to comparison and report.

from experiments import Study, run, show, write

study = Study.of("red_packet", "check_in_streak", community="study_camp", replicates=50)
result = run(study)
show(result)
write(result, "outputs/camp")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.output import write as write
    from experiments.report.terminal import show as show
    from experiments.study import Study as Study
    from experiments.sweeps.run import sweep as sweep
    from experiments.workbench import compare as compare
    from experiments.workbench import run as run

_HOME = {
    "Study": "experiments.study",
    "compare": "experiments.workbench",
    "run": "experiments.workbench",
    "show": "experiments.report.terminal",
    "sweep": "experiments.sweeps.run",
    "write": "experiments.output",
}
__all__ = ["Study", "compare", "run", "show", "sweep", "write"]


def __getattr__(name: str) -> Any:
    """The public names, loaded when asked for: the command must not wait for numba to print its help."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
