r"""How well were articles read? Precision, recall and agreement against labelled articles, as the label guide says.

With gold set :math:`G_i` and predicted set :math:`P_i` of item *i*, micro precision is
:math:`\sum |G_i\cap P_i| / \sum |P_i|`, recall :math:`\sum |G_i\cap P_i| / \sum |G_i|`, F1 their harmonic mean.
B-cubed (Bagga and Baldwin 1998) averages, over the relevant items, the share of an item's predicted cluster that is of
its gold cluster (precision) and the reverse (recall).

>>> gold = [{"id": "a", "relevant": True, "signals": [
...     {"actor": "WTO", "actor_country": "WTO", "action": "trade_dispute", "status": "in_force", "polarity": "loosen",
...      "target_country": "CHN", "date": None, "background": False}]}]
>>> result = score(gold, [{"id": "a", "relevant": True, "signals": []}])
>>> result["relevance"]["f1"], result["action"]["recall"]
(1.0, 0.0)
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from ytterby.errors import InputError

__all__ = ["read_items", "score"]

Item = dict[str, Any]


def read_items(path: Path | str) -> list[Item]:
    """Return the records of a JSON Lines file of articles, labelled or predicted.

    Raises
    ------
    InputError
        If the file is missing, a line is no JSON object, or has no `id` or no `signals`; file and line are named.
    """
    where = Path(path)
    try:
        text = where.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError("no such file", where=str(where), hint="expected JSON Lines") from None
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start} is no UTF-8", where=str(where)) from None
    items = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"no JSON: {error.msg}", where=f"{where}, line {number}") from None
        if not isinstance(item, dict) or "id" not in item or not isinstance(item.get("signals"), list):
            raise InputError(
                "an item needs an `id` and a list `signals`",
                where=f"{where}, line {number}",
            )
        items.append(item)
    return items


def score(gold: Sequence[Item], predicted: Sequence[Item]) -> dict[str, Any]:
    """Return all figures over all items, and apart by language and by events seen in development.

    Parameters
    ----------
    gold
        Labelled items (format of the label guide).
    predicted
        Records of ``ytterby signals read``; matched by `id`. A gold item without a prediction counts as not relevant.

    Raises
    ------
    InputError
        If no predicted id is among the gold ids.
    """
    by_id = {str(p["id"]): p for p in predicted}
    pairs = [(g, by_id.get(str(g["id"]), {"id": g["id"], "relevant": False, "signals": []})) for g in gold]
    if gold and not any(str(g["id"]) in by_id for g in gold):
        raise InputError(
            "no predicted id is among the gold ids",
            hint="ids must be the same in both files",
        )
    result = _figures(pairs)
    result["by"] = {}
    splits: dict[str, Callable[[Item], bool]] = {
        "english": lambda g: g.get("lang") == "en",
        "chinese": lambda g: g.get("lang") == "zh",
        "other": lambda g: g.get("lang") not in {"en", "zh", None},
        "event_seen_in_dev": lambda g: g.get("event_seen_in_dev") is True,
        "event_not_seen_in_dev": lambda g: g.get("event_seen_in_dev") is False,
    }
    for name, test in splits.items():
        some = [(g, p) for g, p in pairs if test(g)]
        if some:
            result["by"][name] = _figures(some)
    result["confusions"] = _confusions(pairs)
    return result


def _main(item: Item) -> list[Item]:
    return [s for s in item["signals"] if not s.get("background")]


def _figures(pairs: Sequence[tuple[Item, Item]]) -> dict[str, Any]:
    return {
        "n": len(pairs),
        "relevance": _prf(
            (
                ({"yes"} if g.get("relevant") else set()),
                ({"yes"} if p.get("relevant") else set()),
            )
            for g, p in pairs
        ),
        "action": _sets(pairs, lambda s: s["action"]),
        "actor_country": _sets(pairs, lambda s: s["actor_country"]),
        "actor": _sets(pairs, lambda s: s["actor"]),
        "country_action": _sets(pairs, lambda s: (s["actor_country"], s["action"])),
        "tuple": _prf((_tuples(g, None), _tuples(p, g)) for g, p in pairs),
        "status": _agreement(pairs, "status"),
        "polarity": _agreement(pairs, "polarity"),
        "date": _dates(pairs),
        "clusters": _bcubed(pairs),
        "background": _prf(
            (
                {(s["actor_country"], s["action"]) for s in g["signals"] if s.get("background")},
                {(s["actor_country"], s["action"]) for s in p["signals"] if s.get("background")},
            )
            for g, p in pairs
        ),
    }


def _prf(sets: Iterable[tuple[set[Any], set[Any]]]) -> dict[str, Any]:
    hit = said = true = 0
    for gold, predicted in sets:
        hit += len(gold & predicted)
        said += len(predicted)
        true += len(gold)
    precision = hit / said if said else None
    recall = hit / true if true else None
    f1 = 2 * hit / (said + true) if said + true else None
    return {
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "gold": true,
        "predicted": said,
        "both": hit,
    }


def _sets(pairs: Sequence[tuple[Item, Item]], key: Callable[[Item], Any]) -> dict[str, Any]:
    return _prf(({key(s) for s in _main(g)}, {key(s) for s in _main(p)}) for g, p in pairs)


def _targets(s: Item) -> list[str | None]:
    target = s.get("target_country")
    if target is None or target == []:
        return [None]
    return [target] if isinstance(target, str) else list(target)


def _tuples(item: Item, against: Item | None) -> set[tuple[Any, ...]]:
    """(country, action, target, polarity) of each main signal; of several predicted targets the labelled one counts."""
    labelled = _tuples(against, None) if against else set()
    found = set()
    for s in _main(item):
        options = [(s["actor_country"], s["action"], t, s["polarity"]) for t in _targets(s)]
        found.add(next((o for o in options if o in labelled), options[0]))
    return found


def _matched(g: Item, p: Item) -> list[tuple[Item, list[Item]]]:
    out = []
    for s in _main(g):
        same = [q for q in _main(p) if (q["actor_country"], q["action"]) == (s["actor_country"], s["action"])]
        if same:
            out.append((s, same))
    return out


def _agreement(pairs: Sequence[tuple[Item, Item]], field: str) -> dict[str, Any]:
    matched = [(s, same) for g, p in pairs for s, same in _matched(g, p)]
    agreed = sum(any(q[field] == s[field] for q in same) for s, same in matched)
    return {
        "agreement": agreed / len(matched) if matched else None,
        "matched": len(matched),
        "agreed": agreed,
    }


def _dates(pairs: Sequence[tuple[Item, Item]]) -> dict[str, Any]:
    """Score the date where it is labelled: the effective one if stated, else that of the act."""
    n = agreed = given = 0
    for g, p in pairs:
        for s, same in _matched(g, p):
            if not s.get("date"):
                continue
            n += 1
            said = {q.get("effective_date") or q.get("event_date") or q.get("date") for q in same}
            given += said != {None}
            agreed += s["date"] in said
    return {
        "agreement": agreed / n if n else None,
        "labelled": n,
        "predicted": given,
        "agreed": agreed,
    }


def _bcubed(pairs: Sequence[tuple[Item, Item]]) -> dict[str, Any]:
    rows = [
        (g["event_cluster"], p.get("event_cluster") or f"alone:{g['id']}")
        for g, p in pairs
        if g.get("relevant") and g.get("event_cluster")
    ]
    if not rows:
        return {"precision": None, "recall": None, "f1": None, "items": 0}
    gold, said, both = (
        Counter(a for a, _ in rows),
        Counter(b for _, b in rows),
        Counter(rows),
    )
    precision = sum(both[r] / said[r[1]] for r in rows) / len(rows)
    recall = sum(both[r] / gold[r[0]] for r in rows) / len(rows)
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
        "items": len(rows),
    }


def _confusions(pairs: Sequence[tuple[Item, Item]]) -> list[dict[str, Any]]:
    """Acts missed and acts invented, and where an item has one of each, which was taken for which."""
    seen: Counter[tuple[str, str]] = Counter()
    for g, p in pairs:
        true, said = {s["action"] for s in _main(g)}, {s["action"] for s in _main(p)}
        missed, invented = sorted(true - said), sorted(said - true)
        if len(missed) == 1 and len(invented) == 1:
            seen[missed[0], invented[0]] += 1
        else:
            seen.update((m, "-") for m in missed)
            seen.update(("-", i) for i in invented)
    ranked = sorted(seen.items(), key=lambda kv: (-kv[1], kv[0]))
    return [{"gold": a, "predicted": b, "items": n} for (a, b), n in ranked[:15]]
