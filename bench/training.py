"""How fast `sgd` is, beside others that do the same work: ``make bench``.

All is measured in one run and stored in `training.json`, which a page of the book reads; the table
is printed, and the picture is `training.svg`.  A run of a part is shown, and stored only in a
folder that is named: it never takes the place of a whole one.

So that the numbers hold on a machine that does other things as well: each peer lives in a process
of its own, asleep while another one works; they take turns in rounds, in an order that is drawn
anew for each; what counts is processor time, as a ratio to textbook NumPy in the same round, and of
the rounds the median.  That all do the same work is shown by what they reach: after the same steps
from the same start the same cost, to rounding.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tracemalloc
from pathlib import Path
from random import Random
from statistics import median

import numpy as np
from peers import PEERS
from threadpoolctl import threadpool_info, threadpool_limits
from tqdm.auto import tqdm

from backprop import Network, check_gradient, sgd

HERE = Path(__file__).parent
CASES = [
    ((16, 8, 4), 1),
    ((16, 8, 4), 32),
    ((64, 30, 10), 10),
    ((64, 30, 10), 32),
    ((784, 30, 10), 1),
    ((784, 30, 10), 10),
    ((784, 128, 64, 10), 64),
    ((784, 1024, 1024, 10), 256),
]
GOALS = {"sgd": [0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.85, 0.95]}
GOALS["sgd, numba"] = [0.15, None, 0.45, None, None, None, None, None]
ONCE_A_STEP = ("autograd", "JAX, a step", "PyTorch", "PyTorch, compiled")
NOISE = 1.05  # times as long as another, on the largest network, is not behind it
ROUNDS = 9
OURS = ("sgd", "sgd, numba")
NOT_THE_LARGEST = {"one by one"}  # where it takes seconds for a step
SMALLEST_ONLY = {"micrograd"}
FIRST_RUN_ONLY = {"micrograd"}  # float64, one thread
RUNS = [("float64", 1), ("float32", 1), ("float64", 2)]  # precision and threads
REFERENCE = "textbook"
CHECKED = 20  # or as many as there are: steps after which the costs are compared
TURN = 0.04  # seconds


class Process:
    """A peer in a process of its own, asleep on a pipe."""

    def __init__(self, name, threads):
        counts = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA")
        env = {**os.environ, **{f"{each}_NUM_THREADS": str(threads) for each in counts}}
        # These two are for old builds of OpenBLAS, and slow a new one down.
        env.pop("OPENBLAS_CORETYPE", None)
        env.pop("OPENBLAS_L2_SIZE", None)
        if threads == 1:
            env["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "peers.py"), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=env,
        )

    def ask(self, do, *arguments):
        """Let it work, and wait for its answer."""
        try:
            print(json.dumps({"do": do, "with": arguments}), file=self.process.stdin, flush=True)
            answer = json.loads(self.process.stdout.readline())
        except (BrokenPipeError, json.JSONDecodeError) as error:
            raise RuntimeError("the process ended") from error
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["answer"]

    def end(self):
        """Let it go."""
        self.process.stdin.close()
        self.process.wait()


def compare(case, dtype, threads, rounds, processes, draw):
    """Measure one network with all peers."""
    widths, batch_size = case
    costs, missing, ready = {}, {}, []
    for name, process in processes.items():
        if (name in SMALLEST_ONLY and case != CASES[0]) or (
            name in NOT_THE_LARGEST and case == CASES[-1]
        ):
            continue
        try:
            process.ask("begin", widths, batch_size, dtype)
            costs[name] = process.ask("check", CHECKED)
            process.ask("time", TURN / 2)
            ready.append(name)
        except RuntimeError as error:
            missing[name] = str(error)
    costs.pop("products", None)
    off = {name: abs(C / costs[REFERENCE] - 1) for name, C in costs.items()}
    if "scikit-learn" in costs:
        off["scikit-learn"] = abs(costs["scikit-learn"] / costs["cross-entropy"] - 1)
    off.pop("cross-entropy")
    tolerance = 1e-12 if dtype == "float64" else 1e-3
    unequal = {name: error for name, error in off.items() if not error < tolerance}
    if unequal:
        raise SystemExit(f"{widths}, batch {batch_size}: not the same work: {unequal}")
    ready.remove("cross-entropy")
    took = {name: [] for name in ready}
    for _ in range(rounds):
        for name in draw.sample(ready, len(ready)):
            cpu, wall = processes[name].ask("time", TURN)
            took[name].append(1e6 * (cpu if threads == 1 else wall))
    ratios = {
        name: [mine / other for mine, other in zip(each, took[REFERENCE], strict=True)]
        for name, each in took.items()
    }
    return {
        "widths": widths,
        "batch_size": batch_size,
        "dtype": dtype,
        "threads": threads,
        "microseconds": {name: median(each) for name, each in took.items()},
        "ratio": {name: median(each) for name, each in ratios.items()},
        "quartiles": {
            name: np.quantile(each, [0.25, 0.75]).tolist() for name, each in ratios.items()
        },
        "cost": costs,
        "relative_error": off,
        "missing": missing,
    }


def compare_all(rounds, cases, runs, without):
    """Measure every network, in both precisions with one thread, and with two."""
    draw, results = Random(0), []
    with tqdm(total=len(runs) * len(cases), unit="case") as bar:
        for dtype, threads in runs:
            first = (dtype, threads) == RUNS[0]
            names = [name for name in PEERS if name not in without]
            names = [name for name in names if first or name not in FIRST_RUN_ONLY]
            processes = {name: Process(name, threads) for name in names}
            try:
                for case in cases:
                    bar.set_postfix_str(f"{'-'.join(map(str, case[0]))} / {case[1]}, {dtype}")
                    results.append(compare(case, dtype, threads, rounds, processes, draw))
                    bar.update()
            finally:
                for process in processes.values():
                    process.end()
    return results


# ---- How it grows ----


def growth(rounds):
    """Time of a step against width, depth, batch and, for an epoch, the number of examples."""
    series = {
        "width": [((n, n, n), 32) for n in (8, 16, 32, 64, 128, 256, 512, 1024)],
        "depth": [((64,) * (n + 1), 32) for n in (1, 2, 4, 8, 16, 32)],
        "batch": [((64, 30, 10), n) for n in (1, 4, 16, 64, 256, 1024)],
    }
    at = {"width": lambda c: c[0][0], "depth": lambda c: len(c[0]) - 1, "batch": lambda c: c[1]}
    names = ("textbook", "sgd", "sgd, numba")
    processes, found = {name: Process(name, 1) for name in names}, {}
    took = {(kind, case, name): [] for kind in series for case in series[kind] for name in names}
    for _ in range(rounds):  # all of them in each, so that a slow moment bends no curve
        for kind, case, name in Random(0).sample(list(took), len(took)):
            processes[name].ask("begin", *case, "float64")
            processes[name].ask("check", CHECKED)
            took[kind, case, name].append(1e6 * processes[name].ask("time", TURN / 2)[0])
    for kind, cases in series.items():
        found[kind] = {"at": [at[kind](case) for case in cases]} | {
            name: [median(took[kind, case, name]) for case in cases] for name in names
        }
    for process in processes.values():
        process.end()
    sizes = [125, 250, 500, 1000, 2000, 4000, 8000]
    found["examples"] = {"at": sizes, "sgd": [epoch_of(n, rounds) for n in sizes]}
    for each in found.values():
        each["exponent"] = {
            name: fitted(each["at"], values) for name, values in each.items() if name in names
        }
    return found


def epoch_of(count, rounds):
    """Microseconds of an epoch of `sgd` as a reader calls it, measuring included."""
    from time import process_time

    rng = np.random.default_rng(count)
    x, y = rng.random((count, 64)).T, np.eye(10)[rng.integers(0, 10, count)].T
    net, took = Network.initialise([64, 30, 10]), []
    for _ in range(rounds):
        begin = process_time()
        sgd(net, x, y, epochs=2, batch_size=10, learning_rate=0.1)
        middle = process_time()
        sgd(net, x, y, epochs=4, batch_size=10, learning_rate=0.1)
        took.append((process_time() - middle - (middle - begin)) / 2)
    return 1e6 * median(took)


def fitted(at, values):
    """Exponent p of the power n^p that fits the upper half of the measurements best."""
    half = len(at) // 2
    return float(np.polyfit(np.log(at[half:]), np.log(values[half:]), 1)[0])


# ---- Memory, the start, the gradient check ----


def memory():
    """Bytes above the data that an epoch takes, and what it may take."""
    widths, batch_size, count = (784, 128, 64, 10), 64, 6400
    rng = np.random.default_rng(0)
    x, y = rng.random((count, 784)).T, np.eye(10)[rng.integers(0, 10, count)].T
    net = Network.initialise(widths)
    settings = {"epochs": 1, "batch_size": batch_size, "learning_rate": 0.1}
    sgd(net, x, y, **settings)
    tracemalloc.start()
    sgd(net, x, y, **settings)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {
        "widths": widths,
        "batch_size": batch_size,
        "peak": peak,
        "weights": 8 * net.n_parameters,
        "gradient": 8 * net.n_parameters,
        "activations": 8 * batch_size * (2 * sum(widths) - widths[0]),
        "batch": 8 * batch_size * (widths[0] + widths[-1]),
        "order": 8 * count,
    }


START = {
    "import numpy": "import numpy",
    "import backprop": "import backprop",
    "first network": """
