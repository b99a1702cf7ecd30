"""How much a submission may use up, and how much it has."""

from __future__ import annotations

from dataclasses import dataclass

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
    try:
        root = psutil.Process(process)
        family = [root, *root.children(recursive=True)]
    except psutil.Error:
        return 0.0, 0
    seconds, memory = 0.0, 0
    for each in family:
        try:
            with each.oneshot():
                seconds += sum(each.cpu_times()[:4])
                memory += each.memory_info().rss
        except psutil.Error:
            continue
    return seconds, memory
