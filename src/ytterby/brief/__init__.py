r"""What does it mean, on one page? A news article in, one document out.

It says what was signalled, what the law is, what would follow, who would have to act, what followed such moves before,
and what not to trust. `brief` makes the record; `to_markdown`, `to_terminal`, `to_html` and `to_json` write it. The
same article, day and versions give the same bytes.

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from ytterby.brief import brief, to_markdown
>>> with TemporaryDirectory() as folder:
...     path = Path(folder) / "football.txt"
...     _ = path.write_text("A quiet Sunday\n\nThe home team won by two goals to one in the rain.", encoding="utf-8")
...     found = brief(path, as_of="2026-02-11")
>>> print(to_markdown(found).splitlines()[0])
# No policy signal on critical minerals found
"""

from __future__ import annotations

from ytterby.brief._compose import DRAWS, brief
from ytterby.brief._html import to_html
from ytterby.brief._markdown import to_markdown
from ytterby.brief._model import Brief
from ytterby.brief._terminal import to_terminal
from ytterby.canonical import dumps

__all__ = ["DRAWS", "Brief", "brief", "to_html", "to_json", "to_markdown", "to_terminal"]


def to_json(brief: Brief) -> str:
    """Return the brief as canonical JSON, one document (see `ytterby schema brief`)."""
    return dumps(brief, indent=2) + "\n"
