"""Random networks: against Clarabel on a programme written here, and properties that no network may break."""

from __future__ import annotations

import copy

import clarabel
import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

approx = pytest.approx
REGIONS = ("a", "b", "c", "d")
quick = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def draw_network(rng: np.random.Generator, *, goods=("ore", "metal"), periods=1, slopes=True) -> dict:
    """Linear supplies and demands, freights that rise with the flow, one recipe ore -> metal, stocks if periods > 1."""
    network: dict = {
        "interest": float(rng.choice([0.0, 0.05])),
        "periods": [{"id": f"t{t}", "years": float(rng.choice([0.5, 1, 2]))} for t in range(periods)],
        "supplies": [],
        "demands": [],
        "routes": [],
        "processes": [],
        "stocks": [],
        "measures": [],
    }
    for region in REGIONS:
        curve = {"form": "marginal_cost", "cost": float(rng.uniform(1, 30)), "slope": float(rng.uniform(0.1, 2))}
        if rng.random() < 0.5:
            curve["capacity"] = float(rng.uniform(5, 40))
        network["supplies"].append({"id": f"s-{region}", "commodity": goods[0], "region": region, "curve": curve})
        want = {"form": "inverse_linear", "intercept": float(rng.uniform(60, 200)), "slope": float(rng.uniform(0.2, 3))}
        network["demands"].append({"id": f"d-{region}", "commodity": goods[-1], "region": region, "curve": want})
        if rng.random() < 0.8:
            network["processes"].append(
                {
                    "id": f"p-{region}",
                    "region": region,
                    "inputs": {goods[0]: float(rng.uniform(0.8, 2))},
                    "outputs": {goods[-1]: 1.0},
                    "cost": float(rng.uniform(1, 10)),
                    "slope": float(rng.uniform(0.05, 0.5)),
                }
            )
        if periods > 1 and rng.random() < 0.7:
            network["stocks"].append(
                {
                    "id": f"k-{region}",
                    "commodity": goods[-1],
                    "region": region,
                    "carrying_cost": float(rng.uniform(0, 4)),
                    "initial": float(rng.uniform(0, 20)),
                    "capacity": float(rng.uniform(5, 50)),
                    "terminal_value": float(rng.uniform(0, 60)),
                }
            )
        for other in REGIONS:
            if other != region:
                for good in goods:
                    network["routes"].append(
                        {
                            "id": f"r-{good}-{region}-{other}",
                            "commodity": good,
                            "from": region,
                            "to": other,
                            "cost": float(rng.uniform(0, 15)),
                            "slope": float(rng.uniform(0.01, 0.3)) if slopes else 0.0,
                        }
                    )
    return network


def with_quotas(rng: np.random.Generator, network: dict) -> dict:
    sizes = [float(size) for size in rng.uniform(1, 20, 3)]
    network["measures"] += [
        {"id": "q", "instrument": "export_quota", "commodity": "ore", "exporter": "a", "quantity": sizes[0]},
        {"id": "t", "instrument": "import_tariff", "importer": ["b", "c"], "specific": sizes[1] / 2},
        {"id": "n", "instrument": "import_quota", "importer": "d", "commodity": "metal", "quantity": sizes[2]},
    ]
    return network


