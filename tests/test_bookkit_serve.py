"""Reading while writing: what makes the pages be built anew, and what is said when it cannot be."""

import socket
import subprocess
import sys

import pytest

from bookkit import serve


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("chapters/01_network_assumptions.ipynb", True),
        ("chapters/notation.md", True),
        ("chapters/references.bib", True),
        ("code/bookkit/static/book.css", True),
        ("code/backprop/network.py", True),
        ("_toc.yml", True),
        ("code/backprop/__pycache__/network.cpython-311.pyc", False),
        ("code/backprop/__pycache__/network.py", False),
        ("chapters/.ipynb_checkpoints/01-checkpoint.ipynb", False),
        ("chapters/.01_network_assumptions.ipynb.x7f3", False),
        ("chapters/.#notation.md", False),
    ],
)
def test_only_what_pages_are_made_of_has_them_built_anew(path, counts):
    assert serve.is_source(None, path) is counts


def answer(status, words):
    def run(command, **_):
        return subprocess.CompletedProcess(command, status, stdout=words, stderr="")

    return run


def test_a_build_that_fails_says_why(monkeypatch, capsys):
    monkeypatch.setattr(subprocess, "run", answer(1, "chapters/x.ipynb: WARNING: what is this"))
    assert serve.build() is False
    said = capsys.readouterr().out
    assert "what is this" in said
    assert "has failed" in said


def test_a_build_that_goes_well_says_nothing_of_its_own(monkeypatch, capsys):
    monkeypatch.setattr(subprocess, "run", answer(0, "many words"))
    assert serve.build() is True
    assert "many words" not in capsys.readouterr().out


def test_a_port_that_is_taken_is_named(monkeypatch, capsys):
    monkeypatch.setattr(serve, "build", lambda: True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        monkeypatch.setattr(sys, "argv", ["serve", "--port", port, "--quiet"])
        assert serve.main() == 1
    assert f"port {port} cannot be used" in capsys.readouterr().err


def test_without_any_page_there_is_nothing_to_serve(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(serve, "build", lambda: False)
    monkeypatch.setattr(sys, "argv", ["serve", "--quiet"])
    assert serve.main() == 1


@pytest.mark.parametrize("when", ["building", "watching"])
def test_ctrl_c_ends_it_without_a_complaint(monkeypatch, capsys, tmp_path, when):
    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(serve, "build", interrupt if when == "building" else lambda: True)
    monkeypatch.setattr(serve, "_keep_building", interrupt)
    monkeypatch.setattr(sys, "argv", ["serve", "--port", "0", "--quiet"])
    assert serve.main() == 0
    assert ("Reading at http://127.0.0.1:" in capsys.readouterr().out) is (when == "watching")
