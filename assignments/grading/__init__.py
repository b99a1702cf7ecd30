"""The checker of the assignments: on the path only while a teacher grades.

Two halves, and the border between them is what makes the points safe.

`asking` runs in the student's kernel.  It calls what the student wrote and writes down what came
back, as plain numbers.  It decides nothing, so there is nothing in the kernel worth tampering with.

`verdict` runs in nbgrader's own process, after the kernel has gone.  It reads those numbers and
decides, with a forward pass and a cost of its own.  No record, no points.
"""

from .asking import ask

__all__ = ["ask"]
