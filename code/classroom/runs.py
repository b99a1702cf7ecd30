"""Run submissions in parallel, each in a process of its own, and keep what came out.

A run is one file, written in one step.  It is found again by what went into it: the submission, the
assignment, the checker and the limits.  So whatever interrupts a class of two hundred, the next run
goes on where it stopped and repeats nothing.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from classroom.assemble import grade_id, is_answer, is_check
from classroom.cells import Output
from classroom.limits import Limits

__all__ = ["Job", "Run", "run_all", "write_whole"]

# A judge that says nothing for so long has met a mistake of ours, or of the checker's.
PATIENCE = 60.0


@dataclass(frozen=True)
class Run:
    """What came out of running one submission.

    Attributes
    ----------
    key : str
        Stands for everything that went in.
    outputs : list
        For each cell of the assembled notebook its outputs; None for text.
    seconds : float
        From start to end.
    memory : int
        Most bytes that the student's processes held.
    failure : str
        Why there are no outputs, if the judge itself failed; else empty.
    """

    key: str
    outputs: list[list[Output] | None] = field(default_factory=list)
    seconds: float = 0.0
    memory: int = 0
    failure: str = ""


@dataclass(frozen=True)
class Job:
    """One submission to run.

    Attributes
    ----------
    notebook, source : str
        The assembled notebook and the teacher's, as text.
    record : Path
        Where the run is kept.
    checker : Path
        The folder that holds the package ``grading``.
    fingerprint : str
        Of the checker and the limits.
    """

    notebook: str
    source: str
    record: Path
    checker: Path
    fingerprint: str
    limits: Limits
    protected: bool = True

    @property
    def key(self) -> str:
        """Stand for everything that decides about the grade."""
        parts = "\0".join([self.notebook, self.source, self.fingerprint])
        return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()

    def done(self) -> Run | None:
        """Return the run, if this very job has been done."""
        try:
            run = Run(**json.loads(self.record.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return run if run.key == self.key else None

    def do(self) -> None:
        """Run the submission in this process and keep the run; for a process of its own."""
        from classroom.judge import Judge
        from classroom.names import given

        start = time.monotonic()
        sys.path.insert(0, str(self.checker))
        notebook, source = _parse(self.notebook), _parse(self.source)
        code = [cell for cell in source.cells if cell.cell_type == "code" and not is_check(cell)]
        names = given([(cell.source, is_answer(cell)) for cell in code])
        judge = Judge(self.limits, protected=self.protected)
        outputs: list[list[Output] | None] = []
        try:
            for cell in notebook.cells:
                if cell.cell_type != "code":
                    outputs.append(None)
                elif grade_id(cell) and is_check(cell):
                    outputs.append(judge.run_check(cell.source, names))
                else:
                    outputs.append(judge.run_student_cell(cell.source))
        finally:
            judge.close()
        run = Run(self.key, outputs, time.monotonic() - start, judge.most_memory)
        write_whole(self.record, json.dumps(asdict(run)))

    def allowance(self) -> float:
        """Seconds after which the judge itself must hang."""
        cells = len(_parse(self.notebook).cells)
        return PATIENCE + (cells + self.limits.restarts) * self.limits.clock


def _parse(text: str) -> NotebookNode:
    notebook: Any = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    node: NotebookNode = notebook
    return node


def write_whole(path: Path, text: str) -> None:
    """Write a file in one step, so that nobody meets half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="\n") as stream:
            stream.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def run_all(jobs: Sequence[Job], workers: int) -> Iterator[tuple[Job, Run]]:
    """Run what has not been run, and give each job with its run as it comes.

    Parameters
    ----------
    jobs : sequence of Job
        What has been run already comes first.
    workers : int
        How many at a time.
    """
    waiting = []
    for job in jobs:
        if run := job.done():
            yield job, run
        else:
            waiting.append(job)
    if not waiting:
        return
    # Processes are forked from one that has imported everything and has seen no student's work.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["classroom.judge", "classroom.runs", "backprop", "pydoc"])
    pool = ThreadPoolExecutor(workers)
    try:
        futures = {pool.submit(_in_own_process, job, context): job for job in waiting}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        _stopping.append(True)
        pool.shutdown(cancel_futures=True)
        _stopping.clear()


_stopping: list[bool] = []


def _in_own_process(job: Job, context: Any) -> Run:
    process = context.Process(target=_do, args=(job,), daemon=True)
    process.start()
    end = time.monotonic() + job.allowance()
    while process.is_alive() and time.monotonic() < end and not _stopping:
        process.join(0.2)
    if process.is_alive():
        process.kill()
        process.join()
    run = job.done()
    if run is None:
        why = "it took too long" if time.monotonic() > end else f"exit status {process.exitcode}"
        run = Run(job.key, failure=f"the judge itself failed ({why}): {_last_line(job)}")
    _complaints(job).unlink(missing_ok=True)
    return run


def _complaints(job: Job) -> Path:
    return job.record.with_suffix(".err")


def _last_line(job: Job) -> str:
    with suppress(OSError, IndexError):
        return _complaints(job).read_text(errors="replace").strip().splitlines()[-1]
    return "it left no message"


def _do(job: Job) -> None:
    """Do a job in the process that was made for it; Ctrl-C is for the one who started it."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    job.record.parent.mkdir(parents=True, exist_ok=True)
    with _complaints(job).open("w") as stream, tempfile.TemporaryDirectory() as folder:
        os.dup2(stream.fileno(), 2)
        os.chdir(folder)
        job.do()
