"""Grade a class of two hundred, twice from nothing, and measure: ``make bench-class``.

    make bench-class                                            # stored in whole_class.json
    .venv-classroom/bin/python bench/whole_class.py --size 60   # a smaller class, shown only

The class hands in the full backward pass through a zip such as Moodle gives: right, blank, with
each of the classic mistakes, with two of them, with bad intentions, and files that cannot be
graded; `tests/classroom/submissions.py` makes them.  It has namesakes, and names in many scripts,
with quotes and commas, and such as a spreadsheet takes for a formula.

Each run is the teacher's own command in a folder that was empty.  Processor time and memory are
those of all its processes, those of the students included, looked at ten times a second; memory
that processes share counts once.  It fails if the two runs differ, or if a grade is wrong.
"""

import argparse
import csv
import io
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from random import Random

import psutil

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "classroom"))

from submissions import FULL_PASS, SLIPS, class_of, unreadable  # noqa: E402

from classroom.course import Course  # noqa: E402
from classroom.release import release  # noqa: E402

LOOK = 0.1  # seconds
FAMILIES = (
    "Ng",
    "김",
    "O'Neill",
    "이",
    "Müller",
    "Nguyễn",
    "Иванова",
    "王",
    "रीता",
    'de "la" Cruz',
)
GIVEN = ("Ann", "철수", "Zoë", "Łukasz", "민지", "Bo, Jr.", "Ирина", "ดวง", "محمد", "Ana-Lucía")
GIVEN += ("小明", "Ḥasan", "ÆON", "José María", "Mary Jane", "x" * 90, "ß", "Ι. Ω.", "-1", "@home")
FORMULAS = ('=HYPERLINK("x","y")', "+1+1", "@SUM(1)", " =1+1", "＝1+1")
NAMESAKES = ("철수 김", "Ann Ng")


def names(size):
    """Names for a class, a few of them twice; the same ones each time."""
    made = [*FORMULAS, *NAMESAKES, *NAMESAKES]
    others = (f"{given} {family}" for given, family in product(GIVEN, FAMILIES))
    made += [name for name in others if name not in NAMESAKES]
    return [*made, *(f"Student {n}" for n in range(size))][:size]


def export(course, size, path):
    """Write the zip; return by Moodle's number what each did, and the name."""
    submissions = list(class_of(course, size).items())
    Random(7).shuffle(submissions)
    people = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        pairs = zip(submissions, names(size), strict=True)
        for number, ((kind, (file, data)), name) in enumerate(pairs, start=1001):
            people[str(number)] = kind, name
            archive.writestr(f"{name}_{number}_assignsubmission_file_/{file}", data)
    return people


def run(course, path):
    """Grade the zip as a teacher does; return seconds, processor seconds, and bytes at most."""
    command = [sys.executable, "-m", "classroom", "--course", str(course.folder), "grade"]
    start, spent, most = time.monotonic(), {}, 0
    with subprocess.Popen([*command, str(path)], stderr=subprocess.DEVNULL) as process:
        family = psutil.Process(process.pid)
        while process.poll() is None:
            memory = 0
            for each in (family, *children(family)):
                seconds, held = used(each)
                spent[each] = max(seconds, spent.get(each, 0.0))
                memory += held
            most = max(most, memory)
            time.sleep(LOOK)
    if process.returncode:
        raise SystemExit(f"the grading failed (exit status {process.returncode})")
    return time.monotonic() - start, sum(spent.values()), most


def children(process):
    """All that descend from a process, as far as they are still there."""
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def used(process):
    """Processor seconds so far, and bytes held now; where the system tells, its share of them."""
    try:
        times = process.cpu_times()
        try:
            memory = process.memory_full_info().pss
        except (psutil.AccessDenied, AttributeError):
            memory = process.memory_info().rss
        return times.user + times.system, memory
    except psutil.Error:
        return 0.0, 0


def read(path):
    """Rows of a file that a spreadsheet opens."""
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def check(course, people):
    """Hold the grades against what each one did; return how many of each kind were graded."""
    remembered = json.loads((course.folder / "received" / f"{FULL_PASS}.json").read_text("utf-8"))
    number_of = {student: who["number"] for student, who in remembered.items()}
    rows = read(course.folder / "grades.csv")
    most = float(rows[0]["max_score"])
    counts, wrong = {}, []
    for row in rows:
        kind, name = people[number_of[row["student"]]]
        score, sort = float(row["score"]), kind.split()[0]
        right = {"right": score == most, "blank": score == 0}.get(sort, score < most)
        if sort == "slip":
            right = right and bool(row["found"])
        if not right or row["name"] not in (name, f"'{name}"):
            wrong.append((kind, row))
        counts[sort] = counts.get(sort, 0) + 1
    table = read(course.folder / "class" / FULL_PASS / "mistakes.csv")
    missed = [
        code for code in SLIPS if not any(code in row["mistake"].split(" + ") for row in table)
    ]
    aside = (course.folder / "set-aside.txt").read_text("utf-8").splitlines()
    bad = {kind: reason for kind, (_, reason) in unreadable(course).items()}
    unsaid = [kind for kind, reason in bad.items() if not any(reason in line for line in aside)]
    if wrong or missed or unsaid or len(aside) != len(bad) or len(rows) + len(aside) != len(people):
        raise SystemExit(f"wrong: {wrong[:3]}; not named: {missed}; set aside: {aside}, {unsaid}")
    return {**counts, "set aside": len(aside)}


def machine():
    """What this ran on."""
    model = platform.processor() or platform.machine()
    if (info := Path("/proc/cpuinfo")).exists():
        lines = info.read_text().splitlines()
        model = next((line.split(":")[1].strip() for line in lines if "model name" in line), model)
    memory = f"{psutil.virtual_memory().total / 2**30:.0f} GiB"
    return {
        "processor": model,
        "processors": os.cpu_count(),
        "memory": memory,
        "system": platform.system(),
        "python": platform.python_version(),
    }


def main():
    """Measure, show, and store if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=200, help="how many students")
    parser.add_argument("--store", type=Path, help="where to put the numbers")
    options = parser.parse_args()
    runs, grades, counts = [], [], {}
    for number in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            course = Course(folder=Path(folder, "course"))
            release(course, progress=False)
            path = Path(folder, "export.zip")
            people = export(course, options.size, path)
            seconds, processor, memory = run(course, path)
            counts = check(course, people)
            grades.append((course.folder / "grades.csv").read_text("utf-8"))
        runs.append({"minutes": round(seconds / 60, 1), "processor minutes":
                     round(processor / 60, 1), "MB at most": round(memory / 2**20)})  # fmt: skip
        print(f"run {number}: {runs[-1]}", flush=True)
    if grades[0] != grades[1]:
        raise SystemExit("the two runs gave different grades")
    print(f"the same grades twice: {counts}")
    if options.store:
        day = datetime.now(UTC).date().isoformat()
        found = {"day": day, "machine": machine(), "class": counts, "runs": runs}
        options.store.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
