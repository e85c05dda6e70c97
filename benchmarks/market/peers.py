"""How others solve the same market: each builds it as its users would, and gives the least cost that it finds.

The direct solvers get the arrays of the compiled network; linopy, cvxpy and PyPSA get the instance's numbers and build
their own model. Each returns the seconds that it built and solved, its own word on how it went, and the objective.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from instance import LOSS, SIDE, Instance, Quadratic

__all__ = ["PEERS", "CannotExpressError", "Peer"]

Found = dict[str, Any]
HIPO = {"solver": "hipo", "dual_feasibility_tolerance": 1e-6}
"""At HiGHS' default of 1e-7, HiPO's own solution of three linked years is turned down for a dual residual of 1.2e-7."""
CLARABEL = {"direct_solve_method": "qdldl"}
"""Its own choice on these markets, faer, takes two to six times as long."""


class CannotExpressError(Exception):
    """The contestant has no words for this market."""


def piqp_direct(p: Quadratic) -> Found:
    """Solve the program by PIQP, a proximal interior-point method, with its defaults."""
    import piqp

    began = time.perf_counter()
    solver = piqp.SparseSolver()
    P, A, G = sp.diags(p.quad).tocsc(), p.K[p.equality].tocsc(), p.K[~p.equality].tocsc()
    solver.setup(P, p.lin, A, p.k[p.equality], G, p.k[~p.equality], None, p.lower, p.upper)
    built = time.perf_counter()
    status = solver.solve()
    done = time.perf_counter()
    return _found(began, built, done, str(status).rsplit("_", 1)[-1].lower(), p.cost(np.asarray(solver.result.x)))


def clarabel_direct(p: Quadratic) -> Found:
    """Solve the program by Clarabel, a homogeneous interior-point method."""
    import clarabel

    began = time.perf_counter()
    high = np.flatnonzero(np.isfinite(p.upper))
    eye = sp.eye(len(p.lin), format="csr")
    A = sp.vstack([-p.K[p.equality], -p.K[~p.equality], -eye, eye[high]]).tocsc()
    b = np.concatenate([-p.k[p.equality], -p.k[~p.equality], -p.lower, p.upper[high]])
    equal = int(p.equality.sum())
    cones = [clarabel.ZeroConeT(equal), clarabel.NonnegativeConeT(len(b) - equal)]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    for name, value in CLARABEL.items():
        setattr(settings, name, value)
    solver = clarabel.DefaultSolver(sp.diags(p.quad).tocsc(), p.lin, A, b, cones, settings)
    built = time.perf_counter()
    solution = solver.solve()
    done = time.perf_counter()
    return _found(began, built, done, str(solution.status).lower(), p.cost(np.asarray(solution.x)))


def linopy_highs(instance: Instance, **options: Any) -> Found:
    """Build with linopy (labelled arrays), solve by HiGHS."""
    import linopy
    import pandas as pd
    import xarray as xr

    i, size = instance, instance.size
    began = time.perf_counter()
    year, stage, element, region = (
        pd.RangeIndex(n, name=name)
        for n, name in (
            (size.years, "year"),
            (size.stages, "stage"),
            (size.elements, "element"),
            (size.regions, "region"),
        )
    )
    source, target = region.rename("source"), region.rename("target")
    step = pd.RangeIndex(size.stages - 1, name="stage")

    def data(values: np.ndarray, *dims: pd.Index) -> xr.DataArray:
        return xr.DataArray(values, coords=dims)

    m = linopy.Model()
    supply = m.add_variables(lower=0, coords=[year, element, region], name="supply")
    demand = m.add_variables(lower=0, coords=[year, element, region], name="demand")
    level = m.add_variables(lower=0, coords=[year, step, element, region], name="level")
    apart = data(~np.eye(size.regions, dtype=bool), source, target)
    mask = apart.expand_dims({"year": year, "stage": stage, "element": element}).copy()
    if i.banned is not None:
        mask.loc[{"year": i.banned[1], "source": i.banned[0]}] = False
    ways = [year, stage, element, source, target]
    flow = m.add_variables(lower=0, coords=ways, mask=mask, name="flow")
    came, left = flow.sum("source").rename(target="region"), flow.sum("target").rename(source="region")
    stock = None
    if size.years > 1:
        most = data(i.stock_capacity, element).expand_dims({"year": year, "stage": stage, "region": region})
        most = most.transpose("year", "stage", "element", "region")
        stock = m.add_variables(lower=0, upper=most, name="stock")
    for s in stage:
        left_over = came.sel(stage=s, drop=True) - left.sel(stage=s, drop=True)
        if s == 0:
            left_over = left_over + supply
        else:
            made = level.sel(stage=s - 1, drop=True)
            left_over = left_over + made + SIDE * made.roll(element=1)
        left_over = left_over - (LOSS * level.sel(stage=s, drop=True) if s < size.stages - 1 else demand)
        if stock is not None:
            held = stock.sel(stage=s, drop=True)
            left_over = left_over + held.shift(year=1) - held
        m.add_constraints(left_over >= 0, name=f"balance {s}")
    quota = pd.RangeIndex(len(i.quota_exporter), name="quota")
    at = {
        "stage": xr.DataArray(i.quota_good[:, 0], coords=[quota]),
        "element": xr.DataArray(i.quota_good[:, 1], coords=[quota]),
        "source": xr.DataArray(i.quota_exporter, coords=[quota]),
    }
    m.add_constraints(flow.sel(at).sum("target") <= data(i.quota, year, quota), name="quota")
    worth = data(i.discount, year)
    steep = data(i.demand_slope, element, region)
    cost = [
        (supply, data(i.supply_cost, element, region)),
        (demand, -data(i.demand_most, year, element, region) / steep),
        (level, data(i.process_cost, step, element, region)),
        (flow, data(i.route_cost, element, source, target)),
    ]
    rise = [
        (supply, data(i.supply_slope, element, region)),
        (demand, 1 / steep),
        (level, data(i.process_slope, step, element, region)),
    ]
    if size.sloped:
        rise.append((flow, data(i.route_slope, element)))
    if stock is not None:
        cost.append((stock, data(i.carrying_cost, element)))
    m.add_objective(sum((worth * c * x).sum() for x, c in cost) + sum((0.5 * worth * g * x * x).sum() for x, g in rise))
    built = time.perf_counter()
    status, condition = m.solve("highs", io_api="direct", progress=False, output_flag=False, **options)
    done = time.perf_counter()
    return _found(began, built, done, f"{status}, {condition}", float(m.objective.value))


def linopy_hipo(instance: Instance) -> Found:
    """Build with linopy, solve by HiPO, HiGHS' interior-point method for quadratic programs."""
    return linopy_highs(instance, **HIPO)


