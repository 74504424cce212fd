"""Real chat logs: read them, and draw the portrait of a group from which a simulation can start."""

from experiments.observed.log import Kind, Log
from experiments.observed.notes import NOTES
from experiments.observed.portrait import STARTS, Portrait, portrait
from experiments.observed.reader import FEWEST, read_log, read_logs

__all__ = ["FEWEST", "NOTES", "STARTS", "Kind", "Log", "Portrait", "portrait", "read_log", "read_logs"]
