"""How figures are written for people: in reasons, pages and tables."""

WHOLE_FROM = 10_000


def figure(value: float, digits: int = 4) -> str:
    """So many significant digits, thousands with commas, and large numbers whole: 0.1235, 33.33, 265,000."""
    return f"{value:,.0f}" if abs(value) >= max(WHOLE_FROM, 10.0**digits) else f"{value:,.{digits}g}"


def percent(share: float) -> str:
    """A share as a percentage: 0.155 is "15.5 %"."""
    return f"{figure(share * 100)} %"
