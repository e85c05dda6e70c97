"""Lines of which one is used in place of another: each may have any share from none to all.

A flagged line is an alternative to the line before it under the same parent that is not flagged; lines of one parent
with the same group name are alternatives to each other.
"""

from __future__ import annotations

import re

import numpy as np

from ytterby.trace.readers._bulk import Bulk
from ytterby.trace.readers._cells import Column, Ids
from ytterby.trace.readers._data import rows

__all__ = ["alternatives"]

_GROUP = re.compile(r"gr(ou|u|o)p|组|組|グループ", re.IGNORECASE)


def alternatives(out: Bulk, header: str, words: Column, parent: Ids, child: Ids, row: Ids) -> Column:
    """Return the group of each line, empty for lines of their own; groups, and what is in none, are told.

    Parameters
    ----------
    out
        Where problems go.
    header
        Name of the column for alternatives.
    words
        What stands in it.
    parent, child, row
        The lines.
    """
    known = {word: means for means, words_ in rows("alternate_words") for word in words_.split("|")}
    means = [known.get(text.casefold()) for text in words.texts]
    plain = np.array([meaning == "none" for meaning in means], dtype=bool)[words.codes]
    named = bool(_GROUP.search(header))
    groups: dict[tuple[int, str], list[int]] = {}
    main: dict[int, int] = {}
    for at in np.flatnonzero(np.isin(parent, parent[~plain])).tolist():
        above, word = int(parent[at]), int(words.codes[at])
        if plain[at]:
            main[above] = at
        elif named or means[word] is None:
            groups.setdefault((above, words.texts[word]), []).append(at)
        elif above in main:
            groups.setdefault((above, out.name(int(child[main[above]]))), [main[above]]).append(at)
        else:
            text = f"'{out.name(int(child[at]))}' is an alternative to no line; it is read as a line of its own"
            out.problem(text, row=int(row[at]), column=header)
    names = [""]
    codes = np.zeros(len(parent), dtype=np.int64)
    for (above, word_or_main), members in groups.items():
        if len(members) > 1:
            codes[members] = len(names)
            names.append(f"{out.name(above)}: {word_or_main}")
            children = ", ".join(out.name(int(child[at])) for at in members)
            out.problem(
                f"alternatives in '{out.name(above)}': {children}; which is used is not known, each may have any share",
                row=int(row[members[-1]]),
                column=header,
            )
    return Column(codes, names)
