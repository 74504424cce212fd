"""What a worker is sent: a task with its scenarios; what it sends back: a part for the store."""

import warnings
from collections.abc import Sequence

from experiments.engine.task import Outcome, Task, run
from experiments.store.keys import key_of, model
from experiments.store.part import seal
from experiments.store.store import LOST
from simulator.errors import UserError
from simulator.registry import PluginWarning, mechanisms
from simulator.scenario import Scenario


def work(scenarios: Sequence[Scenario], task: Task, keys: Sequence[str], seed: int) -> bytes:
    """Simulate a task and seal what comes of it.

    Args:
        scenarios: The arms; the task names some of them by index.
        task: What to run.
        keys: What the runs of each arm are to be kept under. A worker that does not find the same ones has
            other code or other plug-ins, and would simulate another model.
        seed: Seed.

    Raises:
        UserError: A mistake of the user's, or a worker of another version.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PluginWarning)  # the process that asks has warned already
        mechanisms()
        for arm in task.arms:
            if key_of(scenarios[arm], seed) != keys[arm]:
                raise UserError(
                    f"A worker process has other code or plug-ins than this one (its model is {model()}); "
                    "start the workers again, from the same installation."
                )
    return seal(run(scenarios, task, seed), keys)


def lost(task: Task, error: str, keys: Sequence[str]) -> bytes:
    """The part that says that a task was lost with its worker."""
    return seal(Outcome.lost(task, LOST, error), keys)
