"""The pages point at the repository that they were built from."""

import pytest

from bookkit.repository import BUTTONS, COPIES, Address, address, launch_links, theme_options

COMMIT = "0123456789abcdef0123456789abcdef01234567"
OPTIONS = {"launch_buttons": {"binderhub_url": "https://mybinder.org"}, "show_toc_level": 2}


def test_a_fork_gets_its_own_address():
    environment = {"GITHUB_REPOSITORY": "someone/fork", "GITHUB_REF_NAME": "spring"}
    where = address({**environment, "GITHUB_SHA": COMMIT})
    assert where == Address(
        server="https://github.com",
        name="someone/fork",
        branch="spring",
        commit=COMMIT,
        pages="https://someone.github.io/fork/",
    )
    assert where.url == "https://github.com/someone/fork"
    assert where.archive == f"https://github.com/someone/fork/archive/{COMMIT}.zip"
    assert address(environment).archive.endswith("/archive/spring.zip")


@pytest.mark.parametrize(
    ("more", "pages"),
    [
        ({"GITHUB_REPOSITORY": "Some/x"}, "https://some.github.io/x/"),
        ({"GITHUB_REPOSITORY": "Some/some.github.io"}, "https://some.github.io/"),
        ({"GITHUB_REPOSITORY": "a/b", "PAGES_URL": "https://b.org"}, "https://b.org/"),
        ({"GITHUB_REPOSITORY": "a/b", "PAGES_URL": "https://b.org/c/"}, "https://b.org/c/"),
    ],
)
def test_pages_are_where_github_puts_them_or_says_they_are(more, pages):
    assert address(more).pages == pages


def test_another_server_is_respected():
    environment = {"GITHUB_REPOSITORY": "a/b", "GITHUB_SERVER_URL": "https://git.example.org"}
    where = address(environment)
    assert (where.url, where.branch) == ("https://git.example.org/a/b", "main")


def test_a_proposed_change_points_at_its_own_branch():
    environment = {
        "GITHUB_REPOSITORY": "a/b",
        "GITHUB_REF_NAME": "12/merge",
        "GITHUB_HEAD_REF": "better-figure",
    }
    assert address(environment).branch == "better-figure"


@pytest.mark.parametrize("environment", [{}, {"GITHUB_REPOSITORY": ""}])
def test_elsewhere_there_is_no_address(environment):
    assert address(environment) is None


@pytest.mark.parametrize("name", ["fork", "a/b/c", "a b/c", "https://x/y"])
def test_a_name_that_is_no_repository_stops_the_build(name):
    with pytest.raises(ValueError, match="owner/name"):
        address({"GITHUB_REPOSITORY": name})


def test_without_an_address_no_button_needs_one():
    options = theme_options(None, OPTIONS)
    assert options["launch_buttons"] == {}
    assert options["repository_url"] == ""
    assert not any(options[button] for button in BUTTONS)
    assert options["show_toc_level"] == 2
    assert OPTIONS["launch_buttons"], "the options given stay as they were"


def test_with_an_address_all_buttons_use_it():
    where = address({"GITHUB_REPOSITORY": "someone/fork", "GITHUB_REF_NAME": "spring"})
    options = theme_options(where, OPTIONS)
    assert options["repository_url"] == "https://github.com/someone/fork"
    assert options["repository_branch"] == "spring"
    assert all(options[button] for button in BUTTONS)
    assert options["launch_buttons"] == OPTIONS["launch_buttons"]


def test_binder_starts_the_commit_and_colab_the_copy():
    run = {"GITHUB_REPOSITORY": "a/b", "GITHUB_REF_NAME": "feature/x", "GITHUB_SHA": COMMIT}
    binder = "https://mybinder.org/v2/gh/a/b/feature/x?urlpath=lab/tree/chapters/c.ipynb"
    colab = "https://colab.research.google.com/github/a/b/blob/feature/x/chapters/c.ipynb"
    buttons = [{"text": "Binder", "url": binder}, {"text": "Colab", "url": colab}]
    launch_links(address(run), [{"label": "launch-buttons", "buttons": buttons}, {"label": "x"}])
    assert buttons[0]["url"] == binder.replace("feature/x", COMMIT)
    assert buttons[1]["url"] == colab.replace("feature/x", COPIES)
