"""Make an executed notebook the same file from run to run.

What another run, or another front end, would write differently is taken out: the ids of widget
models, which are random, the widgets' state, which holds a copy of every script, and the folders
that a traceback names.  A live figure does not miss them: its HTML holds its still picture and its
settings, which is what a page brings to life; with a kernel it makes itself anew.
"""

import json
from typing import Any

__all__ = ["ENVIRONMENT", "MIME_VIEW", "stabilise"]

Notebook = dict[str, Any]

# One thread: sums are then added up in the same order on any number of processors.  OpenBLAS and
# NumPy have other programs for newer processors, whose last digits differ; here all take those that
# every x86 processor of the last ten years can run.  The date is what Matplotlib writes into
# figures that have one.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "SOURCE_DATE_EPOCH": "0",
    "JUPYTER_PREFER_ENV_PATH": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}

MIME_VIEW = "application/vnd.jupyter.widget-view+json"

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# What Jupyter or a front end writes into a cell, as against what its author did.
RUN_METADATA = ("execution", "ExecuteTime", "collapsed", "scrolled", "trusted")


def stabilise(notebook: Notebook) -> None:
    """Remove from an executed notebook whatever another run would write differently.

    Parameters
    ----------
    notebook : dict
        A notebook of format 4.5; changed in place.

    Notes
    -----
    Applied twice it changes nothing more.
    """
    notebook["metadata"].clear()
    notebook["metadata"].update(json.loads(json.dumps(METADATA)))
    for cell in notebook["cells"]:
        for key in RUN_METADATA:
            cell["metadata"].pop(key, None)
        for output in cell.get("outputs", []):
            _stabilise_output(output)


def _stabilise_output(output: dict[str, Any]) -> None:
    output.pop("transient", None)
    output.get("data", {}).pop(MIME_VIEW, None)
    output.get("metadata", {}).pop(MIME_VIEW, None)
    if output["output_type"] == "error":
        # Only the last line: those above it name folders of this machine.
        output["traceback"] = [f"{output['ename']}: {output['evalue']}"]
