"""A place for a student's code, where it can reach nothing that it could harm.

No network, nothing to read but Python and the package, no folder to write to but its own.  On Linux
bubblewrap makes it out of namespaces: what `_command` does not list is not there at all.  The
process inside is `student`; it talks through two pipes.
"""

from __future__ import annotations

import functools
import itertools
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from classroom.limits import Limits, OverLimit, used

__all__ = ["Crashed", "NotProtected", "Sandbox", "need_protection"]

CODE = Path(__file__).parents[1]
HOME = "/home/student"
# Nobody in particular: with root's rights every sandbox gets a user of its own, so that neither
# limits nor signals reach from one to the next.
FIRST_USER = 2_000_000
TICK = 0.05

_users = itertools.count(FIRST_USER + os.getpid() % 1000 * 1000)


class NotProtected(RuntimeError):  # noqa: N818
    """The machine offers no way to keep a student's code from doing harm."""


class Crashed(Exception):  # noqa: N818
    """The student's process ended by itself, or said something that is no answer."""


@functools.cache
def need_protection() -> None:
    """Try the sandbox out.

    Raises
    ------
    NotProtected
        In one line: what is missing and what to do.
    """
    trouble = _trouble()
    if trouble:
        raise NotProtected(
            f"refusing to run students' code unprotected: {trouble}; "
            "UNPROTECTED=1 grades all the same, with nothing between their code and your files"
        )


def _trouble() -> str:
    if not sys.platform.startswith("linux"):
        return f"bubblewrap needs Linux, this is {sys.platform} (grade in a virtual machine)"
    program = shutil.which("bwrap")
    if program is None:
        return "bubblewrap is not installed (Debian, Ubuntu: apt-get install bubblewrap)"
    offers = subprocess.run([program, "--help"], capture_output=True, text=True).stdout
    if "--size" not in offers or "--disable-userns" not in offers:
        return "bubblewrap 0.8 or newer is needed"
    try:
        with Sandbox(Limits()) as sandbox:
            sandbox.request(do="get", names=[])
    except Crashed:
        return f"bubblewrap cannot make a sandbox here ({_complaint() or 'no reason given'})"
    return ""


def _complaint() -> str:
    command = _command(Limits(), _user())
    tried = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    said = tried.stderr.strip().splitlines()
    return said[-1] if said else ""


def _user() -> int | None:
    """Return a user to become inside, if this process may choose one."""
    return next(_users) if os.geteuid() == 0 else None


def _command(limits: Limits, user: int | None) -> list[str]:
    """Put bubblewrap's command line together: all that is there is named here."""
    size = ["--size", str(limits.disk)]
    room = [*size, "--perms", "1777" if user else "0700", "--tmpfs"]
    command = [
        shutil.which("bwrap") or "bwrap",
        "--die-with-parent",
        "--new-session",
        "--unshare-net",
        "--unshare-pid",
    ]
    command += ["--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--cap-drop", "ALL"]
    if user:  # root needs no user namespace, and student.py gives up the two rights at once
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user", "--uid", "65534", "--gid", "65534", "--disable-userns"]
    command += [*room, "/tmp", *room, HOME, *room[2:4], "--dir", f"{HOME}/matplotlib"]
    ours = [CODE / name for name in ("backprop", "classroom")]
    places = [*_system(), *ours, Path("/etc/fonts")]
    command += [part for place in _above(places) for part in ("--perms", "0755", "--dir", place)]
    for path in [*_system(), *ours]:
        command += ["--ro-bind-try", str(path), str(path)]
    for name in ("bin", "lib", "lib64"):
        command += ["--symlink", f"usr/{name}", f"/{name}"]
    for etc in ("/etc/fonts", "/etc/ld.so.cache"):
        command += ["--ro-bind-try", etc, etc]
    command += ["--proc", "/proc", "--dev", "/dev", *room, "/dev/shm", "--remount-ro", "/dev"]
    command += ["--remount-ro", "/", "--chdir", HOME, "--clearenv"]
    for fonts in _font_lists():
        command += ["--ro-bind", str(fonts), f"{HOME}/matplotlib/{fonts.name}"]
    for name, value in _environment(HOME).items():
        command += ["--setenv", name, value]
    return [*command, *_python(limits, user)]


