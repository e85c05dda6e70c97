"""What was measured, as the tables of a documentation page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from race import OURS

__all__ = ["conditions", "contest", "goals", "seconds", "table", "write"]

AGREEMENT = 1e-6
"""Largest relative difference of objectives that counts as the same."""
_SOLVED = {"solved", "optimal", "optimal_inaccurate", "almostsolved"}
"""The contestants' words for an answer."""
Found = Mapping[str, Any]


def write(page: Path, name: str, text: str) -> None:
    """Put `text` between the marks of `name` in a page."""
    before, mark, rest = page.read_text(encoding="utf-8").partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- end of {name} -->\n")
    if not mark or not end:
        raise SystemExit(f"{page}: no marks '<!-- {name} -->' and '<!-- end of {name} -->', each a line of its own")
    page.write_text(f"{before}{mark}\n{text}\n{end}{after}", encoding="utf-8")


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, words: int = 1) -> str:
    """Return a Markdown table whose first `words` columns are text and the others numbers."""
    rule = ["---"] * words + ["--:"] * (len(head) - words)
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows)) + "\n"


def seconds(value: float) -> str:
    """Write seconds with two significant digits."""
    return f"{value:.{max(0, 1 - math.floor(math.log10(value)))}f}" if value < 100 else f"{value:.0f}"


def conditions(measured: Found) -> str:
    """Say where, when and by which command."""
    m = measured["machine"]
    packages = ", ".join(f"{k} {v}" for k, v in m.items() if k not in ("cpu", "cores", "python"))
    return (
        f"Measured on {measured['day']} with `{measured['command']}` on {m['cores']} cores ({m['cpu']}), "
        f"Python {m['python']}, {packages}."
    )


def goals(cases: Sequence[Found]) -> str:
    """Return the table of Ytterby's own figures beside what they should be at most."""
    rows = []
    for case in cases:
        ours, wanted = case["results"][OURS], case["goals"]
        title = f"{case['name']}, {case['variables']:,} variables"
        if "total_s" not in ours:
            rows.append(
                [f"{title}: in all", ours["status"], _bound(wanted.get("total_s"), "s"), "no" if wanted else ""]
            )
            continue
        whole = [("in all", "total_s", ours["total_s"], "s"), ("peak memory", "peak_mb", ours["peak_mb"], "MB")]
        for what, key, value, unit in _parts(ours, whole) if case["name"] == "one year" else whole:
            goal = wanted.get(key)
            met = "" if goal is None else "yes" if value <= goal else "no"
            rows.append([f"{title}: {what}", _bound(value, unit), _bound(goal, unit), met])
    return table(["Ytterby", "Measured", "Goal", "met"], rows)


def _parts(ours: Found, whole: list[tuple[str, str, float, str]]) -> list[tuple[str, str, float, str]]:
    halved, tariff = ours["quotas_halved"], ours["tariff_added"]
    return [
        ("parse", "parse_s", ours["parse_s"], "s"),
        ("build", "build_s", ours["build_s"], "s"),
        ("cold solve", "solve_s", ours["solve_s"], "s"),
        ("verify and report", "verify_s", ours["verify_s"], "s"),
        *whole,
        ("peak memory with both changes", "", ours["peak_changed_mb"], "MB"),
        ("quotas halved: the answer", "changed_s", halved["answer_s"], "s"),
        ("quotas halved: with all tables read", "", halved["total_s"], "s"),
        ("quotas halved, the solve alone", "", halved["solve_s"], "s"),
        ("a tariff added: the answer", "changed_s", tariff["answer_s"], "s"),
        ("a tariff added: with all tables read", "", tariff["total_s"], "s"),
        ("a tariff added, the solve alone", "", tariff["solve_s"], "s"),
        ("worst relative residual", "residual", max(r["residual"] for r in (ours, halved, tariff)), ""),
    ]


def _bound(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{seconds(value)} s" if unit == "s" else f"{value:.0f} {unit}" if unit else f"{value:.0e}"


def contest(case: Found) -> str:
    """Return the table of all contestants on one market."""
    ours = case["results"][OURS]
    rows = []
    for name, found in case["results"].items():
        if "total_s" not in found or not _SOLVED & set(found["status"].replace(",", " ").split()):
            after = f" after {seconds(found['total_s'])} s" if "total_s" in found else ""
            rows.append([name, "", "", f"{found['status']}{after}", "", _memory(found), ""])
            continue
        build = found["build_s"] + found.get("parse_s", 0.0)
        ratio = found["total_s"] / ours.get("total_s", math.inf)
        rows.append(
            [
                name,
                seconds(build),
                seconds(found["total_s"] - build),
                seconds(found["total_s"]),
                f"{ratio:#.2g}×" if 0 < ratio < 10 else f"{ratio:.0f}×" if ratio else "",
                _memory(found),
                _agreement(found, ours),
            ]
        )
    head = ["Contestant", "build, s", "solve, s", "in all, s", "ratio", "peak, MB", "objective differs by"]
    return table(head, rows)


def _memory(found: Found) -> str:
    return f"{found['peak_mb']:.0f}" if "peak_mb" in found else ""


def _agreement(found: Found, ours: Found) -> str:
    if found is ours or "objective" not in ours:
        return ""
    difference = abs(found["objective"] - ours["objective"]) / abs(ours["objective"])
    doubt = f", {found['status'].replace('_', ' ')}" if "inaccurate" in found["status"] else ""
    return f"{difference:.0e}" + ("" if difference <= AGREEMENT else ", more than 1e-06") + doubt