def cvxpy_clarabel(instance: Instance) -> Found:
    """Build with cvxpy (vectors and sparse incidence matrices), solve by Clarabel."""
    import cvxpy as cp

    i, size = instance, instance.size
    T, S, E, R = size.years, size.stages, size.elements, size.regions
    began = time.perf_counter()
    goods, pairs = S * E * R, E * R
    n = np.arange(S * E)[:, None, None] * R
    a, b = np.nonzero(~np.eye(R, dtype=bool))
    ways = len(a)
    origin, end = (n[:, 0] + a).ravel(), (n[:, 0] + b).ravel()
    count = len(origin)
    one, arc = np.ones(count), np.arange(count)
    ship = sp.csr_matrix(
        (np.concatenate([one, -one]), (np.concatenate([end, origin]), np.tile(arc, 2))), (goods, count)
    )
    mine, sell = sp.eye(goods, pairs, format="csr"), sp.eye(goods, pairs, -(goods - pairs), format="csr")
    steps = pairs * (S - 1)
    job = np.arange(steps).reshape(S - 1, E, R)
    into, also = job.ravel() + pairs, np.roll(job, -1, axis=1).ravel() + pairs
    make = sp.csr_matrix(
        (np.repeat([-LOSS, 1.0, SIDE], steps), (np.concatenate([job.ravel(), into, also]), np.tile(job.ravel(), 3))),
        (goods, steps),
    )
    quota_good = i.quota_good @ np.array([E, 1])
    under = sp.csr_matrix(
        (np.ones(len(quota_good) * (R - 1)), np.nonzero(origin == (quota_good * R + i.quota_exporter)[:, None])),
        (len(quota_good), count),
    )
    route_cost = np.tile(i.route_cost[:, a, b], (S, 1, 1)).ravel()
    route_slope = np.tile(np.repeat(i.route_slope, ways), S)
    carrying, capacity = (np.tile(np.repeat(v, R), S) for v in (i.carrying_cost, i.stock_capacity))

    def cost(x: cp.Variable, lin: np.ndarray, quad: np.ndarray) -> cp.Expression:
        straight = lin.ravel() @ x
        return straight + 0.5 * quad.ravel() @ cp.square(x) if quad.any() else straight

    total, rules, held = 0.0, [], None
    for t in range(T):
        supply, demand, level, flow = (cp.Variable(k, nonneg=True) for k in (pairs, pairs, steps, count))
        left_over = mine @ supply - sell @ demand + make @ level + ship @ flow
        yearly = cost(supply, i.supply_cost, i.supply_slope) + cost(level, i.process_cost, i.process_slope)
        yearly += cost(demand, -i.demand_most[t] / i.demand_slope, 1 / i.demand_slope)
        yearly += cost(flow, route_cost, route_slope)
        if T > 1:
            stock = cp.Variable(goods, nonneg=True)
            left_over = left_over - stock + (held if held is not None else 0)
            rules.append(stock <= capacity)
            yearly += carrying @ stock
            held = stock
        rules += [left_over >= 0, under @ flow <= i.quota[t]]
        if i.banned is not None and i.banned[1] == t:
            rules.append(flow[np.flatnonzero(origin % R == i.banned[0])] == 0)
        total += i.discount[t] * yearly
    problem = cp.Problem(cp.Minimize(total), rules)
    built = time.perf_counter()
    problem.solve(solver=cp.CLARABEL, **CLARABEL)
    done = time.perf_counter()
    return _found(began, built, done, problem.status, float(problem.value))


