"""Small plots of block letters, and lists in words. They say nothing that does not stand beside them as a number."""

from collections.abc import Sequence

_HEIGHTS = "▁▂▃▄▅▆▇█"
_WIDTHS = " ▏▎▍▌▋▊▉█"


def sparkline(values: Sequence[float]) -> str:
    """A letter a value, from ▁ (the least there can be: 0) to █ (the most of these); "" for none."""
    most = max(values, default=0)
    if most <= 0:
        return _HEIGHTS[0] * len(values)
    return "".join(_HEIGHTS[0 if value <= 0 else max(1, round(value / most * 7))] for value in values)


def bar(value: float, most: float, width: int) -> str:
    """A bar of at most `width` letters, in eighths of one; "" for 0, and a thin line for what is hardly more."""
    if value <= 0 or most <= 0:
        return ""
    eighths = max(1, round(min(1.0, value / most) * width * 8))
    return _WIDTHS[8] * (eighths // 8) + (_WIDTHS[eighths % 8] if eighths % 8 else "")


def percent(part: float | None) -> str:
    """0.834 as "83 %"."""
    return "" if part is None else f"{round(part * 100)} %"
