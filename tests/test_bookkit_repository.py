"""The pages point at the repository that they were built from."""

import pytest

from bookkit.repository import BUTTONS, address, theme_options

OPTIONS = {"launch_buttons": {"binderhub_url": "https://mybinder.org"}, "show_toc_level": 2}


def test_a_fork_gets_its_own_address():
    environment = {"GITHUB_REPOSITORY": "someone/fork", "GITHUB_REF_NAME": "spring"}
    assert address(environment) == ("https://github.com/someone/fork", "spring")


def test_another_server_is_respected():
    environment = {"GITHUB_REPOSITORY": "a/b", "GITHUB_SERVER_URL": "https://git.example.org"}
    assert address(environment) == ("https://git.example.org/a/b", "main")


def test_a_proposed_change_points_at_its_own_branch():
    environment = {
        "GITHUB_REPOSITORY": "a/b",
        "GITHUB_REF_NAME": "12/merge",
        "GITHUB_HEAD_REF": "better-figure",
    }
    assert address(environment) == ("https://github.com/a/b", "better-figure")


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
    options = theme_options(("https://github.com/someone/fork", "spring"), OPTIONS)
    assert options["repository_url"] == "https://github.com/someone/fork"
    assert options["repository_branch"] == "spring"
    assert all(options[button] for button in BUTTONS)
    assert options["launch_buttons"] == OPTIONS["launch_buttons"]
