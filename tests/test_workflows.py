"""The workflows: they may do no more than they need, run what is pinned, and name what exists."""

import re
from pathlib import Path

import pytest
import yaml

from bookkit.repository import COPIES

ROOT = Path(__file__).parents[1]
PATHS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
# The only jobs that may write, and what.
WRITING = {
    ("publish", "pages"): {"pages": "write", "id-token": "write"},
    ("publish", "notebooks"): {"contents": "write"},
}
every_workflow = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def steps_of(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_there_is_one_for_each_purpose():
    assert {path.stem for path in PATHS} >= {"test", "publish", "newest", "links"}


@every_workflow
def test_a_job_may_do_what_it_needs_and_no_more(path):
    workflow = read(path)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        rights = job["permissions"]
        written = {key: value for key, value in rights.items() if value == "write"}
        assert written == WRITING.get((path.stem, name), {}), name
        if written:
            # Where a token may write, nothing of the repository runs.
            uses = [step.get("uses", "") for step in job["steps"]]
            assert not any(action.startswith("actions/checkout") for action in uses)
            assert not any("make " in step.get("run", "") for step in job["steps"])


@every_workflow
def test_actions_are_pinned_by_digest(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        if "uses:" in line:
            assert re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


@every_workflow
def test_one_action_has_one_version(path):
    digests = {}
    for other in PATHS:
        for step in steps_of(read(other)):
            if "uses" in step:
                action, digest = step["uses"].split("@")
                assert digests.setdefault(action, digest) == digest, action


@every_workflow
def test_no_step_keeps_a_token_or_runs_without_an_end(path):
    workflow = read(path)
    for name, job in workflow["jobs"].items():
        assert job["timeout-minutes"] <= 90, name
    for step in steps_of(workflow):
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] is False


@every_workflow
def test_no_script_is_put_together_from_what_others_write(path):
    for step in steps_of(read(path)):
        assert "${{" not in step.get("run", ""), step


@every_workflow
def test_what_it_runs_exists(path):
    for step in steps_of(read(path)):
        for target in re.findall(r"\bmake ([a-z-]+)", step.get("run", "")):
            assert re.search(rf"^{target}:.*##", MAKEFILE, re.MULTILINE), target
        for script in re.findall(r"\bbash (\S+)", step.get("run", "")):
            assert (ROOT / script).is_file(), script


@every_workflow
def test_the_whole_run_has_its_packages(path):
    scripts = [step.get("run", "") for step in steps_of(read(path))]
    runs = [i for i, script in enumerate(scripts) if ".ci/run" in script]
    assert all("bash .ci/packages" in scripts[:run] for run in runs)


def test_what_is_published_offers_the_book_on_paper_and_for_readers():
    job = read(ROOT / ".github" / "workflows" / "publish.yml")["jobs"]["build"]
    scripts = [step.get("run", "") for step in job["steps"]]
    assert scripts.index("make pdf epub") < scripts.index("bash .ci/run")


def test_colab_opens_the_branch_that_publishing_writes():
    job = read(ROOT / ".github" / "workflows" / "publish.yml")["jobs"]["notebooks"]
    script = job["steps"][-1]["run"]
    assert f"--initial-branch {COPIES}\n" in script
    assert f'.git" {COPIES}' in script


def test_only_the_books_own_branch_is_published():
    workflow = read(ROOT / ".github" / "workflows" / "publish.yml")
    # YAML reads the key "on" as true.
    assert set(workflow[True]) == {"push", "workflow_dispatch"}
    for name in ("pages", "notebooks"):
        assert "default_branch" in workflow["jobs"][name]["if"]


def test_dependabot_looks_at_every_kind_of_dependency_and_waits():
    updates = read(ROOT / ".github" / "dependabot.yml")["updates"]
    assert {each["package-ecosystem"] for each in updates} == {"github-actions", "pip", "npm"}
    for each in updates:
        assert each["cooldown"]["default-days"] >= 7
    folders = next(each for each in updates if each["package-ecosystem"] == "pip")["directories"]
    held = [ROOT / "requirements.txt", *ROOT.glob("*/requirements.txt")]
    held += ROOT.glob("tests/*/requirements.txt")
    assert {(ROOT / folder.strip("/") / "requirements.txt") for folder in folders} == set(held)
