"""Chromium is found, or installed where that may be, or missed in one line that says what to do."""

import gzip
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from bookkit import chromium

FAKE_APT = """#!/bin/sh
echo "$@" >> "{log}"
case "$*" in
  *" install "*) printf '#!/bin/sh\\n' > "{folder}/chromium"; chmod +x "{folder}/chromium";;
esac
"""


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """A machine without any Chromium; its programs are those of the folder that this gives."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "NAMES", ("chromium", "google-chrome"))
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.fixture
def apt(nowhere):
    log = nowhere / "apt.log"
    program = nowhere / "apt-get"
    program.write_text(FAKE_APT.format(log=log, folder=nowhere).replace("chmod", "/bin/chmod"))
    program.chmod(0o755)
    return log


def test_the_one_that_is_named_is_taken(monkeypatch):
    monkeypatch.setenv("CHROMIUM", sys.executable)
    assert chromium.find() == sys.executable


def test_a_name_that_is_no_program(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/no/such/browser")
    with pytest.raises(FileNotFoundError, match="CHROMIUM names /no/such/browser") as caught:
        chromium.find()
    assert "\n" not in str(caught.value)


def test_none_is_missed_in_one_line(nowhere):
    with pytest.raises(FileNotFoundError, match="apt-get install chromium") as caught:
        chromium.find()
    assert "\n" not in str(caught.value)


def test_root_on_debian_gets_one(apt, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    chromium.install()
    assert Path(chromium.find()).parent == apt.parent
    calls = apt.read_text().splitlines()
    assert [call.split()[3] for call in calls] == ["update", "install"]
    assert calls[1].endswith("--no-install-recommends chromium")
    chromium.install()
    assert apt.read_text().splitlines() == calls, "what is there is not installed again"


def test_nobody_else_does(apt, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    chromium.install()
    assert not apt.exists()


def test_an_installation_that_fails_is_told(nowhere, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    (nowhere / "apt-get").write_text("#!/bin/sh\nexit 100\n")
    (nowhere / "apt-get").chmod(0o755)
    with pytest.raises(subprocess.CalledProcessError, match="apt-get"):
        chromium.install()


def test_the_program_says_what_is_missing():
    environment = {**os.environ, "CHROMIUM": "/no/such/browser"}
    command = [sys.executable, "-m", "bookkit.chromium", "--install"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert run.returncode == 1
    assert run.stdout == ""
    assert "/no/such/browser" in run.stderr
    assert len(run.stderr.splitlines()) == 1


@pytest.mark.parametrize("compressed", [False, True])
def test_pages_are_served(tmp_path, compressed):
    (tmp_path / "page.html").write_text("<p>" + "text " * 1000)
    with (
        chromium.serve(tmp_path, compressed=compressed) as address,
        urllib.request.urlopen(f"{address}/page.html") as answer,
    ):
        body = answer.read()
        assert answer.headers.get("Content-Encoding") == ("gzip" if compressed else None)
    assert (gzip.decompress(body) if compressed else body).startswith(b"<p>text")
