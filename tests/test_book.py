"""The book as a whole: parts, labels, equations, exercises, and what the repository may hold."""

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).parents[1]
CHAPTERS = ROOT / "chapters"
NUMBERED = sorted(CHAPTERS.glob("0*.ipynb"))
WITH_QUESTIONS = [CHAPTERS / "opening.ipynb", *NUMBERED]
EXERCISES_A_CHAPTER = 6
QUESTIONS_A_CHAPTER = range(5, 8)

LABEL_OF_EQUATION = re.compile(r"^\$\$.*?\$\$ *\(([^)\s]+)\)", re.MULTILINE | re.DOTALL)
LABEL_OF_PLACE = re.compile(r"^\(([^)\s]+)\)=\s*$", re.MULTILINE)
LABEL_OF_DIRECTIVE = re.compile(r"^:(?:label|name): *(\S+)\s*$", re.MULTILINE)
REFERENCE = re.compile(r"\{(eq|ref|numref|prf:ref)\}`(?:[^`<]*<)?([^`>]+)>?`")
DOCUMENT = re.compile(r"\{doc\}`(?:[^`<]*<)?([^`>]+)>?`")
DIRECTIVE = re.compile(r"^(?P<fence>`{3,}|:{3,})\{(?P<name>[\w:-]+)\} *(?P<title>.*)$")

chapters = pytest.mark.parametrize("path", NUMBERED, ids=lambda path: path.stem)


def sources(path):
    """The prose of a page, cell by cell, and the metadata of its code cells."""
    if path.suffix == ".md":
        return [path.read_text(encoding="utf-8")], []
    cells = nbformat.read(path, as_version=4).cells
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    return prose, [cell for cell in cells if cell.cell_type == "code"]


def pages():
    return sorted([*CHAPTERS.glob("*.md"), *CHAPTERS.glob("*.ipynb")])


def labels_of(path):
    prose, code = sources(path)
    found = [
        label
        for text in prose
        for pattern in (LABEL_OF_EQUATION, LABEL_OF_PLACE, LABEL_OF_DIRECTIVE)
        for label in pattern.findall(text)
    ]
    figures = [cell.metadata.get("mystnb", {}).get("figure", {}).get("name") for cell in code]
    return found + [name for name in figures if name]


def equations_of(path):
    return [label for text in sources(path)[0] for label in LABEL_OF_EQUATION.findall(text)]


def directives_of(path, wanted):
    """The directives of one name: their title and the lines of options that follow."""
    for text in sources(path)[0]:
        lines = text.splitlines()
        for number, line in enumerate(lines):
            match = DIRECTIVE.match(line)
            if match and match["name"] in wanted:
                options = {}
                for option in lines[number + 1 :]:
                    pair = re.match(r":([\w-]+): *(.*)$", option)
                    if not pair:
                        break
                    options[pair[1]] = pair[2]
                yield match["title"].strip(), options


# ---- Parts ----


def test_the_contents_and_the_folder_agree():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text())
    listed = [toc["root"]] + [page["file"] for part in toc["parts"] for page in part["chapters"]]
    assert sorted(listed) == sorted(f"chapters/{page.stem}" for page in pages())


def test_pages_are_built_from_stored_outputs():
    # The tests compare these with a fresh run; a page that ran for itself could differ.
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    assert config["execute"]["execute_notebooks"] == "off"


# ---- Labels ----


def test_no_label_is_given_twice():
    seen = {}
    for path in pages():
        for label in labels_of(path):
            assert label not in seen, (label, path.name, seen[label])
            seen[label] = path.name


def test_every_reference_leads_somewhere():
    known = {label for path in pages() for label in labels_of(path)}
    for path in pages():
        for text in sources(path)[0]:
            for role, target in REFERENCE.findall(text):
                assert target in known, f"{path.name}: {{{role}}}`{target}`"
            for target in DOCUMENT.findall(text):
                assert list(CHAPTERS.glob(f"{target}.*")), f"{path.name}: {{doc}}`{target}`"


