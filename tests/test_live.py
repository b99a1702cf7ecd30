"""The live figures without a browser: one truth in two languages, fresh bundles, still pictures."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import quickjs
import traitlets

from backprop import Network, accuracy, cost, forward, gradient, live, sgd
from backprop.colours import LIGHT
from backprop.live.base import (
    BUNDLES,
    LiveFigure,
    layers_as_lists,
    network_as_lists,
    rounded,
)

# A random network with a random learning rate may well climb; here only the arithmetic counts.
pytestmark = pytest.mark.filterwarnings("ignore::backprop.gradient_descent.DivergenceWarning")

FRONTEND = BUNDLES.parent / "frontend"
ROOT = Path(__file__).parents[1]
TOLERANCE = 1e-10
NAMES = ["sigmoid", "tanh", "relu", "identity"]
FIGURES = sorted(
    name for name in live.__all__ if (BUNDLES.parent / f"{live.module(name)}.py").exists()
)


class Core:
    """The JavaScript of core.js, called from here."""

    def __init__(self, source: str) -> None:
        self.context = quickjs.Context()
        self.context.eval(source)

    def __call__(self, function: str, *arguments: Any) -> Any:
        given = ",".join(json.dumps(argument) for argument in arguments)
        text = self.context.eval(f"JSON.stringify(backpropLive.core.{function}({given}))")
        return json.loads(text)


def source_of_core() -> str:
    """core.js as written, turned into a script that any engine can run."""
    text = (FRONTEND / "core.js").read_text(encoding="utf-8")
    names = re.findall(r"^export (?:function|const) (\w+)", text, flags=re.MULTILINE)
    script = re.sub(r"^export ", "", text, flags=re.MULTILINE)
    return (
        f"var backpropLive = {{core: (() => {{ {script}\nreturn {{ {', '.join(names)} }}; }})()}};"
    )


@pytest.fixture(scope="module")
def core() -> Core:
    return Core((BUNDLES / "live-core.js").read_text(encoding="utf-8"))


def random_case(seed: int) -> tuple[Network, np.ndarray, np.ndarray]:
    """A network of any depth, width and mixture of activations, with a batch of examples."""
    rng = np.random.default_rng(seed)
    widths = rng.integers(1, 9, size=rng.integers(2, 7)).tolist()
    names = rng.choice(NAMES, size=len(widths) - 1).tolist()
    net = Network.initialise(widths, names, rng=rng)
    net = net.with_parameters(net.parameters + 0.3 * rng.standard_normal(net.n_parameters))
    m = int(rng.integers(1, 8))
    x = rng.standard_normal((widths[0], m))
    classes = rng.integers(0, widths[-1], size=m)
    return net, x, np.eye(widths[-1])[:, classes]


def differences(core: Core, seed: int) -> float:
    """The largest difference between the two sides for one random case, relative where large."""
    net, x, y = random_case(seed)
    ours = network_as_lists(net)
    xs, ys = x.T.tolist(), y.T.tolist()
    trace = forward(net, x)
    traces = [core("forward", ours, example) for example in xs]
    rate, batch = 0.1, 3
    order = np.random.default_rng(seed).permutation(len(xs)).tolist()
    options = {"order": order, "batchSize": batch, "learningRate": rate}
    learned = sgd(net, x, y, epochs=1, batch_size=batch, learning_rate=rate, rng=seed).network
    dC = gradient(net, x, y)
    stepped = [
        (W - rate * dW, b - rate * db) for (W, b), (dW, db) in zip(net.layers, dC, strict=True)
    ]
    pairs = [
        ([[each["z"][l] for each in traces] for l in range(len(trace.z))], [z.T for z in trace.z]),
        ([[each["a"][l] for each in traces] for l in range(len(trace.a))], [a.T for a in trace.a]),
        (core("cost", ours, xs, ys), cost(net, x, y)),
        (core("accuracy", ours, xs, ys), accuracy(net, x, y) if y.shape[0] > 1 else 1.0),
        (core("gradient", ours, xs, ys), layers_as_lists(dC)),
        (core("step", ours, layers_as_lists(dC), rate)["layers"], layers_as_lists(stepped)),
        (core("sgdEpoch", ours, xs, ys, options)["layers"], layers_as_lists(learned.layers)),
    ]
    return max(difference(one, rounded(other, 17)) for one, other in pairs)


def difference(one: Any, other: Any) -> float:
    """Largest difference between two nests of numbers of the same shape."""
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        return max(difference(one[key], other[key]) for key in one)
    if isinstance(one, list):
        assert len(one) == len(other)
        return max((difference(*pair) for pair in zip(one, other, strict=True)), default=0.0)
    return abs(one - other) / max(1.0, abs(other))


@pytest.mark.parametrize("first", range(0, 400, 50))
def test_core_agrees_with_the_package(core: Core, first: int) -> None:
    worst = max(differences(core, seed) for seed in range(first, first + 50))
    assert worst < TOLERANCE


def test_core_source_agrees_too() -> None:
    assert max(differences(Core(source_of_core()), seed) for seed in range(30)) < TOLERANCE


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("a * (1 - a)", "a"),
        ("1 - a * a", "1 - a"),
        ("(z > 0 ? 1 : 0)", "1"),
        ("0.5 * (1 + Math.tanh(0.5 * z))", "0.5 * (1 + Math.tanh(z))"),
        ("(2 / m)", "2"),
        ("(2 / m)", "(1 / m)"),
        ("back[k] += row[k] * delta[j]", "back[k] += row[k]"),
        ("let sum = b[j]", "let sum = 0"),
        ("sum[l].b[j] += d", "sum[l].b[j] = d"),
        ("sum / xs.length", "sum"),
        ("w - rate * dC[l].W[j][k]", "w + rate * dC[l].W[j][k]"),
        ("b[j] -= dC[l].b[j]", "b[j] -= 0"),
        ("start += batchSize", "start += batchSize + 1"),
        ("=== argmax(ys[i])", "!== argmax(ys[i])"),
    ],
)
def test_a_broken_core_is_found_out(right: str, wrong: str) -> None:
    source = source_of_core()
    assert source.count(right) == 1
    broken = Core(source.replace(right, wrong))
    assert max(differences(broken, seed) for seed in range(30)) > 1e-4


@pytest.mark.parametrize(
    ("module", "name", "wrong"),
    [
        ("backpropagation", "quadratic_prime", lambda a, y: a - y),
        ("costs", "quadratic", lambda a, y: float(((a - y) ** 2).sum())),
    ],
)
def test_a_broken_package_is_found_out(
    core: Core, monkeypatch: pytest.MonkeyPatch, module: str, name: str, wrong: Callable[..., Any]
) -> None:
    monkeypatch.setattr(import_module(f"backprop.{module}"), name, wrong)
    assert max(differences(core, seed) for seed in range(10)) > 1e-4


def test_chance_in_javascript_is_the_same_everywhere(core: Core) -> None:
    core.context.eval("var next = backpropLive.core.random(7)")
    draw = [core.context.eval("next()") for _ in range(1000)]
    assert draw == mulberry32(7, 1000)
    assert all(0 <= each < 1 for each in draw)
    assert abs(np.mean(draw) - 0.5) < 0.03
    order = json.loads(core.context.eval("JSON.stringify(backpropLive.core.permutation(50, next))"))
    assert sorted(order) == list(range(50)) != order
    normal = [core.context.eval("backpropLive.core.normal(next)") for _ in range(4000)]
    assert abs(np.mean(normal)) < 0.06
    assert abs(np.std(normal) - 1) < 0.06


def mulberry32(state: int, count: int) -> list[float]:
    """The generator of core.js, written in Python."""
    result = []
    for _ in range(count):
        state = (state + 0x6D2B79F5) % 2**32
        t = (state ^ state >> 15) * (state | 1) % 2**32
        t ^= (t + (t ^ t >> 7) * (t | 61)) % 2**32
        result.append((t ^ t >> 14) / 2**32)
    return result


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("1", "1.5", 1 / 3),
        ("[1, [2]]", "[1, [2.25]]", 1 / 9),
        ("{a: 1}", "{a: 1}", 0),
        ("[1, 2]", "[1]", float("inf")),
        ("NaN", "1", float("inf")),
        ("[1]", "1", float("inf")),
        ("null", "1", float("inf")),
    ],
)
def test_largest_difference(core: Core, one: str, other: str, expected: float) -> None:
    found = core.context.eval(f"backpropLive.core.largestDifference({one}, {other})")
    assert found == pytest.approx(expected)


# ---- bundles ----


def stale(bundle: Path, frontend: Path) -> list[str]:
    """Say what is wrong with a bundle; an empty list is a fresh one."""
    first = bundle.read_text(encoding="utf-8").split("\n", 1)[0]
    header = re.fullmatch(r"/\*! sources (.+) sha256 ([0-9a-f]{64}) \*/", first)
    if header is None:
        return [f"{bundle.name} does not begin with its sources and their hash"]
    digest = hashlib.sha256()
    for source in header[1].split():
        digest.update(f"{source}\n".encode() + (frontend / source).read_bytes())
    return [] if digest.hexdigest() == header[2] else [f"{bundle.name}: run npm run build"]


@pytest.mark.parametrize("bundle", sorted(BUNDLES.iterdir()), ids=lambda path: path.name)
def test_bundle_is_fresh(bundle: Path) -> None:
    assert stale(bundle, FRONTEND) == []


def test_what_sets_the_mathematics_is_fresh() -> None:
    assert stale(ROOT / "code/bookkit/vendor/mathjax/typeset.js", FRONTEND) == []


def test_a_stale_bundle_is_found_out(tmp_path: Path) -> None:
    bundle = BUNDLES / "live-core.js"
    (tmp_path / "core.js").write_bytes((FRONTEND / "core.js").read_bytes())
    assert stale(bundle, tmp_path) == []
    (tmp_path / "core.js").write_bytes((FRONTEND / "core.js").read_bytes() + b"\n")
    assert stale(bundle, tmp_path) != []


def test_every_figure_has_its_bundle_and_every_bundle_its_figure() -> None:
    sources = {f"live-{source.stem}.js" for source in (FRONTEND / "figures").glob("*.js")}
    assert {bundle.name for bundle in BUNDLES.iterdir()} == sources | {"live-core.js", "live.css"}
    modules = {f"live-{live.module(name)}.js" for name in FIGURES}
    assert sources == modules


def test_bundles_are_small_and_ask_nobody() -> None:
    for bundle in BUNDLES.iterdir():
        text = bundle.read_text(encoding="utf-8")
        assert len(text) < 40_000, bundle.name
        hosts = set(re.findall(r"https?://([\w.-]+)", text))
        assert hosts <= {"www.w3.org"}, bundle.name


def test_the_lockfile_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text(encoding="utf-8")


# ---- every figure ----


@pytest.fixture(scope="module", params=FIGURES)
def figure(request: pytest.FixtureRequest) -> LiveFigure:
    made: LiveFigure = getattr(live, request.param)()
    return made


@pytest.fixture(scope="module")
def outputs(figure: LiveFigure) -> dict[str, str]:
    """What a notebook stores of a figure, drawn once for all tests."""
    bundle: dict[str, str] = figure._repr_mimebundle_()[0]
    return bundle


def state_of(text: str) -> dict[str, Any]:
    found = re.search(r"data-state='([^']*)'", text)
    assert found
    state: dict[str, Any] = json.loads(html.unescape(found[1]))
    return state


def test_still_picture(figure: LiveFigure, outputs: dict[str, str]) -> None:
    text = outputs["text/html"]
    still = text[text.index("<svg") :]
    assert len(still) < 80_000
    assert f'role="img" aria-label="{html.escape(figure.alt)}"' in still
    assert len(figure.alt) > 40
    assert f"var(--nt-ink, {LIGHT.ink})" in still or f"var(--nt-muted, {LIGHT.muted})" in still
    ids = re.findall(r' id="([^"]*)"', still)
    assert len(ids) == len(set(ids))
    assert all(each.startswith(f"{figure.key}-") for each in ids)
    assert "<style" not in still
    assert set(re.findall(r"https?://([\w.-]+)", text)) <= {"www.w3.org"}
    assert text.count("'") == 2, "an apostrophe would end the attribute"


@pytest.mark.unmeasured  # which takes longer than the test; what it reaches, others reach too
def test_outputs_are_the_same_every_time(figure: LiveFigure, outputs: dict[str, str]) -> None:
    first = outputs
    second, _ = type(figure)()._repr_mimebundle_()
    for mime in ("text/html", "text/plain", "application/pdf"):
        assert re.sub(rf"\b{figure.figure}-\d+\b", figure.figure, first[mime]) == re.sub(
            rf"\b{figure.figure}-\d+\b", figure.figure, second[mime]
        )
    assert base64.b64decode(first["application/pdf"]).startswith(b"%PDF")
    assert first["text/plain"].startswith(f"{type(figure).__name__}(")


def checker(figure: LiveFigure) -> Callable[[str, str], float]:
    """The figure's own check of Python's numbers, from its committed bundle.

    It is given the numbers, and the way to one of them that is to be changed, if any.
    """
    context = quickjs.Context()
    context.eval((BUNDLES / f"live-{figure.figure}.js").read_text(encoding="utf-8"))
    check: Callable[[str, str], float] = context.eval(
        f"""(text, way) => {{
            const truth = JSON.parse(text);
            const keys = JSON.parse(way);
            const last = keys.pop();
            if (last !== undefined) keys.reduce((nest, key) => nest[key], truth)[last] += 1e-3;
            return backpropLive.{figure.figure}.default.check(truth);
        }}"""
    )
    return check


def test_page_computes_what_the_package_computes(
    figure: LiveFigure, outputs: dict[str, str]
) -> None:
    truth = state_of(outputs["text/html"])["_truth"]
    assert checker(figure)(json.dumps(truth), "[]") < TOLERANCE


@pytest.mark.unmeasured
def test_a_wrong_number_is_found_out(figure: LiveFigure, outputs: dict[str, str]) -> None:
    truth = state_of(outputs["text/html"])["_truth"]
    check, text = checker(figure), json.dumps(truth)
    numbers = [place for place in places(truth) if isinstance(at(truth, place), float)]
    assert numbers
    noticed = [check(text, json.dumps(place)) > 1e-9 for place in numbers]
    assert sum(noticed) > len(numbers) / 4


def places(nest: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to every leaf of a nest of lists and dicts."""
    if isinstance(nest, dict | list):
        keys = nest.keys() if isinstance(nest, dict) else range(len(nest))
        return [place for key in keys for place in places(nest[key], (*before, key))]
    return [before]


