"""Each wall of the sandbox, by running into it.

Every attack has a control beside it: the same code does its work where the wall is not, or the test
would also pass if the code were merely wrong.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from ast import literal_eval
from pathlib import Path

import psutil
import pytest
from conftest import FIXTURE, LIMITS, shown

from classroom import sandbox
from classroom.judge import Judge
from classroom.limits import Limits, OverLimit
from classroom.sandbox import Crashed, NotProtected, Sandbox


@pytest.fixture
def free():
    """The same, without the sandbox."""
    made = Judge(LIMITS, protected=False)
    yield made
    made.close()


def run(judge, source):
    return shown(judge.run_student_cell(source))


# ---- Network ----


def test_no_socket_reaches_this_machine(judge, free):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        knock = f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 2)\nprint('in')"
        assert "in" in run(free, knock)
        server.settimeout(0.2)
        server.accept()[0].close()
        assert "Error" in run(judge, knock) or "refused" in run(judge, knock)
        with pytest.raises(TimeoutError):
            server.accept()


def test_there_is_no_network_but_an_empty_loopback(judge):
    assert run(judge, "import socket\nprint([name for _, name in socket.if_nameindex()])") == (
        "['lo']\n"
    )
    assert "unreachable" in run(judge, "socket.create_connection(('192.0.2.1', 80), 1)")


# ---- Files ----


def test_nothing_can_be_written_elsewhere(judge, free, tmp_path):
    tmp_path.chmod(0o777)
    places = [tmp_path, "/", "/usr", "/dev", sys.prefix, sandbox.CODE, "/proc/sys/kernel"]
    source = f"""
import pathlib
for place in {[str(place) for place in places]}:
    try:
        pathlib.Path(place, "left-behind").write_text("x")
        print("wrote", place)
    except OSError as error:
        print(type(error).__name__)
"""
    run(judge, source)
    assert not [place for place in places if Path(place, "left-behind").exists()]
    assert f"wrote {tmp_path}" in run(free, source.replace("'/', '/usr', '/dev', ", ""))
    for place in places:
        (Path(place) / "left-behind").unlink(missing_ok=True)


def test_its_own_folder_can_be_written_and_is_gone_afterwards(judge):
    assert run(judge, "open('mine', 'w').write('x')\nprint(open('mine').read())") == "x\n"
    another = Judge(LIMITS)
    assert "FileNotFoundError" in str(another.run_student_cell("open('mine')"))
    another.close()


def test_sources_and_the_work_of_others_are_not_there(judge, free, tmp_path):
    other = tmp_path / "submitted" / "other" / "work.ipynb"
    other.parent.mkdir(parents=True)
    other.write_text("their work")
    secrets = [FIXTURE / "src" / "slope.md", other, sandbox.CODE.parent / "pyproject.toml"]
    secrets += ["/etc/passwd", "/etc/shadow", Path.home() / ".bashrc"]
    source = f"""
for name in {[str(name) for name in secrets]}:
    try:
        print("read", len(open(name).read()), name)
    except OSError as error:
        print(type(error).__name__)
"""
    assert "read" not in run(judge, source)
    assert f"{other}" in run(free, source)


def test_no_folder_of_the_machine_is_there_that_was_not_named(judge):
    listed = run(judge, "import os\nprint(sorted(os.listdir('/')))")
    named = {"bin", "dev", "etc", "home", "lib", "lib64", "proc", "tmp", "usr"}
    named |= {Path(path).parts[1] for path in (sys.prefix, sys.base_prefix, sandbox.CODE)}
    assert set(literal_eval(listed)) <= named
    etc = run(judge, "print(os.listdir('/etc'))")
    assert set(literal_eval(etc)) <= {"fonts", "ld.so.cache"}


def test_the_environment_tells_nothing(judge, monkeypatch):
    monkeypatch.setenv("TEACHERS_TOKEN", "secret")
    assert "secret" not in run(judge, "import os\nprint(dict(os.environ))")


# ---- Rights and processes ----


def test_it_is_nobody_without_rights(judge):
    said = run(judge, "import os\nprint(os.getuid())\nprint(open('/proc/self/status').read())")
    assert int(said.split()[0]) not in (0, os.getuid())
    assert "CapEff:\t0000000000000000" in said
    assert "NoNewPrivs:\t1" in said


def test_it_sees_and_ends_no_process_but_its_own(judge):
    with subprocess.Popen(["sleep", "60"]) as victim:
        said = run(
            judge,
            "import os, signal\n"
            "print([n for n in os.listdir('/proc') if n.isdigit()])\n"
            f"os.kill({victim.pid}, signal.SIGKILL)",
        )
        assert "ProcessLookupError" in said or "No such process" in said
        assert str(victim.pid) not in said.splitlines()[0]
        assert victim.poll() is None
        victim.kill()


def test_limits_cannot_be_raised(judge):
    said = run(
        judge,
        "import resource\n"
        "for name in ('RLIMIT_AS', 'RLIMIT_NPROC', 'RLIMIT_FSIZE'):\n"
        "    try:\n"
        "        resource.setrlimit(getattr(resource, name), (-1, -1))\n"
        "        print('raised')\n"
        "    except (ValueError, OSError):\n"
        "        print('kept')",
    )
    assert said.split() == ["kept"] * 3


# ---- Limits ----


def test_an_endless_loop_is_stopped_and_the_next_cell_runs(judge):
    judge.run_student_cell("kept = 5")
    start = time.monotonic()
    assert "still running" in run(judge, "while True: pass")
    assert time.monotonic() - start < 5 * LIMITS.clock
    assert run(judge, "print(kept)") == "5\n"


def test_one_that_only_sleeps_is_stopped_too():
    judge = Judge(Limits(seconds=0.5))
    assert "still running" in run(judge, "import time\ntime.sleep(1000)")
    judge.close()


def test_one_that_will_not_be_interrupted_is_stopped_too(judge):
    stubborn = """