def test_docstrings_name_equations_that_exist():
    known = {label for path in pages() for label in labels_of(path)}
    for path in sorted((ROOT / "code" / "backprop").rglob("*.py")):
        for label in re.findall(r"\beq-[A-Za-z0-9-]+", path.read_text(encoding="utf-8")):
            assert label in known, f"{path.name} names {label}"


# ---- Equations ----


@chapters
def test_every_labelled_equation_is_verified_in_its_chapter(path):
    equations = equations_of(path)
    verified = set()
    for cell in sources(path)[1]:
        labels = cell.metadata.get("verifies", [])
        if labels:
            assert re.search(r"\bassert\b|np\.testing\.|check_gradient", cell.source), cell.id
        verified.update(labels)
    assert equations, "a chapter without a labelled equation"
    assert verified == set(equations)


def test_mathematics_is_written_without_colours():
    # The build colours the symbols; a colour in the source would stay in every other viewer.
    for path in pages():
        for text in sources(path)[0]:
            assert not re.search(r"\\(?:class|color|textcolor|style)\b", text), path.name


# ---- Questions with a choice of answers ----

# Plain HTML that every viewer of notebooks folds. The empty lines make Markdown of what is inside,
# and LaTeX, which leaves the tags out, sets answer and reason one below the other.
QUESTION = re.compile(r"^\((q-[^)\s]+)\)=\n\*\*(\d+)\.\*\* ", re.MULTILINE)
CHOICE = re.compile(
    r'^<details class="choice"><summary>\n\n'
    r"\*\*(?P<letter>[A-E])\.\*\* (?P<answer>.+?)\n\n</summary>\n\n"
    r"\*\*(?P<verdict>Right|No)\.\*\*\n(?P<reason>.+?)\n\n</details>$",
    re.MULTILINE | re.DOTALL,
)


def questions_of(path):
    """The questions of a chapter: label, number, and the answers to choose from."""
    for text in sources(path)[0]:
        starts = [*QUESTION.finditer(text)]
        ends = [start.start() for start in starts[1:]] + [len(text)]
        for start, end in zip(starts, ends, strict=False):
            choices = [match.groupdict() for match in CHOICE.finditer(text, start.end(), end)]
            yield start[1], int(start[2]), choices


@pytest.mark.parametrize("path", WITH_QUESTIONS, ids=lambda path: path.stem)
def test_questions_give_a_reason_for_every_answer(path):
    prefix = {"opening": "op"}.get(path.stem, f"c{path.stem[1]}")
    questions = list(questions_of(path))
    assert len(questions) in QUESTIONS_A_CHAPTER
    assert [number for _, number, _ in questions] == [*range(1, len(questions) + 1)]
    for label, _, choices in questions:
        assert label.startswith(f"q-{prefix}-"), label
        assert len(choices) >= 3, label
        assert "".join(choice["letter"] for choice in choices) == "ABCDE"[: len(choices)], label
        assert len({choice["answer"] for choice in choices}) == len(choices), label
        assert [choice["verdict"] for choice in choices].count("Right") == 1, label
        for choice in choices:
            where = f"{label}, {choice['letter']}"
            assert len(choice["reason"].split()) >= 6, f"{where} gives no reason"
            leads_on = REFERENCE.search(choice["reason"])
            assert choice["verdict"] == "Right" or leads_on, f"{where} does not say where to read"
    right = {
        choice["letter"]
        for _, _, choices in questions
        for choice in choices
        if choice["verdict"] == "Right"
    }
    assert len(right) > 1, "the right answer always has the same letter"


@pytest.mark.parametrize("path", WITH_QUESTIONS, ids=lambda path: path.stem)
def test_no_answer_stands_outside_of_a_question(path):
    tags = sum(len(re.findall("</?details", text)) for text in sources(path)[0])
    choices = sum(len(choices) for _, _, choices in questions_of(path))
    assert tags == 2 * choices, "a fold without a partner, or an answer in another form"


