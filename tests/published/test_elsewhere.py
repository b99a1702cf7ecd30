"""A chapter away from its repository: downloaded, with an empty environment; and on Binder."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import COMMIT, NAME, ROOT
from lab import jupyter_lab, run_from_top_to_bottom
from playwright.sync_api import Browser

from bookkit import chromium

CHAPTERS = sorted(path.stem for path in (ROOT / "chapters").glob("*.ipynb"))


def new_environment(folder: Path) -> str:
    """An environment with nothing in it but pip; its Python."""
    venv.create(folder, with_pip=True)
    return str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")


def install(python: str, *arguments: str, cwd: Path | None = None) -> None:
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, cwd=cwd, check=True)


def snapshot(folder: Path) -> Path:
    """The repository as somebody gets it who clones it: what git keeps, and nothing else."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            copy = folder / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes((ROOT / name).read_bytes())
    return folder


# ---- Downloaded ----


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What stands for GitHub: it has the fork's archive at its commit, and nothing else."""
    folder = tmp_path_factory.mktemp("host")
    source = snapshot(folder / f"fork-{COMMIT}")
    archive = folder / NAME / "archive" / COMMIT
    archive.parent.mkdir(parents=True)
    shutil.make_archive(str(archive), "zip", folder, source.name)
    with chromium.serve(folder) as address:
        yield address


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An environment that runs notebooks and has none of what the book needs."""
    python = new_environment(tmp_path_factory.mktemp("bare") / "venv")
    install(python, "nbclient", "ipykernel", "-c", str(constraints(tmp_path_factory)))
    assert not has_package(python), "this environment must not have the package"
    return python


def has_package(python: str) -> bool:
    program = "import backprop; print(backprop.__file__)"
    found = subprocess.run([python, "-c", program], capture_output=True, text=True, check=False)
    return "site-packages" in found.stdout


def constraints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    path = tmp_path_factory.mktemp("constraints") / "constraints.txt"
    path.write_text("\n".join(line for line in lines if not line.startswith("-e")))
    return path


RUN = """
import sys, nbformat, nbclient
notebook = nbformat.read(sys.argv[1], 4)
nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
code = [cell for cell in notebook.cells if cell.cell_type == "code"]
print(*(output.text for output in code[0].outputs))
"""


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_downloaded_chapter_installs_the_package_and_runs(
    fork: Path, host: str, bare: str, tmp_path: Path, chapter: str
) -> None:
    lacking = not has_package(bare)
    archive = f"{NAME}/archive/{COMMIT}.zip"
    text = (fork / "_sources" / "chapters" / f"{chapter}.ipynb").read_text("utf-8")
    assert text.count(f"https://github.com/{archive}") == 1
    copy = tmp_path / "downloads" / "chapter.ipynb"
    copy.parent.mkdir()
    text = text.replace(f"https://github.com/{archive}", f"{host}/{archive}")
    copy.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [bare, "-c", RUN, str(copy)], cwd=copy.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert (f"Installing {host}/{archive}" in done.stdout) == lacking
    assert has_package(bare)


def test_what_cannot_be_installed_says_why(tmp_path: Path) -> None:
    from bookkit.standalone import setup_cell

    program = tmp_path / "cell.py"
    nowhere = "http://127.0.0.1:9/archive.zip"
    program.write_text(setup_cell(nowhere).replace('"backprop")', '"no_such_package")'))
    done = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, check=False
    )
    assert done.returncode
    assert "could not be installed" in done.stderr
    assert "127.0.0.1" in done.stderr


# ---- Binder ----


def test_repo2dockers_plan_takes_the_short_list_and_its_python(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."]
    done = subprocess.run(
        command, cwd=snapshot(tmp_path), capture_output=True, text=True, check=False
    )
    plan = done.stdout + done.stderr
    assert done.returncode == 0, plan[-2000:]
    version = (ROOT / "binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    assert f"Building conda environment for python={version}" in plan
    installs = [line for line in plan.splitlines() if "pip install" in line]
    assert len(installs) == 1
    assert '-r "binder/requirements.txt"' in installs[0]
    # Before the repository is copied: then the layer is the same for every commit.
    assert plan.index(installs[0]) < plan.index("COPY --chown=0:0 src/ ")
    assert "RUN ./binder/postBuild" in plan


@pytest.fixture(scope="module")
def binder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A JupyterLab as Binder has it: a clone, and what binder/requirements.txt says."""
    folder = tmp_path_factory.mktemp("binder")
    clone = snapshot(folder / "clone")
    python = new_environment(folder / "venv")
    install(python, "-r", "binder/requirements.txt", cwd=clone)
    programs = f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}"
    script = ["bash", "binder/postBuild"]
    subprocess.run(script, cwd=clone, env={**os.environ, "PATH": programs}, check=True)
    with jupyter_lab(clone / "chapters", python) as address:
        yield address, clone / "chapters"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_chapter_runs_on_binder_with_live_figures(
    binder: tuple[str, Path], browser: Browser, chapter: str
) -> None:
    address, folder = binder
    run_from_top_to_bottom(browser, address, folder / f"{chapter}.ipynb")
