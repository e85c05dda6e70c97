"""`ytterby market`: clear a network given in `ytterby-network/1`."""

from __future__ import annotations

import itertools
import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from ytterby.cli._output import infer_format, rows_text, write
from ytterby.errors import InputError

__all__ = ["app"]

app = App(
    name="market",
    help="What prices clear a network?",
    help_format="markdown",
    help_epilogue="Example: `ytterby market solve examples/wheat.json`",
)

_TABLES = ("prices", "supply", "demand", "flows", "processes", "stocks", "firms", "measures")
Source = Annotated[
    str, Parameter(help="a JSON file in `ytterby-network/1`, or `-` for standard input", allow_leading_hyphen=True)
]
Output = Annotated[Path | None, Parameter(name=["--output", "-o"])]


@app.command
def solve(
    network: Source,
    *,
    format: Annotated[Literal["table", "json"] | None, Parameter(name="--format")] = None,  # noqa: A002 - the option's name
    output: Output = None,
    timings: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Find the prices and quantities that clear a network, verified.

    Exit code 1 says that a price floor is not attained, 4 that there is no equilibrium.

    Example: `ytterby market solve examples/wheat.json --format json`

    Parameters
    ----------
    format
        `json` is the whole result; the default is tables. `-o FILE.json` infers it.
    output
        Write to this file instead of standard output.
    timings
        Print one JSON line of seconds a phase on standard error.
    """
    from ytterby.market import Network
    from ytterby.market import solve as clear

    fmt = infer_format(format, output, "table", known=("table", "json"))
    seconds: dict[str, float] = {"start_s": time.process_time()}
    began = time.perf_counter()
    net = Network.read(network)
    parse_s = time.perf_counter() - began
    result = clear(net, seconds)
    seconds["parse_s"] = parse_s
    if fmt == "json":
        write(itertools.chain(result.to_json(), ["\n"]), output)
    elif fmt == "table":
        write(_text(result.to_dict()), output)
    else:
        raise InputError(f"cannot write a result as '{fmt}'", hint="--format table or json")
    if timings:
        sys.stderr.write(json.dumps({k: round(v, 6) for k, v in seconds.items()}) + "\n")
    return int(any(attained is False for attained in result.tables["measures"]["attained"]))


@app.command
def why(
    network: Source,
    *,
    region: str,
    commodity: str,
    period: str | None = None,
    segment: str | None = None,
    steps: int = 3,
    format: Annotated[Literal["table", "json"] | None, Parameter(name="--format")] = None,  # noqa: A002 - the option's name
    output: Output = None,
) -> None:
    """Say what makes a price, what binds, and what would bind next as more is taken away there.

    Example: `ytterby market why examples/wheat.json --region home --commodity wheat`

    Parameters
    ----------
    region
        Where the price is asked about.
    commodity
        Of which good.
    period
        In which period; without it the price of the first is explained, and more is taken away in each.
    segment
        For which segment of buyers; without it for those without a segment.
    steps
        How many constraints to look for that would bind next.
    format
        `json` is the whole answer; the default is sentences and tables. `-o FILE.json` infers it.
    output
        Write to this file instead of standard output.
    """
    from ytterby.canonical import dumps
    from ytterby.market import Network
    from ytterby.market import solve as clear

    fmt = infer_format(format, output, "table", known=("table", "json"))
    answer = clear(Network.read(network)).why(region, commodity, period, segment=segment, steps=steps)
    record = answer.to_dict()
    if fmt == "json":
        write(dumps(record, indent=2) + "\n", output)
        return
    parts = ["".join(f"{sentence}\n" for sentence in answer.sentences)]
    parts += [rows_text(record[name], title=name) for name in ("parts", "sources", "binding", "next") if record[name]]
    write("\n".join(parts), output)


@app.command
def check(network: Source) -> None:
    """Say whether a network is well formed: fields, values, references; solve nothing.

    Example: `ytterby market check examples/wheat.json`
    """
    from ytterby.market import Network, validate

    net = Network.read(network)
    validate(net)
    counts = {
        name: len(getattr(net, name))
        for name in ("periods", "supplies", "demands", "routes", "processes", "stocks", "firms", "measures")
    }
    write(f"{network}: well formed; " + ", ".join(f"{n} {name}" for name, n in counts.items() if n) + "\n", None)


def _text(record: dict[str, Any]) -> str:
    parts = [rows_text(record[name], title=name) for name in _TABLES if record[name]]
    surplus = {k: v for k, v in record["welfare"].items() if k != "by_region"}
    parts.append(rows_text([surplus], title="welfare"))
    parts.append(
        f"{record['status']}; class {record['instrument_class']}; flows "
        f"{'unique' if record['unique_flows'] else 'not unique'}; residual {record['residual']:.1e}\n"
    )
    return "\n".join(parts)
