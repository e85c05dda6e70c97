"""Two countries that trade wheat, and the same with more taken away at a place."""

import pytest


def _supply(name, region="home", good="wheat", **curve):
    form = {} if "form" in curve else {"form": "marginal_cost", "cost": 0}
    return {"id": name, "commodity": good, "region": region, "curve": form | curve}


def _demand(name, region="home", good="wheat", **curve):
    form = {} if "form" in curve else {"form": "linear", "intercept": 100, "slope": 1}
    return {"id": name, "commodity": good, "region": region, "curve": form | curve}


def _countries(*measures, capacity=None):
    """Home: Q = 100 − P, S = P; abroad: S = P, nobody buys; a unit costs 10 to ship.

    Without measures P = 100 − P + ... : 2 (P − 50) is what home lacks, P − 10 what abroad sends: 100 − 2P = P − 10.
    """
    return {
        "supplies": [_supply("farms", slope=1, capacity=capacity), _supply("plains", "abroad", slope=1)],
        "demands": [_demand("mills")],
        "routes": [{"id": "sea", "commodity": "wheat", "from": "abroad", "to": "home", "cost": 10}],
        "measures": list(measures),
    }


def _taken(network, extra, region="home", good="wheat", period="*", segment=None):
    entry = {"id": "taken", "commodity": good, "region": region, "period": period, "segment": segment}
    return network | {"demands": [*network["demands"], entry | {"curve": {"form": "fixed", "quantity": extra}}]}


def _price(result, region="home", good="wheat"):
    p = result.prices
    return float(p[(p.commodity == good) & (p.region == region) & p.segment.isna()].price.iloc[0])


@pytest.fixture(scope="session")
def supply():
    """Return a function (name, region, good, curve) -> supply, free of cost unless the curve says otherwise."""
    return _supply


@pytest.fixture(scope="session")
def demand():
    """Return a function (name, region, good, curve) -> demand, of 100 − P unless the curve says otherwise."""
    return _demand


@pytest.fixture(scope="session")
def countries():
    """Return a function (measures, capacity of the farms) -> network of home and abroad, whose price is 110/3."""
    return _countries


@pytest.fixture(scope="session")
def quota():
    """Return a function (quantity) -> import quota of home."""
    return lambda quantity: {"id": "q", "instrument": "import_quota", "importer": "home", "quantity": quantity}


@pytest.fixture(scope="session")
def taken():
    """Return a function (network, extra, place) -> the network with `extra` more a year taken away at the place."""
    return _taken


@pytest.fixture(scope="session")
def price():
    """Return a function (result, region, good) -> price in the first period."""
    return _price