from backprop import Network, data, sgd
digits = data.digits()
net = Network.initialise([16, 8, 4])
sgd(net, digits.x_train, digits.y_train, epochs=10, batch_size=10, learning_rate=3.0)
""",
    "import torch": "import torch",
    "import jax": "import jax.numpy",
}


def start(rounds):
    """Processor seconds of a new Python that does it, less those of one that does nothing."""
    import resource

    def seconds(program):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        env = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # else each of them compiles the package anew
        subprocess.run([sys.executable, "-c", program], check=True, env=env)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    took = {name: [] for name in START}
    for program in START.values():  # once, so that all is compiled and at hand
        seconds(program)
    for _ in range(rounds):
        nothing = seconds("")
        for name, program in START.items():
            took[name].append(seconds(program) - nothing)
    return {name: median(each) for name, each in took.items()}


def checks(rounds):
    """Processor seconds of a gradient check, for ten examples."""
    from time import process_time

    found = []
    for widths in ((16, 8, 4), (64, 30, 10), (784, 30, 10)):
        rng, took = np.random.default_rng(0), []
        net = Network.initialise(widths)
        x, y = rng.random((widths[0], 10)), rng.random((widths[-1], 10))
        for _ in range(rounds):
            begin = process_time()
            assert check_gradient(net, x, y).passed
            took.append(process_time() - begin)
        found.append({"widths": widths, "parameters": net.n_parameters, "seconds": median(took)})
    return found


# ---- What is told ----


def machine():
    """What it ran on, and which kernels computed the products."""
    np.ones((64, 64)) @ np.ones((64, 64))
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    blas = [each for each in threadpool_info() if each["user_api"] == "blas"]
    versions = ("numpy", "numba", "scikit-learn", "torch", "jax", "autograd", "micrograd")
    from importlib.metadata import version

    return {
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "blas": [
            f"{each['internal_api']} {each['version']}, {each['architecture']}" for each in blas
        ],
        "versions": {name: version(name) for name in versions},
    }


def table(results):
    """Ratios to textbook NumPy, a row a network and a column a peer."""
    names = [name for name in PEERS if name not in (REFERENCE, "cross-entropy")]
    lines = []
    for dtype, threads in dict.fromkeys((each["dtype"], each["threads"]) for each in results):
        lines += [
            "",
            f"{dtype}, {threads} thread{'s' * (threads > 1)}; textbook in µs, the rest ratios",
        ]
        lines.append(
            f"{'network / batch':26}{REFERENCE:>10}" + "".join(f"{n[:11]:>12}" for n in names)
        )
        for each in results:
            if (each["dtype"], each["threads"]) == (dtype, threads):
                name = f"{'-'.join(map(str, each['widths']))} / {each['batch_size']}"
                values = [each["ratio"].get(n) for n in names]
                cells = [f"{'–' if v is None else format(v, '.3g'):>12}" for v in values]
                lines.append(f"{name:26}{each['microseconds'][REFERENCE]:>10.1f}" + "".join(cells))
    return "\n".join(lines)


def missed(results):
    """Goals that this run has not met: with one thread, in both precisions."""
    wanted = {case: number for number, case in enumerate(CASES)}
    for each in results:
        if each["threads"] != 1:
            continue
        case, ratio = (tuple(each["widths"]), each["batch_size"]), each["ratio"]
        limits = {name: goals[wanted[case]] for name, goals in GOALS.items()}
        others = [ratio[name] for name in ONCE_A_STEP if name in ratio]
        for name in ratio.keys() & limits.keys():
            goal = limits[name]
            if name == "sgd, numba" and others:
                best = min(others) * (NOISE if case == CASES[-1] else 1)
                goal = best if goal is None else min(goal, best)
            if goal is not None and ratio[name] > goal:
                yield f"{name}, {case}, {each['dtype']}: {ratio[name]:.2f}, not {goal:.2f}"


def missed_elsewhere(found):
    """Goals besides the time of a step."""
    took = found["memory"]
    allowed = sum(took[name] for name in ("weights", "gradient", "activations", "batch", "order"))
    if took["peak"] > allowed:
        yield f"an epoch took {took['peak']:,} bytes, not {allowed:,}"
    ratio = found["start"]["import backprop"] / found["start"]["import numpy"]
    if ratio > 1.2:
        yield f"import backprop takes {ratio:.2f} times as long as import numpy, not 1.2"
    for each, limit in zip(found["checks"], (0.05, 0.05, 0.5), strict=True):
        if each["seconds"] > limit:
            yield f"a gradient check of {each['widths']} took {each['seconds']:.3f} s, not {limit}"


def main():
    """Measure, tell, store; fail if a goal is not met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="the more, the steadier")
    parser.add_argument("--cases", type=int, default=len(CASES), help="of the networks, the first")
    parser.add_argument("--runs", type=int, default=len(RUNS), help="of the precisions, the first")
    parser.add_argument("--without", nargs="*", default=(), help="peers to leave out")
    parser.add_argument("--folder", type=Path, help="where the results are put; here if it is all")
    options = parser.parse_args()
    parts = (options.cases < len(CASES), options.runs < len(RUNS), options.rounds < ROUNDS)
    folder = options.folder or (None if any(parts) or options.without else HERE)
    found = {"machine": machine(), "rounds": options.rounds}
    found["steps"] = compare_all(
        options.rounds, CASES[: options.cases], RUNS[: options.runs], options.without
    )
    few = max(2, options.rounds // 2)
    with threadpool_limits(1):
        found |= {"growth": growth(few), "memory": memory(), "checks": checks(few)}
    found["start"] = start(options.rounds)
    print(table(found["steps"]))
    print(
        json.dumps({key: found[key] for key in ("memory", "start", "checks", "machine")}, indent=1)
    )
    if folder:
        store(found, folder)
    else:
        print("\nThis was a part, so it is not stored; --folder names where to.")
    failures = [*missed(found["steps"]), *missed_elsewhere(found)]
    print("\n".join(["", *failures]) if failures else "\nEvery goal is met.")
    return bool(failures)


def store(found, folder):
    """Put the numbers and the picture into a folder, whole or not at all."""
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    (folder / "training.json.new").write_text(text, encoding="utf-8")
    picture(found, folder / "training.new.svg")
    (folder / "training.json.new").replace(folder / "training.json")
    (folder / "training.new.svg").replace(folder / "training.svg")


def picture(found, path):
    """Draw what the book draws."""
    import matplotlib.pyplot as plt

    from backprop import plotting

    plotting.use_book_style()
    steps = [each for each in found["steps"] if (each["dtype"], each["threads"]) == ("float64", 1)]
    names = [name for name in PEERS if name != "cross-entropy"]
    _, panels = plt.subplots(-(-len(steps) // 2), 2, figsize=(10, 1.9 * len(steps)), sharey=True)
    for ax, each in zip(panels.flat, steps, strict=False):
        ratios = {name: each["ratio"].get(name) for name in names}
        plotting.speed_ratios(ratios, ours=OURS, limits=(0.0008, 1000), ax=ax)
        ax.set_title(f"{'-'.join(map(str, each['widths']))}, batch {each['batch_size']}")
    plt.savefig(path)


if __name__ == "__main__":
    sys.exit(main())