def pypsa_hipo(instance: Instance) -> Found:
    """Build as a PyPSA network of one snapshot, solve by HiPO.

    A good in a region is a bus; routes and processes are links (the by-product by a second output), supplies are
    generators, demands and disposal generators of sign −1; the quotas are constraints added to its linopy model. Its
    post-processing for power flows, most of its time, is left out.
    Years linked by stocks that are discounted and a ban in one of them would need `Store`s on weighted snapshots and
    are left out.
    """
    import pypsa

    i, size = instance, instance.size
    if size.years > 1:
        raise CannotExpressError("one year only")
    S, E, R = size.stages, size.elements, size.regions
    began = time.perf_counter()
    bus = np.array([f"{s} {e} {r}" for s in range(S) for e in range(E) for r in range(R)]).reshape(S, E, R)
    net = pypsa.Network()
    net.add("Bus", bus.ravel())

    def labels(kind: str, of: np.ndarray) -> np.ndarray:
        return np.char.add(f"{kind} ", of.ravel())

    free = {"p_nom": np.inf}
    curve = {"marginal_cost": i.supply_cost.ravel(), "marginal_cost_quadratic": i.supply_slope.ravel() / 2}
    net.add("Generator", labels("supply", bus[0]), bus=bus[0].ravel(), **free, **curve)
    use = (-i.demand_most[0] / i.demand_slope).ravel()
    curve = {"marginal_cost": use, "marginal_cost_quadratic": 0.5 / i.demand_slope.ravel()}
    net.add("Generator", labels("demand", bus[-1]), bus=bus[-1].ravel(), sign=-1, **free, **curve)
    net.add("Generator", labels("disposal", bus), bus=bus.ravel(), sign=-1, **free)
    recipe = {"efficiency": 1 / LOSS, "efficiency2": SIDE / LOSS}
    ends = {"bus0": bus[:-1].ravel(), "bus1": bus[1:].ravel(), "bus2": np.roll(bus[1:], -1, axis=1).ravel()}
    curve = {"marginal_cost": i.process_cost.ravel() / LOSS}
    curve["marginal_cost_quadratic"] = i.process_slope.ravel() / 2 / LOSS**2
    net.add("Link", labels("process", bus[:-1]), **ends, **recipe, **free, **curve)
    a, b = np.nonzero(~np.eye(R, dtype=bool))
    ends = {"bus0": bus[:, :, a].ravel(), "bus1": bus[:, :, b].ravel()}
    curve = {"marginal_cost": np.tile(i.route_cost[:, a, b], (S, 1, 1)).ravel()}
    curve["marginal_cost_quadratic"] = np.tile(np.repeat(i.route_slope / 2, len(a)), S)
    routes = np.array([f"route {k}" for k in range(S * E * len(a))])
    net.add("Link", routes, **ends, **free, **curve)
    model = net.optimize.create_model(include_objective_constant=False)
    flow, by_exporter = model["Link-p"], routes.reshape(S, E, -1)
    for k, ((s, e), r) in enumerate(zip(i.quota_good, i.quota_exporter, strict=True)):
        model.add_constraints(flow.sel(name=by_exporter[s, e, a == r]).sum("name") <= i.quota[0, k], name=f"quota {k}")
    built = time.perf_counter()
    status, condition = model.solve("highs", io_api="direct", progress=False, output_flag=False, **HIPO)
    net.optimize.assign_solution()
    net.optimize.assign_duals()
    done = time.perf_counter()
    return _found(began, built, done, f"{status}, {condition}", float(model.objective.value))


def _found(began: float, built: float, done: float, status: str, objective: float) -> Found:
    return {"build_s": built - began, "solve_s": done - built, "status": status, "objective": objective}


@dataclass(frozen=True)
class Peer:
    """A contestant: what it takes (`direct`: the compiled program), and the packages without which it cannot run."""

    call: Callable[[Any], Found]
    needs: tuple[str, ...]
    direct: bool = False


PEERS = {
    "PIQP": Peer(piqp_direct, ("piqp",), direct=True),
    "Clarabel": Peer(clarabel_direct, ("clarabel",), direct=True),
    "linopy + HiPO": Peer(linopy_hipo, ("linopy", "highspy", "highspy-extras")),
    "cvxpy + Clarabel": Peer(cvxpy_clarabel, ("cvxpy", "clarabel")),
    "PyPSA + HiPO": Peer(pypsa_hipo, ("pypsa", "linopy", "highspy", "highspy-extras")),
    "linopy + HiGHS' default": Peer(linopy_highs, ("linopy", "highspy")),
}
"""By name, in the order of the table."""