import signal
for number in range(1, 32):
    try:
        signal.signal(number, signal.SIG_IGN)
    except OSError:
        pass
while True:
    try:
        while True: pass
    except BaseException:
        pass
"""
    assert "still running" in run(judge, stubborn)


def test_a_crash_is_told_and_the_next_cell_runs(judge):
    judge.run_student_cell("kept = 5")
    assert "ended by itself" in run(judge, "import ctypes\nctypes.string_at(0)")
    assert "ended by itself" in run(judge, "import os\nos._exit(0)")
    assert run(judge, "print(kept)") == "5\n"


def test_memory_of_one_process_is_limited(judge):
    assert "MemoryError" in str(judge.run_student_cell("held = bytearray(10 ** 10)"))
    assert run(judge, "print(len(bytearray(10 ** 7)))") == "10000000\n"


def test_memory_of_all_processes_together_is_limited(judge):
    greedy = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        held = bytearray(150 * 2 ** 20)
        time.sleep(60)
        os._exit(0)
time.sleep(60)
"""
    assert "MB of memory" in run(judge, greedy)


def running(words):
    """How many processes of this machine have these words in their command line."""
    lines = (each.info["cmdline"] or [] for each in psutil.process_iter(["cmdline"]))
    return sum(words in " ".join(line) for line in lines)


def test_a_fork_bomb_stays_small_and_is_stopped():
    judge = Judge(Limits(seconds=1, processes=12))
    most = []

    def count():
        while not done.wait(0.05):
            most.append(running('"processes": 12'))

    done = threading.Event()
    counter = threading.Thread(target=count)
    counter.start()
    bomb = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"
    said = run(judge, bomb)
    done.set()
    counter.join()
    judge.close()
    assert "still running" in said
    # The limit, and bubblewrap's own two processes, whose command line holds the same words.
    assert 4 < max(most) <= 14
    end = time.monotonic() + 10
    while running('"processes": 12') and time.monotonic() < end:
        time.sleep(0.1)
    assert running('"processes": 12') == 0


def test_the_disk_cannot_be_filled(judge):
    fill = """
import errno, os
written = 0
try:
    for number in range(1000):
        for place in ("/tmp", "/dev/shm", "."):
            with open(f"{place}/{number}", "wb") as stream:
                stream.write(bytes(2 ** 20))
                written += 1
except OSError as error:
    print(errno.errorcode[error.errno], written)
"""
    code, written = run(judge, fill).split()
    assert code == "ENOSPC"
    assert int(written) <= 3 * LIMITS.disk >> 20


def test_a_flood_of_output_is_cut(judge):
    said = run(judge, "for _ in range(10 ** 5): print('x' * 100)")
    assert len(said) < 25_000
    assert "cut off" in said
    many = judge.run_student_cell("from IPython.display import display\nfor _ in range(10 ** 4):"
                                  " display({'image/png': 'x' * 10 ** 4}, raw=True)")  # fmt: skip
    assert len(str(many)) < 5_000_000


def test_an_answer_without_end_is_stopped():
    with Sandbox(LIMITS) as box:
        box.begin()
        flood = (
            "import os\n"
            "for fd in range(3, 20):\n"
            "    try:\n"
            "        while True: os.write(fd, b'x' * 2 ** 16)\n"
            "    except OSError: pass"
        )
        with pytest.raises((OverLimit, Crashed)):
            box.request(do="run", source=flood)


# ---- Unprotected ----


def test_without_bubblewrap_nothing_runs(monkeypatch):
    monkeypatch.setattr(sandbox.shutil, "which", lambda _: None)
    need = sandbox.need_protection.__wrapped__
    with pytest.raises(NotProtected, match="apt-get install bubblewrap") as refused:
        need()
    assert "UNPROTECTED=1" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_where_bubblewrap_fails_nothing_runs(monkeypatch):
    command = sandbox._command

    def broken(*arguments):
        return [*command(*arguments)[:1], "--no-such-option", *command(*arguments)[1:]]

    monkeypatch.setattr(sandbox, "_command", broken)
    with pytest.raises(NotProtected, match="no-such-option"):
        sandbox.need_protection.__wrapped__()


def test_elsewhere_than_on_linux_nothing_runs(monkeypatch):
    monkeypatch.setattr(sandbox.sys, "platform", "darwin")
    with pytest.raises(NotProtected, match="Linux"):
        sandbox.need_protection.__wrapped__()
