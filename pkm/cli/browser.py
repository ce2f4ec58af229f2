"""Pages in the person's own browser: web addresses only, and never through a shell."""

from pkm.errors import Invalid, PkmError
from pkm.html import is_web_address


def open_page(url: str) -> None:
    """The page opens in the browser. Raises Invalid (an address that is not http or https), PkmError (no browser)."""
    import webbrowser

    # A browser's command line takes what begins with a dash for an option; a web address never does.
    if not is_web_address(url) or any(character.isspace() for character in url):
        raise Invalid(url or "an empty address", "only http and https addresses are opened")
    try:
        opened = webbrowser.open(url)
    except webbrowser.Error as error:
        raise PkmError(url, str(error), next="open it by hand, or set BROWSER") from error
    if not opened:
        raise PkmError(url, "no browser was found", next="open it by hand, or set BROWSER")