# ---- Exercises ----


@chapters
def test_exercises_have_solutions_that_are_folded_away(path):
    exercises = [o["label"] for _, o in directives_of(path, ("exercise", "exercise-start"))]
    solutions = list(directives_of(path, ("solution", "solution-start")))
    assert len(exercises) >= EXERCISES_A_CHAPTER
    assert sorted(title for title, _ in solutions) == sorted(exercises)
    for title, options in solutions:
        assert "dropdown" in options.get("class", ""), title


PYTHON_BLOCK = re.compile(r"^(`{3,})python\n(.*?)^\1\s*$", re.MULTILINE | re.DOTALL)


@pytest.mark.unmeasured  # no more than the chapters' own cells
@pytest.mark.parametrize("path", sorted(CHAPTERS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_python_in_the_prose_runs(path, monkeypatch):
    """Every block of Python, given what the chapter imports at its start, cell by cell."""
    import matplotlib.pyplot

    monkeypatch.chdir(CHAPTERS)
    prose, code = sources(path)
    with matplotlib.rc_context():
        matplotlib.use("agg")
        for text in prose:
            blocks = [source for _, source in PYTHON_BLOCK.findall(text)]
            if blocks:
                names = {}
                for cell in code[:2]:  # the one that brings the package, the one that imports
                    exec(cell.source, names)
                for block in blocks:
                    exec(compile(block, f"{path.name}: {block[:40]!r}", "exec"), names)
        matplotlib.pyplot.close("all")


# ---- Prose ----


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.stem)
def test_nothing_is_called_easy(path):
    for text in sources(path)[0]:
        prose = re.sub(r"`[^`]*`|\$[^$]*\$", "", text)
        found = re.search(r"(?i)\b(simply|obviously|easy to see|just)\b", prose)
        assert found is None, prose[max(0, found.start() - 60) : found.end() + 30]


# ---- The repository ----


def tracked_files():
    """What git keeps, or would keep; without git, all that is not built or installed."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0:
        names = [name for name in listing.stdout.split("\0") if name]
        return [ROOT / name for name in names if (ROOT / name).is_file()]
    left_out, kept = {"_build", "build", "node_modules", "__pycache__"}, {".ci", ".github"}

    def is_ours(part):
        return part in kept or not (part in left_out or part.startswith("."))

    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file() and all(map(is_ours, path.relative_to(ROOT).parts))
    ]


def test_no_file_names_a_package_index_or_this_folder():
    # Which index an installer asks is its own setting, and a mirror must do as well.
    hosts = ["pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmjs" + ".com"]
    hosts += ["download.pytorch" + ".org", "conda" + ".anaconda" + ".org", str(ROOT)]
    for path in tracked_files():
        if "vendor" not in path.parts:
            text = path.read_bytes().decode("utf-8", errors="ignore")
            for host in hosts:
                assert host not in text, f"{path.relative_to(ROOT)} names {host}"


def test_vendored_files_come_with_their_licence():
    for folder in (ROOT / "code" / "bookkit" / "vendor").iterdir():
        assert (folder / "LICENSE").stat().st_size > 500, folder.name


def test_code_stays_pythons_own_module():
    assert not (ROOT / "code" / "__init__.py").exists()
    # From the root of the repository, where the folder of that name is nearest.
    program = "import code, pdb; code.InteractiveConsole; print(code.__file__)"
    shown = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert str(ROOT) not in shown.stdout.replace(sys.prefix, "")


def test_notebooks_ask_for_no_particular_kernel():
    for path in CHAPTERS.glob("*.ipynb"):
        metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
        assert metadata["kernelspec"]["name"] == "python3"
        assert metadata["language_info"] == {"name": "python"}