class Programme:
    """min 1/2 x'Px + c'x under balances >= 0 and x in boxes, money discounted to the first period, by Clarabel."""

    def __init__(self, network: dict) -> None:
        self.columns: list[tuple[float, float, float]] = []
        self.rows: dict[object, dict[int, float]] = {}
        self.rhs: dict[object, float] = {}
        names: list[tuple[str, str, str]] = []
        worth = 1.0
        periods = network["periods"]
        tariff = {m["id"]: m for m in network["measures"] if m["instrument"] == "import_tariff"}
        for t, period in enumerate(periods):
            years = period["years"]

            def add(key, linear, slope, cap, flows, years=years, worth=worth, t=t):
                j = len(self.columns)
                self.columns.append((worth * linear, worth * slope / years, np.inf if cap is None else cap * years))
                names.append((*key, t))
                for place, amount in flows.items():
                    self.rows.setdefault(place, {})[j] = self.rows.get(place, {}).get(j, 0.0) + amount

            for e in network["supplies"]:
                c = e["curve"]
                add(
                    ("supply", e["id"]), c["cost"], c["slope"], c.get("capacity"), {(e["commodity"], e["region"], t): 1}
                )
            for e in network["demands"]:
                c = e["curve"]
                add(("demand", e["id"]), -c["intercept"], c["slope"], None, {(e["commodity"], e["region"], t): -1})
            for e in network["routes"]:
                tax = sum(m["specific"] for m in tariff.values() if e["to"] in m["importer"])
                flows = {(e["commodity"], e["from"], t): -1, (e["commodity"], e["to"], t): 1}
                for m in network["measures"]:
                    hit = (m["instrument"] == "export_quota" and e["from"] == m["exporter"]) or (
                        m["instrument"] == "import_quota" and e["to"] == m["importer"]
                    )
                    if hit and e["commodity"] == m["commodity"]:
                        flows[m["id"], t] = -1
                        self.rhs[m["id"], t] = -m["quantity"] * years
                add(("route", e["id"]), e["cost"] + tax, e["slope"], None, flows)
            for e in network["processes"]:
                flows = {(g, e["region"], t): -v for g, v in e["inputs"].items()}
                flows |= {(g, e["region"], t): v for g, v in e["outputs"].items()}
                add(("process", e["id"]), e["cost"], e["slope"], None, flows)
            growth = (1 + network["interest"]) ** years
            for e in network["stocks"]:
                place = (e["commodity"], e["region"])
                if t == 0:
                    self.rhs[(*place, t)] = self.rhs.get((*place, t), 0.0) - e["initial"]
                last = t == len(periods) - 1
                linear = e["carrying_cost"] * years - (e["terminal_value"] / growth if last else 0.0)
                flows = {(*place, t): -1.0} | ({} if last else {(*place, t + 1): 1.0})
                j = len(self.columns)
                self.columns.append((worth * linear, 0.0, e["capacity"]))
                names.append(("stock", e["id"], t))
                for where, amount in flows.items():
                    self.rows.setdefault(where, {})[j] = amount
            worth /= growth
        self.names = names

    def solve(self) -> tuple[dict[tuple[str, str, int], float], float]:
        n = len(self.columns)
        linear, curved, caps = (np.array(v, dtype=float) for v in zip(*self.columns, strict=True))
        keys = list(self.rows)
        data = [(i, j, -v) for i, key in enumerate(keys) for j, v in self.rows[key].items()]
        i, j, v = zip(*data, strict=True)
        finite = np.flatnonzero(np.isfinite(caps))
        limits = sp.vstack(
            [
                sp.csc_matrix((v, (i, j)), shape=(len(keys), n)),
                -sp.identity(n),
                sp.identity(n).tocsr()[finite],
            ]
        ).tocsc()
        right = np.concatenate([[-self.rhs.get(key, 0.0) for key in keys], np.zeros(n), caps[finite]])
        options = clarabel.DefaultSettings()
        options.verbose = False
        options.tol_gap_abs = options.tol_gap_rel = options.tol_feas = 1e-11
        found = clarabel.DefaultSolver(
            sp.diags(curved).tocsc(), linear, limits, right, [clarabel.NonnegativeConeT(len(right))], options
        ).solve()
        x = np.array(found.x)
        return dict(zip(self.names, x, strict=True)), float(linear @ x + curved @ x**2 / 2)


def market_of(network: dict, market):
    built = market()
    built.network |= copy.deepcopy(network)
    return built


def compare(network: dict, market) -> None:
    answer = market_of(network, market).solve()
    expected, _ = Programme(network).solve()
    tables = {"supply": "id", "demand": "id", "route": "route", "process": "id", "stock": "id"}
    where = {"route": "flows", "process": "processes", "stock": "stocks"}
    scale = max(expected.values())
    for (kind, name, t), quantity in expected.items():
        rows = [
            row["quantity" if kind != "process" else "level"]
            for row in answer.record[where.get(kind, kind)]
            if row[tables[kind]] == name and row["period"] == network["periods"][t]["id"]
        ]
        assert sum(rows) == approx(quantity, rel=1e-4, abs=2e-5 * scale), (kind, name, t)


