"""Pages in the person's own browser: web addresses, and pages that pkm itself made; never through a shell."""

from pathlib import Path

from pkm.errors import Invalid, PkmError
from pkm.html import is_web_address


def open_page(url: str) -> None:
    """The page opens in the browser. Raises Invalid (an address that is not http or https), PkmError (no browser)."""
    # A browser's command line takes what begins with a dash for an option; a web address never does.
    if not is_web_address(url) or any(character.isspace() for character in url):
        raise Invalid(url or "an empty address", "only http and https addresses are opened")
    _open(url)


def open_file(path: Path) -> None:
    """The page of that file, which pkm made, opens in the browser. Raises PkmError (no browser)."""
    _open(path.absolute().as_uri())


def _open(url: str) -> None:
    import webbrowser

    try:
        opened = webbrowser.open(url)
    except webbrowser.Error as error:
        raise PkmError(url, str(error), next="open it by hand, or set BROWSER") from error
    if not opened:
        raise PkmError(url, "no browser was found", next="open it by hand, or set BROWSER")
