"""The world is calibrated once; scenarios that several tests read are solved once."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest

from ytterby.market import Equilibrium
from ytterby.world import Calibration, Outcome, World


@pytest.fixture(scope="session")
def world() -> World:
    return World.default()


@pytest.fixture(scope="session")
def calibration(world: World) -> Calibration:
    return world.calibration


@pytest.fixture(scope="session")
def base(world: World) -> Equilibrium:
    return world.baseline()


@pytest.fixture(scope="session")
def outcome(world: World) -> Callable[[str], Outcome]:
    """Run a scenario of the library at central values, each once."""
    return functools.cache(lambda name: world.run(name))
