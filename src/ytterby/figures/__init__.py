"""How does it look? Pictures of result tables, each with the table and the words that say the same.

Nothing is solved here: a figure takes a table, draws it as SVG of its own, and keeps the table beside it.

>>> import pandas as pd
>>> from ytterby.figures import price_bars
>>> row = {"commodity": "oxide.Tb", "region": "JPN", "baseline": 800.0, "scenario": 720.0, "low": 600.0, "high": 800.0,
...        "sign_share": 0.97}
>>> figure = price_bars(pd.DataFrame([row]), title="Terbium", source="example")
>>> figure.alt
'Terbium: Terbium oxide in Japan −10% (800 → 720 USD/kg; −25% to 0%; sign in 97% of draws).'
>>> figure.svg.count("<svg"), figure.table["change_pct"].tolist()
(1, [-10.0])
"""

from ytterby.figures._figure import Figure
from ytterby.figures._flow_map import flow_map
from ytterby.figures._predicted import predicted_observed
from ytterby.figures._price_bars import price_bars
from ytterby.figures._price_path import price_path
from ytterby.figures._sankey import sankey
from ytterby.figures._shortage_bars import shortage_bars
from ytterby.figures._stack import stack
from ytterby.figures._timeline import timeline

__all__ = [
    "Figure",
    "flow_map",
    "predicted_observed",
    "price_bars",
    "price_path",
    "sankey",
    "shortage_bars",
    "stack",
    "timeline",
]
