"""The content-security policy of a page: its own scripts by hash, and nothing of strangers."""

import base64
import hashlib

from bookkit.policy import policy, with_policy

PAGE = """<html>
  <head>
    <meta charset="utf-8" />
    <script src="_static/x.js"></script>
    <script>let own = 1;</script>
    <script type="application/ld+json">{"data": 1}</script>
  </head>
  <body><script data-x="y">let other = 2;</script><script>let own = 1;</script></body>
</html>
"""


def digest(script):
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def rules(page):
    return dict(rule.split(" ", 1) for rule in policy(page).split("; "))


def test_scripts_that_are_written_out_are_named_by_their_hash():
    named = rules(PAGE)["script-src"].split()
    assert named == ["'self'", "file:", digest("let own = 1;"), digest("let other = 2;")]


def test_what_is_not_named_is_refused():
    held = rules(PAGE)
    assert held["default-src"] == held["base-uri"] == "'none'"
    assert "unsafe" not in held["script-src"]
    assert not any("http" in rule or "*" in rule for rule in held.values())


def test_the_policy_comes_before_what_it_rules_and_only_once():
    page = with_policy(PAGE)
    assert page.index("Content-Security-Policy") < page.index("<script")
    assert page.index("charset") < page.index("Content-Security-Policy")
    assert with_policy(page) == page


def test_a_page_without_a_charset_gets_one_all_the_same():
    assert "Content-Security-Policy" in with_policy("<html><head><title>x</title></head></html>")
