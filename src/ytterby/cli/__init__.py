"""How do I ask? The command line: one file a command group, each imported only when it is called.

Results go to standard output, progress and logs to standard error. Exit codes: 0 done, 1 done with a finding,
2 usage, 3 bad input, 4 no solution.

>>> from ytterby.cli import app
>>> app.name[0]
'ytterby'
"""

from __future__ import annotations

import os
import sys

from cyclopts import App, CycloptsError

from ytterby import __version__
from ytterby.errors import YtterbyError

__all__ = ["app", "main"]

app = App(
    name="ytterby",
    version=__version__,
    help="""The rare-earth economy and the policies that move it: news, measures, prices, shortages, duties.

    Start with: `ytterby brief ARTICLE`, e.g. `ytterby brief examples/li-qiang-jiangxi-2026-02.txt`""",
    help_format="markdown",
)

_GROUPS: dict[str, str] = {
    "atlas": "What is the world like? Regions, recipes, plants, prices, trade, each with its source.",
    "brief": "What does it mean, on one page? A brief of a news article.",
    "exposure": "What stops if it stops? Weeks of survival and what is at risk when a supply is cut.",
    "market": "What prices clear a network? The equilibrium kernel, for any goods.",
    "measures": "What is in force, since when, says who? The register of policy measures.",
    "obligations": "Must I license, report, notify, and when? Verdicts on a shipment, with their reasons.",
    "schema": "JSON Schemas of the public formats.",
    "signals": "What are governments about to do? Policy signals out of articles.",
    "trace": "What is in my product? Content by element, origin and step, as bounds.",
    "world": "What will it do to prices, flows, shortages? The rare-earth model.",
}

for _name, _help in _GROUPS.items():
    app.command(f"ytterby.cli.{_name}:app", name=_name, help=_help)


def main(argv: list[str] | None = None) -> None:
    """Run the command line and exit with its code; a user's mistake is a message, never a traceback."""
    try:
        result = app(argv, exit_on_error=False, print_error=True, result_action="return_value")
    except CycloptsError:
        sys.exit(2)
    except YtterbyError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(result if isinstance(result, int) else 0)