def _system() -> list[Path]:
    """Name what Python needs of this machine; not all of /usr, where others may keep files too."""
    base, own = Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve()
    bases = {Path("/usr"), base}
    parts = [above / name for above in sorted(bases) for name in ("bin", "lib", "lib64")]
    parts += [Path("/usr/share/fonts"), Path("/usr/share/zoneinfo")]
    return parts if own == base else [*parts, own]


def _above(places: list[Path]) -> list[str]:
    """Folders that lead to the places: everyone may pass through them, whoever's they are."""
    above = {str(folder) for place in places for folder in place.parents}
    return sorted(above - {"/", "/tmp", HOME})


def _python(limits: Limits, user: int | None) -> list[str]:
    settings = {"memory": limits.memory, "processes": limits.processes, "file": limits.disk}
    if user:
        settings["user"] = user
    return [sys.executable, "-s", "-m", "classroom.student", json.dumps(settings)]


def _environment(home: str) -> dict[str, str]:
    return {
        "HOME": home,
        "IPYTHONDIR": f"{home}/.ipython",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": f"{home}/matplotlib",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PATH": "/usr/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": str(CODE),
        "PYTHONWARNINGS": "ignore",
    }


@functools.cache
def _font_lists() -> list[Path]:
    """Let Matplotlib list the fonts once and not in every sandbox."""
    import matplotlib.font_manager

    return sorted(Path(matplotlib.get_cachedir()).glob("fontlist-*.json"))


class Sandbox:
    """A student's process, from its start to its end.

    Parameters
    ----------
    limits : Limits
        What it may use up.
    protected : bool
        False runs it without bubblewrap: limits hold, nothing else does.
    """

    def __init__(self, limits: Limits, *, protected: bool = True) -> None:
        self.limits = limits
        self.most_memory = 0
        self._folder: str | None = None
        if protected:
            command, environment = _command(limits, _user()), {"PATH": "/usr/bin:/bin"}
        else:
            self._folder = tempfile.mkdtemp(prefix="submission-")
            command, environment = _python(limits, None), _environment(self._folder)
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder or "/",
            env=environment,
            start_new_session=True,
        )
        self._rest = b""
        self._start, self._begun = 0.0, time.monotonic()
        try:
            self._receive(60, 60)  # "ready"; a machine may be busy
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self) -> None:
        """Begin to count the seconds of a cell, or of the calls of one check, anew."""
        self._start, self._begun = used(self._process.pid)[0], time.monotonic()

    def request(self, **request: Any) -> dict[str, Any]:
        """Send a request and wait for the answer.

        Returns
        -------
        dict
            The answer.

        Raises
        ------
        OverLimit
            If time or memory is used up; the process is then gone.
        Crashed
            If the process is gone, or what came is no answer.
        """
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(request).encode("ascii") + b"\n")
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError):
            raise Crashed("it ended before it was asked") from None
        left = self.limits.clock - (time.monotonic() - self._begun)
        return self._receive(self.limits.seconds, left)

    def _receive(self, seconds: float, clock: float) -> dict[str, Any]:
        """Wait for one line, with an eye on what is used up meanwhile."""
        end = time.monotonic() + clock
        try:
            line = self._line(seconds, end)
            answer = json.loads(line)
            if not isinstance(answer, dict):
                raise ValueError("no answer")
        except (OverLimit, Crashed):
            self.close()
            raise
        except (ValueError, RecursionError):
            self.close()
            raise Crashed("its answer is no answer") from None
        return answer

    def _line(self, seconds: float, end: float) -> bytes:
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        looked = time.monotonic()
        while b"\n" not in self._rest:
            if select.select([pipe], [], [], TICK)[0]:
                read = os.read(pipe, 2**20)
                if not read:
                    raise Crashed(self._last_words())
                self._rest += read
                if len(self._rest) > self.limits.answer:
                    raise OverLimit("its answer was too long")
            if time.monotonic() - looked > TICK:
                self._watch(seconds, end)
                looked = time.monotonic()
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def _watch(self, seconds: float, end: float) -> None:
        spent, memory = used(self._process.pid)
        self.most_memory = max(self.most_memory, memory)
        if memory > self.limits.memory:
            raise OverLimit(f"it used more than {self.limits.memory // 2**20} MB of memory")
        if spent - self._start > seconds or time.monotonic() > end:
            raise OverLimit(f"it was still running after {seconds:g} s")

    def _last_words(self) -> str:
        status = self._process.wait()
        return f"it ended by itself (exit status {status})"

    def close(self) -> None:
        """End the process with everything that it started."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # what was not sent has nobody to read it
        self._process.wait()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
