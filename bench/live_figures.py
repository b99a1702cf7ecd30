"""How fast the live figures answer, how soon they are awake, and what the first chapter weighs.

    make bench-live                                   # all figures, stored in live_figures.md
    .venv/bin/python bench/live_figures.py neuron     # one of them, shown only

Needs what ``make test-browser`` installs: Playwright and a Chromium.  Leave the machine alone while
it runs: other programs at work show up in every number.  The first row, an empty page with a
slider, says what the machine and the browser take by themselves, and the load says how busy the
machine was.

Answer: the time from a real input (the pointer moves, a key or a button is pressed) to the end of
the first frame that shows what has changed; median and 95th percentile.  Awake: the time from
opening a page with an empty cache until its first figure answers, and until all of them do.  Both
on a processor slowed down four times.
"""

import argparse
import os
import platform
import re
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from playwright.sync_api import Browser, CDPSession, Locator, Page, sync_playwright

from bookkit import chromium
from bookkit.weight import transferred

SLOWER = 4
PATIENCE = 120_000  # milliseconds
FIRST_CHAPTER = "chapters/01_network_assumptions.html"
# What is fetched for a page, by what it is for; the first pattern that fits counts.
KINDS = {
    "the text, with its formulas and still pictures": r"/chapters/",
    "live figures": r"/live|anyhost",
    "pictures": r"/_images/",
    "fonts and style of the mathematics": r"mathjax|mathematics",
    "the theme: styles, scripts, icons": "",
}
EMPTY = """<!doctype html><meta name="viewport" content="width=device-width"><title>Empty</title>
<div class="live-figure" data-figure="empty"><input type="range" style="width: 20rem"></div>
<script>
    performance.mark("awake: empty");
    document.documentElement.dataset.liveFigures = "ready";
</script>"""

# When the page's figures were awake, in milliseconds after the page was asked for.
AWAKE = """() => performance.getEntriesByType("mark")
    .filter(({ name }) => name.startsWith("awake: ")).map(({ startTime }) => startTime)"""

# From the first event of an input to the end of the first frame in which the figure has changed.
# What is asked of requestAnimationFrame is drawn at a frame's start; a message that is sent then
# arrives after style, layout and paint. An input that changes nothing for so many frames has no
# answer.
LISTEN = """([kinds, selector, mayStay, frames]) => {
    window.answers = [];
    const { port1, port2 } = new MessageChannel();
    const everything = { attributes: true, characterData: true, childList: true, subtree: true };
    const figure = document.querySelector(selector);
    let [from, changed, left] = [null, false, 0];
    const watch = new MutationObserver(() => {
        changed = true;
        watch.disconnect(); // one change is enough, and watching takes time
    });
    const wait = () => requestAnimationFrame(() => port2.postMessage(0));
    port1.onmessage = () => {
        if (!changed && --left) return wait();
        if (changed) window.answers.push(performance.now() - from);
        from = null;
    };
    const heard = ({ timeStamp }) => {
        if (from !== null) return;
        [from, changed, left] = [timeStamp, mayStay, frames];
        watch.observe(figure, everything);
        wait();
    };
    for (const kind of kinds) addEventListener(kind, heard, { capture: true, passive: true });
}"""
PATIENT_FRAMES = 5

# Runs the playground and counts; the first button of its stepper starts and stops it.
TRAIN = """async (seconds) => {
    const figure = document.querySelector(".nt-playground");
    const epoch = () => Number(/epoch (\\d+)/.exec(figure.innerText)[1]);
    const [run] = figure.querySelectorAll(".nt-stepper button");
    run.click();
    await new Promise(requestAnimationFrame);
    const from = epoch(), start = performance.now();
    let frames = 0;
    while (performance.now() - start < 1000 * seconds) {
        await new Promise(requestAnimationFrame);
        frames++;
    }
    const took = (performance.now() - start) / 1000;
    run.click();
    return [frames / took, (epoch() - from) / frames];
}"""

Inputs = Callable[[Page, Locator], Iterator[None]]
# What begins an input; of a click with the pointer it is the end, since nothing happens before.
BEGINNINGS = ["pointermove", "pointerup", "keydown"]


def dragging(selector: str = "input[type=range]", reach: float = 0) -> Inputs:
    """Drag along an element, or from its middle so many pixels to the right: a move an input."""

    def inputs(page: Page, figure: Locator) -> Iterator[None]:
        target = figure.locator(selector).first
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box
        y = box["y"] + box["height"] / 2
        middle = box["x"] + box["width"] / 2
        start, width = (
            (middle, reach) if reach else (box["x"] + 0.1 * box["width"], 0.8 * box["width"])
        )
        page.mouse.move(middle, y)
        page.mouse.down()
        for i in range(10**6):
            # An odd number of places, and no two moves to the same.
            page.mouse.move(start + width * abs((7 * i) % 62 - 31) / 31, y)
            yield

    return inputs


