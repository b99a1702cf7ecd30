"""The package as others get it: from its wheel, in any folder, at the versions that are named."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import backprop
from bookkit.lock import EXTRAS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CODE = ROOT / "code"
NEEDED = (".py", ".npz", ".mplstyle", ".typed", ".css")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """A wheel, built from a copy, so that the build leaves nothing in the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (source / name).write_bytes((ROOT / name).read_bytes())
    for path in (CODE / "backprop").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            copy = source / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    # With the setuptools that is here: building asks for nothing from outside.
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--wheel-dir", str(folder), str(source)]
    subprocess.run(command, check=True)
    return next(folder.glob("backprop_book-*.whl"))


def test_the_wheel_holds_the_package_with_its_data_and_nothing_else(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    package = {name for name in held if ".dist-info/" not in name}
    assert all(name.startswith("backprop/") for name in package), package
    needed = {
        path.relative_to(CODE).as_posix()
        for path in (CODE / "backprop").rglob("*")
        if path.suffix in NEEDED and "frontend" not in path.parts
    }
    needed |= {path.relative_to(CODE).as_posix() for path in CODE.glob("backprop/live/bundles/*")}
    assert needed - package == set()


def test_the_wheel_works_away_from_the_repository(wheel, tmp_path):
    target = tmp_path / "installed"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*command, "--target", str(target), str(wheel)], check=True)
    program = """
import backprop, code, pdb
from backprop import Network, check_gradient, data, live, plotting
digits = data.digits()
net = Network.initialise([16, 8, 4], rng=0)
assert check_gradient(net, digits.x_train[:, :5], digits.y_train[:, :5]).passed
plotting.use_book_style()
live.Neuron()
print(backprop.__file__)
"""
    shown = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(target), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.strip().startswith(str(target))


def test_a_kernel_started_anywhere_imports_the_package(tmp_path):
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(tmp_path))
    try:
        program = "import backprop, code; code.InteractiveConsole; print(backprop.__name__)"
        printed = []
        reply = client.execute_interactive(
            program,
            timeout=60,
            output_hook=lambda message: printed.append(message["content"].get("text", "")),
        )
        assert reply["content"]["status"] == "ok", reply["content"]
        assert "backprop" in "".join(printed)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def imported_by(program):
    """The modules that a new Python has after a program, besides NumPy's and its own."""
    program = f"""
import sys, numpy, numpy.typing
before = set(sys.modules)
{program}
new = set(sys.modules) - before
print(*sorted(name for name in new if name.split(".")[0] not in sys.stdlib_module_names))
"""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_importing_the_package_imports_numpy_and_what_a_network_needs():
    """Matplotlib, widgets and the rest take longer to import than NumPy: only when used."""
    needed = (
        "activations backpropagation central_differences checks costs gradient_check "
        "gradient_descent network playback recording the_mathematics"
    )
    assert imported_by("import backprop") == [
        "backprop",
        *(f"backprop.{name}" for name in needed.split()),
    ]


def test_what_names_a_mistake_is_imported_when_it_is_asked_for():
    imported = imported_by("from backprop import diagnose; import backprop; backprop.Diagnosis")
    assert "backprop.diagnosis.catalogue" in imported
    assert {name.split(".")[0] for name in imported} == {"backprop"}


def test_the_package_has_what_it_lists_and_says_what_it_has_not():
    assert all(getattr(backprop, name) for name in backprop.__all__)
    with pytest.raises(AttributeError, match="module 'backprop' has no attribute 'diagnosed'"):
        _ = backprop.diagnosed


# ---- Versions ----


def listed(name="requirements.txt"):
    """The lines of a list of requirements that ask for something."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]


def test_requirements_are_exact_and_end_with_the_package():
    *pins, last = listed()
    assert last == "-e ."
    for pin in pins:
        assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*==[0-9][\w.]*( ; .+)?", pin), pin


def test_requirements_hold_all_that_the_project_asks_for():
    pins = {}
    for line in listed()[:-1]:
        pin = Requirement(line)
        pins.setdefault(canonicalize_name(pin.name), []).append(pin)
    asked = [*PROJECT["dependencies"]]
    for extra in EXTRAS:
        asked += PROJECT["optional-dependencies"][extra]
    for requirement in map(Requirement, asked):
        found = pins.get(canonicalize_name(requirement.name), [])
        assert found, f"{requirement} is not in requirements.txt: run make lock"
        for pin in found:
            version = str(pin.specifier).removeprefix("==")
            assert requirement.specifier.contains(version), f"{pin}, but {requirement}"


def test_binder_takes_a_python_that_the_package_supports():
    version = (ROOT / "binder/runtime.txt").read_text().strip().removeprefix("python-")
    assert SpecifierSet(PROJECT["requires-python"]).contains(version)


def test_binder_installs_what_opens_the_chapters_at_the_same_versions():
    # The package itself comes in postBuild, or every commit would install all of this anew.
    pins = listed("binder/requirements.txt")
    assert set(pins) < set(listed())
    names = {canonicalize_name(Requirement(pin).name) for pin in pins}
    asked = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["lab"]]
    assert {canonicalize_name(Requirement(each).name) for each in asked} <= names
    assert not names & {"sphinx", "jupyter-book", "pytest", "mypy", "ruff"}


@pytest.mark.unmeasured
def test_coverage_is_not_measured_where_a_test_says_so():
    assert sys.gettrace() is None
