"""A class of any size: release assignments, grade what comes back, and see what went wrong.

Students' code runs in `student`, inside the `sandbox`, and nowhere else.  The checks run in
`judge`, a process of its own that only ever receives plain values from there.  nbgrader keeps the
gradebook and writes the feedback.

Run from the repository, in an environment with the extra ``classroom``: ``make assignments`` and
``make grade SUBMISSIONS=...``.
"""
