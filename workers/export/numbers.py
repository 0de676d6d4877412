"""Numbers as a person reads them."""

import math


def number(value: float | None, digits: int = 4) -> str:
    """Four significant digits, a true minus sign, an en dash for no value: 0.1235, −12, 2.5·10⁻⁷."""
    if value is None or math.isnan(value):
        return "–"
    if value == 0:
        return "0"
    if float(value).is_integer() and abs(value) < 1e6:
        return str(int(value)).replace("-", "−")
    if 1e-3 <= abs(value) < 1e6:
        places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        text = f"{value:.{places}f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    power = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa.rstrip('0').rstrip('.')}·10{power}".replace("-", "−")


def amount(value: float | None, unit: str) -> str:
    """A number with its unit: `3.1 nat`; without one where there is no value."""
    return f"{number(value)} {unit}" if unit and value is not None and not math.isnan(value) else number(value)


def count(many: int, word: str) -> str:
    """`1 unit`, `3 units`."""
    return f"{many} {word}" if many == 1 else f"{many} {word}s"
