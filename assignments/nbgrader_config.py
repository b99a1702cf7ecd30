"""nbgrader's settings; `make assignments` and `make grade` use them, and so does its formgrader.

Students' code runs in a sandbox (`code/classroom`), never in nbgrader's own process.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent.resolve()
ASSIGNMENTS = Path(os.environ.setdefault("ASSIGNMENTS", str(HERE)))
COURSE = Path(os.environ.setdefault("COURSE", str(HERE / "course")))
for folder in (str(ASSIGNMENTS), str(HERE.parent / "code")):
    if folder not in sys.path:
        sys.path.insert(0, folder)

c = get_config()  # noqa: F821  (nbgrader brings it)
c.CourseDirectory.course_id = "backprop"
c.CourseDirectory.root = str(COURSE)

c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}

# The teacher's notebook with the student's answers in it; its cells run in the sandbox, its checks
# outside; what the checks wrote down is judged; the points go into the gradebook.
c.Autograde.sanitize_preprocessors = [
    "classroom.plugins.Assemble",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "classroom.plugins.Execute",
    *(["grading.verdict.Verdict"] if (ASSIGNMENTS / "grading").is_dir() else []),
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# A page that shows nothing hidden, runs nothing and asks no other host for anything.
c.ClearHiddenTests.enforce_metadata = False
c.GenerateFeedback.preprocessors = [
    "classroom.plugins.Grades",
    "nbgrader.preprocessors.ClearHiddenTests",
]
# In the formgrader, where a teacher is logged in, nothing that a student wrote may act.
c.HTMLExporter.filters = {"markdown2html": "classroom.plugins.harmless"}
c.HTMLExporter.extra_template_basedirs = [str(HERE.parent / "code" / "classroom" / "templates")]
