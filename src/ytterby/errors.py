"""What went wrong, and how to mend it.

Every error that a user can cause derives from `YtterbyError` and carries the exit code of the command line::

    YtterbyError                  3  bad input
    ├── UsageError                2  the call's words are off
    ├── InputError                3  a file or value that cannot be read as what it should be
    │   └── UnknownNameError      3  a name that is not in its list; the nearest valid ones are named
    ├── DataError                 3  a table or record shipped with (or given to) Ytterby breaks its schema
    └── SolveError                4  no equilibrium: infeasible, unbounded, or not to the asked precision
        └── UnsupportedError      4  a combination of instruments without a sound solution method

A message says what was found, where (file, row, column or field), what was expected, and the nearest valid name.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "DataError",
    "InputError",
    "SolveError",
    "UnknownNameError",
    "UnsupportedError",
    "UsageError",
    "YtterbyError",
    "nearest",
]


def nearest(name: str, valid: Iterable[str], n: int = 3) -> list[str]:
    """Return up to `n` valid names that are most like `name`, best first.

    Examples
    --------
    >>> nearest("oxide.dy", ["oxide.Dy", "oxide.Tb", "metal.Dy"], n=1)
    ['oxide.Dy']
    """
    by_fold = {v.casefold(): v for v in valid}
    return [by_fold[m] for m in difflib.get_close_matches(name.casefold(), by_fold, n=n, cutoff=0.5)]


class YtterbyError(Exception):
    """Base of all errors that a user's input can cause.

    Parameters
    ----------
    message
        What was found and what was expected, one sentence.
    where
        File, row, column or field, e.g. ``"bom.csv, row 7, column quantity"``.
    hint
        What to do next, e.g. the nearest valid name or a command to run.
    """

    exit_code = 3

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head}\n  hint: {self.hint}" if self.hint else head


class UsageError(YtterbyError):
    """The words of a call are off: an unknown option, a date that is none."""

    exit_code = 2


class InputError(YtterbyError):
    """A file or value given by the user cannot be read as what it should be."""


class UnknownNameError(InputError):
    """A name that is not in its list.

    Parameters
    ----------
    kind
        What the name should be, e.g. ``"measure"``.
    name
        The name found.
    valid
        The names that exist; the nearest are put into the hint.
    where
        Place of the name, if it stands in a file.

    Examples
    --------
    >>> print(UnknownNameError("commodity", "oxide.dy", ["oxide.Dy", "oxide.Tb"]))
    unknown commodity 'oxide.dy'
      hint: did you mean 'oxide.Dy' or 'oxide.Tb'?
    """

    def __init__(self, kind: str, name: str, valid: Iterable[str], *, where: str | None = None) -> None:
        names = sorted(set(valid))
        close = nearest(name, names)
        if close:
            hint = "did you mean " + " or ".join(f"'{c}'" for c in close) + "?"
        elif len(names) <= 20:
            hint = "valid: " + ", ".join(names)
        else:
            hint = f"{len(names)} names are valid, e.g. " + ", ".join(names[:5])
        super().__init__(f"unknown {kind} '{name}'", where=where, hint=hint)


class DataError(YtterbyError):
    """A table or record breaks its schema; `where` names file, line and field."""


class SolveError(YtterbyError):
    """No equilibrium was found; the message names the reason and the tightest constraint."""

    exit_code = 4


class UnsupportedError(SolveError):
    """The combination of instruments has no sound solution method here; the message says why."""
