"""What a page transfers: everything that a browser fetches for it, compressed as servers do."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["transferred"]


def transferred(browser: "Browser", address: str, *, width: int = 1280) -> dict[str, float]:
    """Open a page with an empty cache, read it to its end, and weigh what came.

    Parameters
    ----------
    browser : Browser
        Playwright's.
    address : str
        Where the page is served, compressed (`chromium.serve`).
    width : int
        Of the window, in pixels.

    Returns
    -------
    dict
        Kilobytes (1000 bytes) by the address of what was fetched, headers included.
    """
    names: dict[str, str] = {}
    sizes: dict[str, float] = {}

    def sent(event: dict[str, Any]) -> None:
        names[event["requestId"]] = event["request"]["url"]

    def done(event: dict[str, Any]) -> None:
        name = names.get(event["requestId"], "unknown")
        sizes[name] = sizes.get(name, 0) + event["encodedDataLength"] / 1000

    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.on("Network.requestWillBeSent", sent)
    session.on("Network.loadingFinished", done)
    session.send("Network.enable")
    page.goto(address)
    # A picture may wait until it is scrolled to; it belongs to the page all the same.
    for image in page.locator("main img").all():
        image.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    context.close()
    return sizes