def pointing(selector: str) -> Inputs:
    """Point at one element after another."""

    def inputs(page: Page, figure: Locator) -> Iterator[None]:
        targets = [each for each in figure.locator(selector).all() if each.is_visible()]
        targets[0].scroll_into_view_if_needed()
        places = [box for each in targets if (box := each.bounding_box())]
        for i in range(10**6):
            box = places[i % len(places)]
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            yield

    return inputs


def keys(selector: str, *names: str) -> Inputs:
    """Press keys on an element."""

    def inputs(page: Page, figure: Locator) -> Iterator[None]:
        figure.locator(selector).first.focus()
        for i in range(10**6):
            page.keyboard.press(names[i % len(names)])
            yield

    return inputs


def pressing(*names: str) -> Inputs:
    """Press buttons with the pointer, by their names."""

    def inputs(page: Page, figure: Locator) -> Iterator[None]:
        buttons = [figure.get_by_role("button", name=name, exact=True) for name in names]
        buttons[0].scroll_into_view_if_needed()
        # Their places are found once: looking for a name takes longer than what is measured.
        places = [box for each in buttons if (box := each.bounding_box())]
        for i in range(10**6):
            box = places[i % len(places)]
            # The pointer comes first, and is no input.
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.wait_for_timeout(200)
            page.mouse.down()
            page.mouse.up()
            yield

    return inputs


# What a reader does most with each figure.
WAYS: dict[str, dict[str, Inputs]] = {
    "empty": {"drag": dragging()},
    "neuron": {"drag a slider": dragging(), "drag a knob": dragging("[role=slider]")},
    "digit_network": {
        "paint by keys": keys(".nt-pixel", *"0123456789"),
        "point at neurons": pointing(".nt-node[aria-label*=hidden]"),
    },
    "descent": {"drag a slider": dragging(), "drag the start": dragging("g[role=slider]")},
    "nudge": {"drag a slider": dragging(), "drag the knob": dragging("g[role=slider]")},
    "wishes": {"point at neurons": pointing("[role=button][aria-label*='hidden neuron']")},
    "chain": {"drag a slider": dragging()},
    "indices": {"drag a slider": dragging(), "point at weights": pointing("[aria-label^='w']")},
    "paths": {"drag along the sum": dragging("[role=slider]", 250)},
    "step_by_step": {"next and back": pressing("Next", "Back")},
    "playground": {"one epoch": pressing("One epoch")},
}


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[tuple[Page, CDPSession]]:
    """Open a page with an empty cache on a processor that is slowed down."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    try:
        page.goto("about:blank")
        page.goto(address, wait_until="commit")
        yield page, session
    finally:
        context.close()


def wait_awake(page: Page) -> list[float]:
    """Wait for a page's figures; give the seconds until the first and until the last was awake."""
    page.wait_for_selector("html[data-live-figures=ready]", state="attached")
    marks = page.evaluate(AWAKE)
    return [min(marks) / 1000, max(marks) / 1000]


def time_awake(browser: Browser, address: str, loads: int) -> list[float]:
    """Take the median times, in seconds, until the first and the last figure are awake."""
    found = []
    for _ in range(loads):
        with opened(browser, address) as (page, _session):
            found.append(wait_awake(page))
    return [statistics.median(times) for times in zip(*found, strict=True)]


def come_to(page: Page, name: str) -> None:
    """Scroll to a figure, and wait until what is laid out only now around it moves it no more."""
    figure = page.locator(f'.live-figure[data-figure="{name}"]').first
    for _ in range(3):
        figure.scroll_into_view_if_needed()
        page.wait_for_timeout(400)


def answers(page: Page, name: str, way: str, moves: int) -> list[float]:
    """Make so many inputs at uneven moments, and time the answer to each, in milliseconds."""
    uneven = Random(0)
    selector = f'.live-figure[data-figure="{name}"]'
    made = WAYS[name][way](page, page.locator(selector).first)
    next(made)
    # A native slider moves without a change to the document.
    page.evaluate(LISTEN, [BEGINNINGS, selector, name == "empty", PATIENT_FRAMES])
    for _ in range(moves):
        next(made)
        page.wait_for_timeout(uneven.uniform(30, 70))
    page.wait_for_timeout(300)
    page.mouse.up()
    answered: list[float] = page.evaluate("window.answers")
    if len(answered) < moves / 2:
        raise RuntimeError(f"{name}, {way}: of {moves} inputs only {len(answered)} were answered")
    return answered


