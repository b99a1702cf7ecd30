"""Grade one notebook: the student's cells run in the sandbox, the checks run here.

The two never share a process.  When a check calls a function that the student wrote, the call goes
over to the sandbox with plain values and a plain value comes back.  So a student's code can answer
wrongly, late or not at all; it cannot reach the check, the right answer or the points.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from classroom import plain
from classroom.cells import Cells, Output
from classroom.limits import Limits, OverLimit
from classroom.names import needs
from classroom.sandbox import Crashed, Sandbox

__all__ = ["Judge", "StudentFunction"]

SHOWN = ("text/plain", "text/latex", "image/png")
MOST_SHOWN = 3_000_000


class StudentFunction:
    """A function that the student wrote, seen from the judge.

    Attributes
    ----------
    called : list of str
        Functions of the package that the last call leaned on, by full name.
    """

    def __init__(self, judge: Judge, number: int, name: str, life: int) -> None:
        self._judge, self._number, self._life = judge, number, life
        self._ours: Mapping[str, Callable[..., Any]] = {}
        self.__name__ = self.__qualname__ = name if name.isidentifier() else "function"
        self.called: list[str] = []

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Have the student's process call it, with copies of the arguments."""
        given = list(arguments), named
        value, self.called = self._judge.call(self._number, self._life, *given, self._ours)
        return value

    def with_ours(self, functions: Mapping[str, Callable[..., Any]]) -> StudentFunction:
        """Return the same function, which finds ours under some names while it is called."""
        lent = StudentFunction(self._judge, self._number, self.__name__, self._life)
        lent._ours = functions
        return lent

    def __deepcopy__(self, _: Any) -> StudentFunction:
        return self


class Judge:
    """Runs a notebook's cells, each on the side where it belongs.

    Parameters
    ----------
    limits : Limits
        What the student's cells may use up.
    protected : bool
        False runs them without the sandbox.
    """

    def __init__(self, limits: Limits, *, protected: bool = True) -> None:
        self._limits, self._protected = limits, protected
        self._cells = Cells()
        self._ran: list[str] = []
        self._lives = 0
        self._trouble: Exception | None = None
        self._lent: list[Callable[..., Any]] = []
        self._sandbox: Sandbox | None = None
        self.most_memory = 0

    def close(self) -> None:
        """End the student's process."""
        if self._sandbox is not None:
            self.most_memory = max(self.most_memory, self._sandbox.most_memory)
            self._sandbox.close()
            self._sandbox = None

    # ---- Cells ----

    def run_student_cell(self, source: str) -> list[Output]:
        """Run a cell in the sandbox and return what it shows, pictures and text only."""
        try:
            reply = self._ask(do="run", source=source)
            outputs = [kept for each in reply["outputs"] if (kept := _shown(each))]
        except (OverLimit, Crashed) as error:
            return [_error(error)]
        except (KeyError, TypeError, ValueError, AttributeError):
            self.close()
            return [_error(Crashed("its answer is no answer"))]
        self._ran.append(source)
        return outputs

    def run_check(self, source: str, given: Mapping[str, Sequence[str]]) -> list[Output]:
        """Run a teacher's cell here.

        Parameters
        ----------
        source : str
            The cell.
        given : mapping
            For each name that the teacher defines, the teacher's cells that do so, in order.  Every
            other name that the cell uses is the student's.
        """
        wanted = needs(source) - set(self._cells.names)
        for cell in dict.fromkeys(cell for name in sorted(wanted) for cell in given.get(name, ())):
            self._cells.run(cell)
        borrowed: dict[str, Any] = {}
        self._trouble = None
        try:
            borrowed = self._get(sorted(wanted - set(self._cells.names)))
        except (OverLimit, Crashed) as error:
            return [_error(error)]
        self._cells.names.update(borrowed)
        outputs = [_discreet(each) for each in self._cells.run(source)]
        for name, value in borrowed.items():
            if self._cells.names.get(name) is value:
                del self._cells.names[name]
        self._trouble = None
        return outputs

    def _get(self, names: list[str]) -> dict[str, Any]:
        values = self._ask(do="get", names=names).get("values") if names else {}
        if not isinstance(values, dict):
            raise Crashed("its answer is no answer")
        return {str(name): self._decode(value) for name, value in values.items() if name in names}

    # ---- Calls ----

    def call(
        self,
        number: int,
        life: int,
        arguments: list[Any],
        named: dict[str, Any],
        ours: Mapping[str, Callable[..., Any]],
    ) -> tuple[Any, list[str]]:
        """Call a function of the student's; return its value and what it leaned on.

        Meanwhile it finds `ours` under their names, in place of what the student wrote.

        Raises
        ------
        Exception
            Of the same built-in kind as what the function raised; `RuntimeError` for other kinds.
        TimeoutError, MemoryError
            If it used more than it may.  Every further call of the same check then fails alike.
        """
        if self._trouble is None and life != self._lives:
            self._trouble = RuntimeError("the program that defined it has ended")
        if self._trouble is not None:
            raise self._trouble
        given = [arguments, named]
        try:
            lent = self._encode(dict(ours))
            reply = self._send(do="call", function=number, arguments=self._encode(given), ours=lent)
            while "call back" in reply:
                reply = self._send(**self._answer_back(reply))
            return self._take(reply, given)
        except (OverLimit, Crashed) as error:
            self._trouble = _as_builtin(error)
            raise self._trouble from None

    def _take(self, reply: dict[str, Any], given: list[Any]) -> tuple[Any, list[str]]:
        """Read the answer to a call: its value, or what it raised."""
        if "arguments" in reply:
            plain.copy_changes(given, self._decode(reply["arguments"]))
        if "raised" in reply:
            raise _raised(reply)
        called = reply.get("called")
        names = [str(name) for name in called] if isinstance(called, list) else []
        return self._decode(reply.get("value")), names

    def _answer_back(self, reply: dict[str, Any]) -> dict[str, Any]:
        """Call one of our functions that the student was given as an argument."""
        try:
            function = self._lent[reply["call back"]]
            positional, named = self._decode(reply["arguments"])
        except (KeyError, IndexError, TypeError, ValueError):
            raise Crashed("its answer is no answer") from None
        if not plain.is_small([positional, named]):
            return {"raised": "ValueError", "text": "that is more than this task asks for"}
        try:
            return {"value": self._encode(function(*positional, **named))}
        except Exception as error:  # theirs to deal with: they called it with what they have
            return {"raised": type(error).__name__, "text": str(error)}

    def _encode(self, value: Any) -> Any:
        return plain.encode(value, self._lend)

    def _decode(self, value: Any) -> Any:
        try:
            return plain.decode(value, self._borrow)
        except Exception as error:  # whoever wrote it chose what it trips over
            raise Crashed(f"its answer is no value: {error}") from None

    def _lend(self, function: Callable[..., Any]) -> int:
        if isinstance(function, StudentFunction):
            return -1 - function._number
        self._lent.append(function)
        return len(self._lent) - 1

    def _borrow(self, number: int, name: str) -> Callable[..., Any]:
        if number < 0:
            return self._lent[-1 - number]
        return StudentFunction(self, number, name, self._lives)

    # ---- The student's process ----

    def _ask(self, **request: Any) -> dict[str, Any]:
        """Send a request that begins a new count of seconds, to a process that is there."""
        sandbox = self._living()
        sandbox.begin()
        return self._send(**request)

    def _send(self, **request: Any) -> dict[str, Any]:
        if self._sandbox is None:
            raise Crashed("it has ended")
        try:
            return self._sandbox.request(**request)
        except (OverLimit, Crashed):
            self.close()
            raise

    def _living(self) -> Sandbox:
        """Return the process; if there is none, begin one and run again what ran before."""
        if self._sandbox is None:
            if self._lives > self._limits.restarts:
                raise Crashed("it was stopped too often to be begun again")
            self._lives += 1
            self._sandbox = Sandbox(self._limits, protected=self._protected)
            for source in self._ran:
                self._sandbox.begin()
                self._send(do="run", source=source)
        return self._sandbox


