"""What runs inside the sandbox: the student's cells, and the functions that they define.

It reads one request a line and writes one answer a line.  It knows no test, no solution and no
right answer; whatever the student's code does to this process can change what it hands back, and
nothing else.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import IO, Any

__all__ = ["main"]

Reply = dict[str, Any]


def main() -> None:
    """Give up all rights, then serve requests until the other side hangs up."""
    requests, replies = _claim_pipes()
    _confine(json.loads(sys.argv[1]))
    Student(requests, replies).serve()


def _claim_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Move the two pipes out of the way of everything that prints and reads."""
    pipes = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    for number, flags in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
        nothing = os.open(os.devnull, flags)
        os.dup2(nothing, number)
        os.close(nothing)
    return pipes


def _confine(limits: dict[str, int]) -> None:
    """Become nobody, if there is a choice, and set limits that cannot be raised again."""
    user = limits.get("user")
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    for name, value in (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_FSIZE, limits["file"]),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(name)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (value, value))


class Student:
    """Answers requests about one notebook.

    Parameters
    ----------
    requests, replies : binary files
        One JSON document a line.
    """

    def __init__(self, requests: IO[bytes], replies: IO[bytes]) -> None:
        # After the limits are set: importing is work like any other.
        from classroom import plain
        from classroom.cells import Cells

        self._requests, self._replies = requests, replies
        self._plain, self._cells = plain, Cells()
        self._lent: list[Callable[..., Any]] = []

    def serve(self) -> None:
        """Answer one request after the other."""
        answers: dict[str, Callable[..., Reply]] = {
            "run": self._run,
            "get": self._get,
            "call": self._call,
        }
        self._send({"ready": True})
        while line := self._requests.readline():
            request = json.loads(line)
            self._send(answers[request.pop("do")](**request))

    def _send(self, reply: Reply) -> None:
        self._replies.write(json.dumps(reply).encode("ascii") + b"\n")
        self._replies.flush()

    def _run(self, source: str) -> Reply:
        return {"outputs": self._cells.run(source)}

    def _get(self, names: list[str]) -> Reply:
        here = self._cells.names
        return {"values": {name: self._encode(here[name]) for name in names if name in here}}

    def _call(self, function: int, arguments: Any, ours: Any) -> Reply:
        """Call a function of the student's: with copies, and seen what it does to them."""
        given = self._plain.decode(arguments, self._borrow)
        called: list[str] = []
        reply: Reply
        try:
            with _put(self._cells.names, self._plain.decode(ours, self._borrow)):
                value = _watched(self._lent[function], given, called)
            reply = {"value": self._encode(value)}
        except Exception as error:
            reply = {
                "raised": type(error).__name__,
                "text": str(error)[:2000],
                "line": _line(error),
            }
        after = self._encode(given)
        changed = {"arguments": after} if after != arguments else {}
        return {**reply, **changed, "called": list(dict.fromkeys(called))}

    def _encode(self, value: Any) -> Any:
        return self._plain.encode(value, self._lend)

    def _lend(self, function: Callable[..., Any]) -> int:
        if isinstance(function, _Borrowed):
            return -1 - function.number
        self._lent.append(function)
        return len(self._lent) - 1

    def _borrow(self, number: int, name: str) -> Callable[..., Any]:
        if number < 0:
            return self._lent[-1 - number]
        return _Borrowed(number, name, self._ask_back)

    def _ask_back(self, number: int, given: Any) -> Any:
        """Call a function that came as an argument: it lives on the other side."""
        self._send({"call back": number, "arguments": self._encode(given)})
        reply = json.loads(self._requests.readline())
        while "do" in reply:  # it was handed a function of this side's, and calls that first
            del reply["do"]
            self._send(self._call(**reply))
            reply = json.loads(self._requests.readline())
        if "raised" in reply:
            raise RuntimeError(f"{reply['raised']}: {reply['text']}")
        return self._plain.decode(reply["value"], self._borrow)


class _Borrowed:
    """A function that lives on the other side."""

    def __init__(self, number: int, name: str, ask: Callable[[int, Any], Any]) -> None:
        self.number, self.ask, self.__name__ = number, ask, name

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self.ask(self.number, [list(arguments), named])


@contextmanager
def _put(names: dict[str, Any], ours: dict[str, Any]) -> Iterator[None]:
    """Put functions of the other side into the namespace for a while."""
    theirs = {name: names[name] for name in ours if name in names}
    names.update(ours)
    try:
        yield
    finally:
        for name in ours:
            names.pop(name, None)
        names.update(theirs)


def _watched(function: Callable[..., Any], given: Any, called: list[str]) -> Any:
    """Call a function, and note which functions of the package it leans on."""

    def watch(frame: FrameType, event: str, _: Any) -> None:
        module = frame.f_globals.get("__name__") or ""
        if event == "call" and module.startswith("backprop."):
            called.append(f"{module}.{frame.f_code.co_name}")

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        return function(*given[0], **given[1])
    finally:
        sys.setprofile(before)


def _line(error: BaseException) -> str:
    """Source of the line, in the student's own cells, that raised."""
    import linecache

    found = ""
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if "ipython-input" in code.co_filename or "ipykernel" in code.co_filename:
            found = linecache.getline(code.co_filename, trace.tb_lineno).strip()
        trace = trace.tb_next
    return found[:200]


if __name__ == "__main__":
    main()
