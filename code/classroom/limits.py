"""How much a submission may use up, and how much it has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psutil

__all__ = ["Limits", "OverLimit", "used"]

MB = 2**20


class OverLimit(Exception):  # noqa: N818
    """A submission used more than it may; the text says of what."""


@dataclass(frozen=True)
class Limits:
    """What a submission may use up.

    Attributes
    ----------
    seconds : float
        Processor time of one cell, or of all calls that one check makes.  Time on the clock may be
        three times that, since other work runs beside it.
    memory : int
        Bytes, all processes of the submission together.
    processes : int
        Processes and threads.
    disk : int
        Bytes in its own folder, which is in memory and gone afterwards; also the largest file.
    answer : int
        Bytes of one answer to the judge.
    restarts : int
        How often a process that was stopped or fell over is begun again.
    """

    seconds: float = 10.0
    memory: int = 1024 * MB
    processes: int = 32
    disk: int = 64 * MB
    answer: int = 16 * MB
    restarts: int = 12

    @property
    def clock(self) -> float:
        """Seconds on the clock after which a cell is stopped even if it only sleeps."""
        return 3 * self.seconds


def used(process: int) -> tuple[float, int]:
    """Measure a process with all that descend from it.

    Returns
    -------
    seconds : float
        Processor time so far.
    memory : int
        Bytes in memory now; pages that processes share count for each of them.
    """
    seconds, memory = 0.0, 0
    for number in _family(process):
        try:
            each = psutil.Process(number)
            with each.oneshot():
                seconds += sum(each.cpu_times()[:4])
                memory += each.memory_info().rss
        except psutil.Error:
            continue
    return seconds, memory


def _family(process: int) -> list[int]:
    """Number the processes that descend from one, itself included.

    The kernel keeps the list.  To look for parents among all processes of a machine, as psutil
    does, takes longer than many a submission.
    """
    if not Path("/proc/self/task").is_dir():
        try:
            return [process, *(each.pid for each in psutil.Process(process).children(True))]
        except psutil.Error:
            return []
    found = [process]
    for each in found:  # which grows
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            try:
                found += map(int, children.read_text().split())
            except OSError:
                continue
    return found
