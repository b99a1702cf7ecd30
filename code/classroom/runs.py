"""Run submissions in parallel, each in a process of its own, and keep what came out.

A run is one file, written in one step.  It is found again by what went into it: the submission, the
assignment, the checker and the limits.  So whatever interrupts a class of two hundred, the next run
goes on where it stopped and repeats nothing.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from classroom.assemble import grade_id, is_answer, is_check
from classroom.cells import Output
from classroom.limits import Limits

__all__ = ["Job", "Run", "run_all", "serve", "write_whole"]

CODE = Path(__file__).parents[1]

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

    def as_dict(self) -> dict[str, Any]:
        """Return what `from_dict` makes the same job of."""
        return {**asdict(self), "record": str(self.record), "checker": str(self.checker)}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Job:
        """Make a job of what `as_dict` gave."""
        record, checker = Path(plain.pop("record")), Path(plain.pop("checker"))
        limits = Limits(**plain.pop("limits"))
        return cls(record=record, checker=checker, limits=limits, **plain)

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
    hands = [_Worker() for _ in range(min(workers, len(waiting)))]
    free = queue.SimpleQueue[_Worker]()
    for hand in hands:
        free.put(hand)

    def do(job: Job) -> Run:
        hand = free.get()
        try:
            return hand.run(job)
        finally:
            free.put(hand)

    pool = ThreadPoolExecutor(max(1, len(hands)))
    try:
        futures = {pool.submit(do, job): job for job in waiting}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for hand in hands:
            hand.close()


class _Worker:
    """A process that has imported everything, and forks a process of its own for every job.

    A fork has seen no other student's work, and what it does to itself is gone with it.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._ending = threading.Lock()

    def run(self, job: Job) -> Run:
        """Do one job; a job that brings the worker down says so, and the next gets a new one."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "classroom.runs"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONPATH": str(CODE)},
                start_new_session=True,  # Ctrl-C is for the one who was started by hand
            )
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        why = ""
        try:
            process.stdin.write(json.dumps(job.as_dict()) + "\n")
            process.stdin.flush()
            why = process.stdout.readline().strip()
        except (OSError, ValueError):
            pass
        if not why:
            self.close()
            why = "its process is gone"
        return job.done() or Run(job.key, failure=f"the judge itself failed: {why}")

    def close(self) -> None:
        """End the worker and what it does; once, though a run that ends so asks for it, too."""
        with self._ending:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def serve() -> None:
    """Do the jobs that come in, one a line, each in a fork."""
    from classroom import judge  # noqa: F401  (once, for all forks)

    for line in sys.stdin:
        job = Job.from_dict(json.loads(line))
        print(_fork(job), flush=True)


def _fork(job: Job) -> str:
    """Do one job in a fork; return "done", or what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder, "said")
        child = os.fork()
        if child == 0:
            _do(job, folder, said)
        end = time.monotonic() + job.allowance()
        while (ended := os.waitpid(child, os.WNOHANG))[0] == 0:
            if time.monotonic() > end:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return "it took too long"
            time.sleep(0.01)
        if ended[1] == 0:
            return "done"
        lines = said.read_text(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else f"it left no message (status {ended[1]})"


def _do(job: Job, folder: str, said: Path) -> None:
    """Do a job in the fork that was made for it, and end the fork."""
    status = 1
    try:
        # When the worker is ended, so is this; and with this, bubblewrap ends what it holds.
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        with said.open("w") as stream:
            os.dup2(stream.fileno(), 2)
            os.dup2(stream.fileno(), 1)
            os.chdir(folder)
            job.do()
        status = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


if __name__ == "__main__":
    serve()
