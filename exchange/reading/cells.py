"""The cells that a reader hands over: None, text, number, bool, date, or one of these two."""


class ErrorCell(str):
    """A cell that shows an error such as #N/A."""

    __slots__ = ()


class FormulaCell(str):
    """A formula whose value the workbook does not hold."""

    __slots__ = ()


def is_blank(cell: object) -> bool:
    """Empty, or only spaces of either width: it states nothing."""
    return cell is None or (type(cell) is str and not cell.strip(BLANKS))


# What str.strip() cuts by itself, and marks without width that office programs leave behind.
BLANKS = " \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff\x00"