def pages_of(book: Path, wanted: list[str]) -> dict[str, str]:
    """Find the first page of the book that shows each figure."""
    found: dict[str, str] = {}
    for page in sorted(book.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        for name in WAYS:
            if f'data-figure="{name}"' in text:
                found.setdefault(name, page.relative_to(book).as_posix())
    missing = [name for name in wanted or list(WAYS)[1:] if name not in found]
    if missing:
        print(f"The book in {book} does not show: {', '.join(missing)}.\n")
    return {name: found[name] for name in (wanted or WAYS) if name in found}


def row(*cells: str) -> str:
    """Write one line of a table."""
    return f"| {' | '.join(cells)} |"


def measure(
    browser: Browser, address: str, name: str, moves: int, loads: int
) -> Iterator[tuple[str, ...]]:
    """Measure one figure: a line a way of using it."""
    first, last = time_awake(browser, address, loads)
    for way in WAYS[name]:
        with opened(browser, address) as (page, session):
            wait_awake(page)
            come_to(page, name)
            times = answers(page, name, way, moves)
            ninety_fifth = statistics.quantiles(times, n=20)[-1]
            yield (
                name,
                way,
                f"{statistics.median(times):.1f}",
                f"{ninety_fifth:.1f}",
                f"{first:.2f}",
                f"{last:.2f}",
            )
            if name == "playground":
                session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
                frames, epochs = page.evaluate(TRAIN, 4)
                way = f"train, not slowed down: {frames:.0f} frames a second"
                yield name, f"{way}, {epochs:.2f} epochs a frame", "", "", "", ""


def processor() -> str:
    """Name the processor, as far as the system tells."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.is_file() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{models[0] if models else platform.processor() or platform.machine()}"


def circumstances(browser: Browser) -> Iterator[str]:
    """Say where and when this was measured."""
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    yield f"{datetime.now(UTC):%Y-%m-%d}, {processor()}, {os.cpu_count()} processors."
    yield f"{platform.system()} {platform.machine()}, Chromium {browser.version}, no graphics card."
    yield f"The processor is slowed down {SLOWER} times; load of the machine at the start: {busy}."


def weighed(sizes: dict[str, float]) -> Iterator[str]:
    """Tell what the first chapter transfers, by what it is for."""
    groups = dict.fromkeys(KINDS, 0.0)
    for address, size in sizes.items():
        groups[next(kind for kind, pattern in KINDS.items() if re.search(pattern, address))] += size
    yield f"The first chapter transfers {sum(sizes.values()):.0f} kB, compressed:"
    yield ""
    yield row("what", "kB")
    yield row("---", "---:")
    for kind, size in sorted(groups.items(), key=lambda item: -item[1]):
        yield row(kind, f"{size:.0f}")


def report(browser: Browser, served: str, beside: str, pages: dict[str, str], chosen: Any) -> Any:
    """Measure everything, line by line."""
    yield "# How fast the live figures are"
    yield ""
    yield "Measured by `make bench-live`; `live_figures.py` says how, and what each number is."
    yield ""
    yield from circumstances(browser)
    yield ""
    yield row("figure", "input", "median ms", "95 % ms", "first awake s", "all awake s")
    yield row("---", "---", "---:", "---:", "---:", "---:")
    for line in measure(browser, f"{beside}/empty.html", "empty", chosen.moves, chosen.loads):
        yield row(*line)
    for name, page in pages.items():
        for line in measure(browser, f"{served}/{page}", name, chosen.moves, chosen.loads):
            yield row(*line)
    yield ""
    yield from weighed(transferred(browser, f"{served}/{FIRST_CHAPTER}"))


def main() -> None:
    """Measure what the command line names, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("figures", nargs="*", help="names of figures (all)")
    parser.add_argument("--book", type=Path, default=Path(__file__).parents[1] / "_build" / "html")
    parser.add_argument("--moves", type=int, default=120, help="inputs a figure (%(default)s)")
    parser.add_argument("--loads", type=int, default=5, help="times a page is opened (%(default)s)")
    parser.add_argument("--store", type=Path, help="a file for the result (none)")
    chosen = parser.parse_args()
    if unknown := set(chosen.figures) - set(WAYS):
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    if not (chosen.book / FIRST_CHAPTER).is_file():
        parser.error(f"no book in {chosen.book}: run make book first")
    try:
        path = chromium.find()
    except FileNotFoundError as error:
        parser.error(str(error))
    pages = pages_of(chosen.book, chosen.figures)
    with (
        tempfile.TemporaryDirectory() as empty,
        chromium.serve(chosen.book, compressed=True) as served,
        chromium.serve(Path(empty)) as beside,
        sync_playwright() as playwright,
    ):
        (Path(empty) / "empty.html").write_text(EMPTY, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        lines = []
        for line in report(browser, served, beside, pages, chosen):
            print(line, flush=True)
            lines.append(line)
        browser.close()
    if chosen.store:
        chosen.store.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