def _shown(output: Any) -> Output | None:
    """Rebuild what a student's cell shows of text and pictures; drop whatever could act."""
    match output:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
            return {"output_type": "stream", "name": name, "text": text[:MOST_SHOWN]}
        case {"output_type": "display_data" | "execute_result", "data": dict(data)}:
            kept = {mime: data[mime] for mime in SHOWN if isinstance(data.get(mime), str)}
            small = sum(map(len, kept.values())) < MOST_SHOWN
            shown: Output = {"output_type": "display_data", "data": kept, "metadata": {}}
            return shown if kept and small else None
        case {"output_type": "error", "ename": str(name), "evalue": str(text)}:
            lines = output.get("traceback")
            trace = [str(line)[:MOST_SHOWN] for line in lines[:50]] if lines else []
            return {"output_type": "error", "ename": name, "evalue": text, "traceback": trace}
    return None


def _discreet(output: Output) -> Output:
    """Take the traceback out of what a check shows: it quotes the hidden lines."""
    if output["output_type"] != "error":
        return output
    return {**output, "traceback": [f"{output['ename']}: {output['evalue']}"]}


def _error(error: Exception) -> Output:
    name, text = ("Stopped" if isinstance(error, OverLimit) else "Ended"), f"Your code: {error}."
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [text]}


def _as_builtin(error: Exception) -> Exception:
    """Say in Python's own words what happened to the student's process."""
    text = str(error)
    if isinstance(error, OverLimit):
        return MemoryError(text) if "memory" in text else TimeoutError(text)
    return RuntimeError(text)


def _raised(reply: dict[str, Any]) -> Exception:
    """Make the exception that a student's function raised, if it is one of Python's own."""
    name, text = str(reply["raised"]), str(reply.get("text", ""))
    kind = getattr(builtins, name, None)
    where = f" (in the line: {line})" if (line := str(reply.get("line") or "")) else ""
    if isinstance(kind, type) and issubclass(kind, Exception):
        try:
            return kind(text + where)
        except TypeError:  # one that is not made from a text alone
            pass
    return RuntimeError(f"{name}: {text}{where}")