@pytest.mark.parametrize("seed", range(12))
def test_one_period_networks_agree_with_clarabel(market, seed):
    compare(draw_network(np.random.default_rng(seed)), market)


@pytest.mark.parametrize("seed", range(12))
def test_networks_with_tariffs_and_quotas_agree_with_clarabel(market, seed):
    rng = np.random.default_rng(100 + seed)
    compare(with_quotas(rng, draw_network(rng)), market)


@pytest.mark.parametrize("seed", range(8))
def test_networks_over_time_agree_with_clarabel(market, seed):
    rng = np.random.default_rng(200 + seed)
    compare(with_quotas(rng, draw_network(rng, periods=4)), market)


@pytest.mark.parametrize("seed", range(6))
def test_welfare_is_the_optimum_of_the_programme_where_nothing_is_taxed(market, seed):
    """Value of goods less costs: minus the programme's objective when there is one period without measures."""
    network = draw_network(np.random.default_rng(300 + seed))
    network["periods"][0]["years"] = 1.0
    _, objective = Programme(network).solve()
    assert market_of(network, market).solve().welfare() == approx(-objective, rel=1e-6)


@quick
@given(st.integers(0, 10**6), st.floats(1.05, 4))
def test_relaxing_a_quota_never_lowers_welfare(market, seed, factor):
    """True of a convex case without other distortions: the tariff is left out."""
    rng = np.random.default_rng(seed)
    network = with_quotas(rng, draw_network(rng))
    network["measures"] = [m for m in network["measures"] if m["instrument"] != "import_tariff"]
    before = market_of(network, market).solve().welfare()
    for m in network["measures"]:
        m["quantity"] *= factor
    after = market_of(network, market).solve().welfare()
    assert after >= before - 1e-6 * abs(before)


@quick
@given(st.integers(0, 10**6))
def test_names_and_order_do_not_matter(market, seed):
    rng = np.random.default_rng(seed)
    network = with_quotas(rng, draw_network(rng, periods=2))
    renamed = copy.deepcopy(network)
    new = {"a": "zulu", "b": "yankee", "c": "x-ray", "d": "whisky"}
    for table in ("supplies", "demands", "processes", "stocks", "routes"):
        for e in renamed[table]:
            for field in ("region", "from", "to"):
                if field in e:
                    e[field] = new[e[field]]
        renamed[table] = [renamed[table][i] for i in rng.permutation(len(renamed[table]))]
    for m in renamed["measures"]:
        for field in ("importer", "exporter"):
            if field in m:
                m[field] = [new[r] for r in ([m[field]] if isinstance(m[field], str) else m[field])]
    one, two = market_of(network, market).solve(), market_of(renamed, market).solve()
    for row in one.record["prices"]:
        twin = two.price(new[row["region"]], row["commodity"], period=row["period"])
        assert twin == approx(row["price"], rel=1e-5, abs=1e-5)
    assert two.welfare() == approx(one.welfare(), rel=1e-6)


@quick
@given(st.integers(0, 10**6), st.sampled_from([1e-3, 1e3]), st.sampled_from([1e-2, 1e4]))
def test_units_of_money_and_of_goods_do_not_matter(market, seed, money, mass):
    """Prices in another money and quantities in another unit: prices scale by money / mass, flows by mass."""
    rng = np.random.default_rng(seed)
    network = with_quotas(rng, draw_network(rng))
    other = copy.deepcopy(network)
    price, curve = money / mass, money / mass / mass
    for e in other["supplies"]:
        e["curve"]["cost"] *= price
        e["curve"]["slope"] *= curve
        if "capacity" in e["curve"]:
            e["curve"]["capacity"] *= mass
    for e in other["demands"]:
        e["curve"]["intercept"] *= price
        e["curve"]["slope"] *= curve
    for e in other["routes"] + other["processes"]:
        e["cost"] *= price
        e["slope"] *= curve
    for m in other["measures"]:
        if "specific" in m:
            m["specific"] *= price
        else:
            m["quantity"] *= mass
    one, two = market_of(network, market).solve(), market_of(other, market).solve()
    for mine, theirs in zip(one.record["prices"], two.record["prices"], strict=True):
        assert theirs["price"] == approx(mine["price"] * price, rel=1e-5, abs=1e-5 * price)
    top = max(row["quantity"] for row in one.record["demand"])
    for mine, theirs in zip(one.record["flows"], two.record["flows"], strict=True):
        assert theirs["quantity"] == approx(mine["quantity"] * mass, rel=1e-4, abs=1e-5 * top * mass)
    assert two.welfare() == approx(one.welfare() * money, rel=1e-6)


