"""Run one contestant on one market in a fresh process, and say what it took: seconds, memory, objective.

Called with a name, a size and a file, this module is that process.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from instance import Size, generate, load, quadratic, record, save
from peers import PEERS, CannotExpressError

__all__ = ["OURS", "machine", "race"]

OURS = "Ytterby"
_PROGRAM = "compile"


def race(name: str, size: Size, limit: float, repeat: int = 1) -> dict[str, Any]:
    """Return the quickest of `repeat` runs; one that does not finish in `limit` seconds is not tried again."""
    absent = [] if name == OURS else [p for p in PEERS[name].needs if not _installed(p)]
    if absent:
        return {"status": f"not installed: {', '.join(absent)}"}
    best: dict[str, Any] = {}
    for _ in range(repeat):
        found = _run(name, size, limit)
        if not best or found.get("total_s", limit) < best["total_s"]:
            best = found
        if "total_s" not in found:
            return found
    return best


def _run(name: str, size: Size, limit: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "found.json"
        words = [sys.executable, "-W", "ignore", __file__, name, json.dumps(asdict(size)), str(limit), str(out)]
        if name != OURS and PEERS[name].direct:
            words.append(str(_compiled(size)))
        child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert child.stderr is not None
        said = child.stderr.read().decode()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        peak = {"peak_mb": usage.ru_maxrss / 1024}
        if child.returncode == -signal.SIGALRM:
            return {"status": f"not solved in {limit:g} s", **peak}
        if child.returncode:
            last = said.strip().splitlines()[-1:] or [f"ended with {child.returncode}"]
            return {"status": last[0].removeprefix("ytterby.errors."), **peak}
        return {**peak, **json.loads(out.read_text())}


@cache
def _compiled(size: Size) -> Path:
    """Return a file of the market's quadratic program, compiled in a process of its own."""
    path = Path(_folder().name) / f"{len(list(Path(_folder().name).iterdir()))}.npz"
    subprocess.run([sys.executable, __file__, _PROGRAM, json.dumps(asdict(size)), "3600", str(path)], check=True)
    return path


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


def _installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def machine() -> dict[str, str]:
    """Return what the figures were measured on and with."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown processor")
    packages = sorted({p for peer in PEERS.values() for p in peer.needs} | {"numpy", "scipy", "ytterby"})
    found = {p: version(p) for p in packages if _installed(p)}
    return {"cpu": cpu, "cores": str(os.cpu_count()), "python": sys.version.split()[0], **found}


def _ours(size: Size) -> dict[str, Any]:
    """Parse, build, solve, verify and read all tables; for one year also two changed scenarios that start from there.

    They are: all export quotas halved; and a region's tariff on all final goods, a fifth of their highest price.
    """
    from ytterby.market import Network, solve

    plain = record(generate(size))
    began = time.perf_counter()
    network = Network.parse(plain)
    parsed = time.perf_counter()
    del plain
    parts: dict[str, float] = {}
    base = solve(network, parts)
    tables = dict(base.tables)  # made when asked for
    done = time.perf_counter()
    parts["verify_s"] = done - parsed - parts["build_s"] - parts["solve_s"]
    found = {
        **parts,
        "parse_s": parsed - began,
        "total_s": done - began,
        "peak_mb": _peak(),
        "status": base.status,
        "class": base.instrument_class,
        "residual": base.residual,
        "objective": -base.welfare["total"],
    }
    if size.years > 1:
        found["stocks_held"] = sum(q > 1e-6 for q in tables["stocks"]["quantity"])
        return found
    halved = [
        m.model_copy(update={"quantity": m.quantity / 2}) if m.instrument == "export_quota" else m
        for m in network.measures
    ]
    duty = {"instrument": "import_tariff", "importer": network.demands[1].region}
    prices = tables["prices"]
    duties: dict[str, float] = {}
    for good, price in zip(prices["commodity"], prices["price"], strict=True):
        duties[good] = max(duties.get(good, 0.0), 0.2 * float(price))
    tariff = [
        {**duty, "id": f"duty.{good}", "commodity": good, "specific": duties[good]}
        for good in sorted({d.commodity for d in network.demands})
    ]
    added = Network.parse({"measures": tariff}).measures
    for name, measures in (("quotas_halved", halved), ("tariff_added", [*network.measures, *added])):
        changed = network.model_copy(update={"measures": tuple(measures)})
        parts = {}
        began = time.perf_counter()
        result = solve(changed, parts, start=base)
        answered = time.perf_counter()
        dict(result.tables)
        took = {"answer_s": answered - began, "total_s": time.perf_counter() - began}
        found[name] = {**parts, **took, "residual": result.residual}
    found["peak_changed_mb"] = _peak()
    return found


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _peer(name: str, size: Size, compiled: str | None) -> dict[str, Any]:
    given = generate(size) if compiled is None else load(Path(compiled))
    try:
        found = PEERS[name].call(given)
    except CannotExpressError as reason:
        return {"status": f"cannot express it: {reason}"}
    return {**found, "total_s": found["build_s"] + found["solve_s"]}


def _main(name: str, size: str, limit: str, out: str, compiled: str | None = None) -> None:
    asked = Size(**json.loads(size))
    if name == _PROGRAM:
        save(quadratic(generate(asked)), Path(out))
        return
    signal.setitimer(signal.ITIMER_REAL, float(limit))  # no handler: it ends the process even inside of a solver
    found = _ours(asked) if name == OURS else _peer(name, asked, compiled)
    Path(out).write_text(json.dumps(found))


if __name__ == "__main__":
    _main(*sys.argv[1:])