def at(nest: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        nest = nest[key]
    return nest


def test_settings_reach_the_page() -> None:
    neuron = live.Neuron(w=3.5, activation="tanh")
    state = state_of(neuron._repr_html_())
    assert (state["w"], state["activation"]) == (3.5, "tanh")
    assert neuron.key.startswith("neuron")
    assert repr(neuron) == "Neuron(activation='tanh', b=-1.0, pair=0, w=3.5, x=2.0)"
    assert neuron.a == pytest.approx(np.tanh(6))


def test_playground_says_where_its_hidden_layer_takes_the_examples() -> None:
    made = live.Playground(data="spiral", hidden=[8, 4], activation="tanh", axes=[3, 1], epoch=2)
    hidden = forward(made.network, made.examples[0]).a[-2]
    assert np.array_equal(made.moved, hidden[[3, 1]])
    made.hidden = [8, 3]  # without a neuron 3: the first two
    hidden = forward(made.network, made.examples[0]).a[-2]
    assert np.array_equal(made.moved, hidden[:2])
    for hidden_widths in ([], [4, 1]):
        with pytest.raises(ValueError, match="two neurons of the last hidden layer"):
            _ = live.Playground(data="xor", hidden=hidden_widths).moved


@pytest.mark.parametrize("axes", [[1, 1], [0, 16], [-1, 0], [0], [0, 1, 2]])
def test_playground_wants_two_different_neurons(axes: list[int]) -> None:
    with pytest.raises(traitlets.TraitError, match="axes"):
        live.Playground(axes=axes)


@pytest.mark.parametrize(
    "settings",
    [
        {"data": "xor", "hidden": [2], "batch_size": 5},
        {"data": "moons", "hidden": [8, 2], "activation": "tanh", "learning_rate": 0.3},
        {"data": "moons", "hidden": [8], "activation": "relu", "learning_rate": 0.3},
        {"data": "spiral", "hidden": [8, 8, 2], "activation": "tanh", "learning_rate": 1.0},
        {"data": "spiral", "hidden": [], "learning_rate": 1.0},
    ],
    ids=lambda settings: f"{settings['data']}-{settings['hidden']}",
)
def test_playground_in_the_plane_has_a_still_picture(settings: dict[str, Any]) -> None:
    made = live.Playground(**settings)
    text = made._repr_html_()
    still = text[text.index("<svg") :]
    assert len(still) < 80_000
    assert ("as the last hidden layer hands them on" in made.alt) == bool(settings["hidden"])
    # The picture of two neurons, and with it the second border, is there where it can be.
    lines = len(made.static().axes)
    assert lines == (4 if settings["hidden"] else 3)


def test_numbers_in_the_still_picture_are_not_cut() -> None:
    assert ">slope 0.045<" in live.Neuron()._repr_html_()


def test_unknown_figure() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Neurone'"):
        _ = live.Neurone


def test_a_figure_without_its_parts_says_so() -> None:
    class Bare:
        pass

    for part in ("static", "truth"):
        with pytest.raises(NotImplementedError, match="Bare must"):
            getattr(LiveFigure, part)(Bare())
    with pytest.raises(NotImplementedError, match="Bare must say"):
        LiveFigure.alt.fget(Bare())
