"""What prices clear this network?

A pure kernel that knows no rare earths: commodities, regions and activities (supplies, demands, routes, processes,
stocks), and policy measures as edits of them. An equilibrium is prices at which every market clears and no activity
can gain; it is verified outside of the solver, and the residual is part of the result.

>>> network = Network.parse({
...     "supplies": [
...         {"id": "abroad", "commodity": "wheat", "region": "abroad",
...          "curve": {"form": "linear", "intercept": 0, "slope": 1}}],
...     "demands": [
...         {"id": "home", "commodity": "wheat", "region": "home",
...          "curve": {"form": "linear", "intercept": 100, "slope": 1}}],
...     "routes": [{"id": "sea", "commodity": "wheat", "from": "abroad", "to": "home", "cost": 10}],
...     "measures": [{"id": "duty", "instrument": "import_tariff", "importer": "home", "specific": 20}]})
>>> equilibrium = solve(network)
>>> [round(float(p), 6) for p in equilibrium.prices.price]
[35.0, 65.0]
>>> equilibrium.measures.revenue.round(6).tolist()
[700.0]
"""

from ytterby.market._binding import Constraint
from ytterby.market._equilibrium import Equilibrium
from ytterby.market._formation import Part, Source
from ytterby.market._network import Demand, Firm, Network, Period, Process, Route, Stock, Supply
from ytterby.market._record import EquilibriumRecord
from ytterby.market._solve import PRECISION, solve, validate
from ytterby.market._why import Next, Why

__all__ = [
    "PRECISION",
    "Constraint",
    "Demand",
    "Equilibrium",
    "EquilibriumRecord",
    "Firm",
    "Network",
    "Next",
    "Part",
    "Period",
    "Process",
    "Route",
    "Source",
    "Stock",
    "Supply",
    "Why",
    "solve",
    "validate",
]
