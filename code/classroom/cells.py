"""Run notebook cells in this very process, and keep what they show as a notebook does.

No kernel, no port: IPython's shell does what a kernel does with a cell, and the outputs are put
down in nbformat's form.
"""

from __future__ import annotations

import base64
import contextlib
import io
from collections.abc import Iterator
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import print_figure
from traitlets import Type
from traitlets.config import Config

__all__ = ["CUT", "Cells", "Output"]

Output = dict[str, Any]
# What one cell may show: characters of text, and of everything else.
MOST_TEXT = 20_000
MOST_DATA = 2_000_000
CUT = "\n… the rest of the output was cut off\n"


class _Sink:
    """The outputs of the cell that is running."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self.text = self.data = 0

    def write(self, name: str, text: str) -> None:
        if self.text > MOST_TEXT:
            return
        self.text += len(text)
        if self.text > MOST_TEXT:
            text = text[: max(0, len(text) - self.text + MOST_TEXT)] + CUT
        last = self.outputs[-1] if self.outputs else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += text
        else:
            self.outputs.append({"output_type": "stream", "name": name, "text": text})

    def show(self, data: dict[str, Any], count: int | None = None) -> None:
        kept: dict[str, Any] = {}
        for mime, value in data.items():
            text = base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
            self.data += len(str(text))
            if self.data <= MOST_DATA:
                kept[mime] = text
        if not kept:
            self.write("stdout", CUT)
            return
        output: Output = {"output_type": "display_data", "data": kept, "metadata": {}}
        if count is not None:
            output |= {"output_type": "execute_result", "execution_count": count}
        self.outputs.append(output)

    def fail(self, name: str, text: str, traceback: list[str]) -> None:
        shown = [line[:MOST_TEXT] for line in traceback[-40:]]
        self.outputs.append(
            {"output_type": "error", "ename": name, "evalue": text[:MOST_TEXT], "traceback": shown}
        )


class _Stream(io.TextIOBase):
    def __init__(self, shell: _Shell, name: str) -> None:
        self.shell, self.name_of = shell, name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.shell.sink.write(self.name_of, text)
        return len(text)


class _Publisher(DisplayPublisher):
    shell: _Shell

    def publish(self, data: dict[str, Any], *_: Any, **__: Any) -> None:
        self.shell.sink.show(data)


class _Hook(DisplayHook):
    shell: _Shell

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        self.shell.sink.show(format_dict, self.prompt_count)

    def finish_displayhook(self) -> None:
        pass


class _Formatter(DisplayFormatter):
    """Draws figures as PNG: the book's style asks for SVG, which can act, so nobody shows it."""

    def format(self, obj: Any, *which: Any, **named: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        if type(obj).__module__ != "matplotlib.figure":
            return super().format(obj, *which, **named)  # type: ignore[no-any-return, no-untyped-call]
        drawn = print_figure(obj, "png", base64=True) if obj.axes else None  # type: ignore[no-untyped-call]
        data = {"text/plain": repr(obj)}
        return (data | {"image/png": drawn} if drawn else data), {}


class _Shell(InteractiveShell):
    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Hook)

    def __init__(self, **settings: Any) -> None:
        self.sink = _Sink()
        super().__init__(**settings)  # type: ignore[no-untyped-call]

    def init_display_formatter(self) -> None:
        self.display_formatter = _Formatter(parent=self)

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.sink.fail(etype.__name__, str(evalue), list(stb))

    def enable_gui(self, gui: Any = None) -> None:
        """Figures go into the outputs; there is no window to wait for."""


class Cells:
    """A namespace and the shell that runs cells in it.  There is one in a process.

    Attributes
    ----------
    names : dict
        The namespace.
    """

    def __init__(self) -> None:
        settings = Config()
        settings.HistoryManager.enabled = False
        settings.InteractiveShell.colors = "nocolor"
        settings.InteractiveShell.xmode = "Context"
        self._shell = _Shell.instance(config=settings)
        self.names: dict[str, Any] = self._shell.user_ns

    def run(self, source: str) -> list[Output]:
        """Run one cell and return what it shows, an error included.

        Parameters
        ----------
        source : str
            The cell, magics included.

        Returns
        -------
        list of dict
            Outputs in nbformat's form.
        """
        with self._catching() as sink:
            self._shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
        return sink.outputs

    @contextlib.contextmanager
    def _catching(self) -> Iterator[_Sink]:
        sink = self._shell.sink = _Sink()
        out, err = _Stream(self._shell, "stdout"), _Stream(self._shell, "stderr")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            yield sink
