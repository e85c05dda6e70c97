"""The material balance, computed anew from capacities, recipes, flows and demand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["TERMS", "material_balance", "recipes"]

TERMS = ("production_t", "imports_t", "exports_t", "intermediate_use_t", "final_use_t")
"""Terms of the balance that follow from other tables; stock change and unsold amounts are its slack."""

Rows = Iterable[Mapping[str, Any]]


def recipes(processes: Rows) -> dict[str, dict[str, dict[str, float]]]:
    """Return the coefficients by process, role and item.

    Examples
    --------
    >>> row = {"process": "finish.La", "role": "output", "item": "oxide.La", "coefficient": 1.0}
    >>> recipes([row])["finish.La"]["output"]
    {'oxide.La': 1.0}
    """
    found: dict[str, dict[str, dict[str, float]]] = {}
    for row in processes:
        roles = found.setdefault(row["process"], {"input": {}, "output": {}, "cost": {}})
        roles[row["role"]][row["item"]] = row["coefficient"]
    return found


def material_balance(
    processes: Rows, capacity: Rows, flows: Rows, demand: Rows
) -> dict[tuple[str, str], dict[str, float]]:
    r"""Return what each commodity's production, trade and use in each region are, t in 2024.

    For commodity :math:`c` in region :math:`r`, with activity :math:`x_{pr}` (table `capacity`) and coefficients
    :math:`a_{pc}` (table `processes`),

    .. math:: \sum_p a^{out}_{pc} x_{pr} + \sum_s f_{src} = \sum_s f_{rsc} + \sum_p a^{in}_{pc} x_{pr} + d_{rc}
              + \text{stock change} + \text{unsold}

    Parameters
    ----------
    processes, capacity, flows, demand
        Rows of the tables of that name.

    Returns
    -------
    dict
        `TERMS` by (commodity, region).

    Examples
    --------
    >>> mine = {"process": "mine.x", "role": "output", "item": "ore.x", "coefficient": 1.0}
    >>> site = {"process": "mine.x", "region": "AUS", "output_2024": 10.0}
    >>> ship = {"from": "AUS", "to": "MYS", "commodity": "ore.x", "t": 10.0}
    >>> found = material_balance([mine], [site], [ship], [])
    >>> found["ore.x", "AUS"]["production_t"], found["ore.x", "AUS"]["exports_t"]
    (10.0, 10.0)
    """
    recipe = recipes(processes)
    terms: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: dict.fromkeys(TERMS, 0.0))
    for row in capacity:
        for role, term in (("output", "production_t"), ("input", "intermediate_use_t")):
            for item, coefficient in recipe[row["process"]][role].items():
                terms[item, row["region"]][term] += coefficient * row["output_2024"]
    for row in flows:
        terms[row["commodity"], row["from"]]["exports_t"] += row["t"]
        terms[row["commodity"], row["to"]]["imports_t"] += row["t"]
    for row in demand:
        terms[row["commodity"], row["region"]]["final_use_t"] += row["quantity_t"]
    return dict(terms)