@quick
@given(st.integers(0, 10**6), st.floats(0.5, 30))
def test_a_specific_tariff_never_raises_total_welfare_and_never_lowers_the_importers_price(market, seed, tariff):
    network = draw_network(np.random.default_rng(seed))
    free = market_of(network, market).solve()
    network["measures"] = [
        {"id": "t", "instrument": "import_tariff", "importer": "a", "commodity": "metal", "specific": tariff}
    ]
    taxed = market_of(network, market).solve()
    assert taxed.welfare() <= free.welfare() + 1e-6 * abs(free.welfare())
    assert taxed.price("a", "metal") >= free.price("a", "metal") - 1e-5


@quick
@given(st.integers(0, 10**6), st.floats(0.02, 1.5), st.sampled_from(["cif", "fob"]))
def test_a_share_of_value_is_the_specific_tariff_of_its_own_wedge(market, seed, rate, base):
    """A share of value between one pair leaves the equilibrium of a specific tariff of its wedge."""
    network = draw_network(np.random.default_rng(seed), goods=("metal",))
    network["processes"] = []
    named = {"id": "t", "instrument": "import_tariff", "importer": "a", "exporter": "b"}
    network["measures"] = [{**named, "ad_valorem": rate, "base": base}]
    by_share = market_of(network, market).solve()
    wedge = by_share.measure("t")["wedge"]
    flow = by_share.flow("r-metal-b-a")
    if flow < 1e-4:
        return
    network["measures"] = [{**named, "specific": wedge}]
    by_unit = market_of(network, market).solve()
    assert by_unit.flow("r-metal-b-a") == approx(flow, rel=1e-4, abs=1e-4)
    for region in REGIONS:
        assert by_unit.price(region, "metal") == approx(by_share.price(region, "metal"), rel=1e-5)


@quick
@given(st.integers(0, 10**6), st.floats(1.01, 2.5))
def test_a_floor_is_the_specific_tariff_of_its_least_levy(market, seed, height):
    """Attained: its levy as a tariff gives the same price. Not attained: no imports and the autarky price."""
    network = draw_network(np.random.default_rng(seed), goods=("metal",))
    network["processes"] = []
    free = market_of(network, market).solve()
    floor = free.price("a", "metal") * height
    network["measures"] = [
        {"id": "f", "instrument": "price_floor", "commodity": "metal", "members": "a", "price": floor}
    ]
    network["measures"][0]["upheld_by"] = "adjustable_tariff"
    held = market_of(network, market).solve()
    record = held.measure("f")
    imports = sum(held.flow(f"r-metal-{region}-a") for region in "bcd")
    if record["attained"]:
        assert held.price("a", "metal") == approx(floor, rel=1e-5)
        network["measures"] = [
            {"id": "t", "instrument": "import_tariff", "importer": "a", "specific": record["wedge"] or 0.0}
        ]
        if record["wedge"] is not None:
            same = market_of(network, market).solve()
            assert same.price("a", "metal") == approx(floor, rel=1e-5)
            assert record["revenue"] == approx(record["wedge"] * imports, rel=1e-3, abs=1e-3)
    else:
        assert held.price("a", "metal") < floor
        assert imports == approx(0, abs=1e-4)
        network["measures"] = [{"id": "b", "instrument": "import_tariff", "importer": "a", "specific": 1e4}]
        autarky = market_of(network, market).solve()
        assert held.price("a", "metal") == approx(autarky.price("a", "metal"), rel=1e-5)
