"""A generated network of the world model's size: cold, from a start, and Clarabel on the same quadratic program.

Run: python benchmarks/market/world_sized.py
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import scipy.sparse as sp

from ytterby.market import Network, solve
from ytterby.market._compile import compile_network

REGIONS, ELEMENTS, STAGES, ROUTES = 26, 9, 5, 3000


def generated(seed: int = 0, *, isoelastic: bool = False) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    regions = [f"R{i:02d}" for i in range(REGIONS)]
    goods = [[f"s{s}.e{e}" for e in range(ELEMENTS)] for s in range(STAGES)]
    volume, price = 10 ** rng.uniform(1, 5, ELEMENTS), 10 ** rng.uniform(0.5, 3, ELEMENTS)
    net: dict[str, Any] = {name: [] for name in ("supplies", "demands", "processes", "routes", "measures")}
    for e in range(ELEMENTS):
        steep = price[e] / volume[e]
        for r in regions:
            if rng.random() < 0.4:
                curve = {
                    "form": "marginal_cost",
                    "cost": price[e] * rng.uniform(0.2, 1),
                    "slope": steep * rng.uniform(1, 5),
                }
                curve["capacity"] = volume[e] * rng.uniform(0.1, 0.5)
                net["supplies"].append({"id": f"m.{e}.{r}", "commodity": goods[0][e], "region": r, "curve": curve})
            if rng.random() < 0.8:
                q, p = volume[e] * rng.uniform(0.02, 0.1), price[e] * 4
                if isoelastic:
                    curve = {"form": "isoelastic", "scale": q * p**0.4, "elasticity": 0.4, "choke": p * 8}
                else:
                    curve = {"form": "linear", "intercept": q * 1.5, "slope": 0.5 * q / p, "choke": p * 2.5}
                net["demands"].append({"id": f"d.{e}.{r}", "commodity": goods[-1][e], "region": r, "curve": curve})
            for s in range(STAGES - 1):
                if rng.random() < 0.6:
                    recipe = {"inputs": {goods[s][e]: 1.1}}
                    recipe["outputs"] = {goods[s + 1][e]: 1.0, goods[s + 1][(e + 1) % ELEMENTS]: 0.05}
                    cost = {"cost": price[e] * rng.uniform(0.2, 0.5), "slope": steep * rng.uniform(0.2, 1)}
                    cost["capacity"] = volume[e] * rng.uniform(0.2, 0.6)
                    net["processes"].append({"id": f"p{s}.{e}.{r}", "region": r, **recipe, **cost})
    pairs = [(s, e, a, b) for s in range(STAGES) for e in range(ELEMENTS) for a in regions for b in regions if a != b]
    for k in rng.choice(len(pairs), ROUTES, replace=False):
        s, e, a, b = pairs[k]
        cost = {"cost": price[e] * rng.uniform(0.02, 0.1), "slope": price[e] / volume[e] * 0.5}
        net["routes"].append({"id": f"r{k}", "commodity": goods[s][e], "from": a, "to": b, **cost})
    for i in range(9):
        quota = {"exporter": regions[i], "commodity": goods[2][i], "quantity": volume[i] * 0.01}
        net["measures"].append({"id": f"q{i}", "instrument": "export_quota", **quota})
    return net


def clarabel(network: Network) -> tuple[float, float]:
    """Return (seconds, objective) of Clarabel on the compiled program."""
    import clarabel as cl

    p = compile_network(network).program
    n, m = p.K.shape[1], p.K.shape[0]
    high = np.flatnonzero(np.isfinite(p.upper))
    A = sp.vstack([-p.K, -sp.eye(n), sp.eye(n, format="csr")[high]]).tocsc()
    b = np.concatenate([-p.k, -p.lower, p.upper[high]])
    settings = cl.DefaultSettings()
    settings.verbose = False
    began = time.perf_counter()
    problem = cl.DefaultSolver(
        sp.diags(p.quad).tocsc(), p.lin, A, b, [cl.NonnegativeConeT(m + n + len(high))], settings
    )
    solution = problem.solve()
    x = np.array(solution.x)
    return time.perf_counter() - began, float(p.lin @ x + 0.5 * p.quad @ x**2)


def timed(network: Network, **options: Any) -> tuple[float, Any]:
    best, result = np.inf, None
    for _ in range(3):
        began = time.perf_counter()
        result = solve(network, **options)
        best = min(best, time.perf_counter() - began)
    return best, result


def main() -> None:
    print(f"{'network':<12}{'columns':>9}{'cold s':>9}{'changed s':>11}{'residual':>10}")
    for name, isoelastic in (("linear", False), ("isoelastic", True)):
        network = Network.parse(generated(isoelastic=isoelastic))
        cold, base = timed(network)
        halved = tuple(m.model_copy(update={"quantity": m.quantity / 2}) for m in network.measures)
        changed, result = timed(network.model_copy(update={"measures": halved}), start=base)
        columns = compile_network(network).program.K.shape[1]
        print(f"{name:<12}{columns:>9}{cold:>9.3f}{changed:>11.3f}{max(base.residual, result.residual):>10.1e}")
        if not isoelastic:
            seconds, peer = clarabel(network)
            print(f"Clarabel on the linear one: {seconds:.3f} s, objective {peer:.9g}")
            print(f"welfare of the result:      {-base.welfare['total']:.9g}")


if __name__ == "__main__":
    main()
