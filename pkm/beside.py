"""Files beside notes that are no notes, by what notes write: which one ![[name]] or ![](path) means."""

from collections.abc import Iterable

from pkm.grouped import grouped
from pkm.text import fold


class Others:
    """The files of a folder that are no notes, by what notes write."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_name = grouped((fold(path.rpartition("/")[2]), path) for path in sorted(paths))

    def meant(self, written: str) -> str:
        """The path of the file that ![[name]] means, whatever its case; the rest of its path decides. "" for none."""
        whole = fold(written.strip("/. "))
        named = self._by_name.get(whole.rpartition("/")[2], ())
        return next((path for path in named if f"/{fold(path)}".endswith(f"/{whole}")), "")

    def exactly(self, path: str) -> str:
        """The path of the file at this path, whatever its case; "" for none."""
        return next((one for one in self._by_name.get(fold(path.rpartition("/")[2]), ()) if fold(one) == fold(path)), "")
