"""Precision and recall of finding repeats, on labelled pairs; `python -m tests.intake.measure_duplicates` prints them."""

import csv
from collections import defaultdict
from pathlib import Path

from evidence.intake.duplicates import Named, find_pairs
from evidence.intake.incoming import Incoming
from evidence.intake.normalise import clean_text

LABELLED = Path(__file__).with_name("labelled-pairs.csv")


def labelled():
    with LABELLED.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def side(row, number):
    cells = {name: row[f"{name}_{number}"] for name in ("title", "authors", "year", "venue", "doi", "kind")}
    year = int(cells["year"]) if cells["year"] else None
    return Incoming(**{**cells, "title": clean_text(cells["title"]), "year": year})  # every reader cleans titles


def measure():
    """What was found for each labelled pair: its row, and the relation told ("" where none was)."""
    rows = labelled()
    known = [Named(f"known{place}", side(row, 1)) for place, row in enumerate(rows)]
    new = [Named(f"new{place}", side(row, 2)) for place, row in enumerate(rows)]
    told = {(pair.new, pair.known): pair.relation for pair in find_pairs(new, known)}
    return [(row, told.get((f"new{place}", f"known{place}"), "")) for place, row in enumerate(rows)]


def scores(found):
    """Precision, recall, and the share of found pairs whose relation (same, other report) was told rightly."""
    right = sum(bool(told) for row, told in found if row["truth"] != "different")
    told_all = sum(bool(told) for _, told in found)
    wanted = sum(row["truth"] != "different" for row, _ in found)
    relation = sum(told == row["truth"] for row, told in found)
    return right / told_all, right / wanted, relation / right


def table(found):
    kinds = defaultdict(list)
    for row, told in found:
        kinds[row["kind_of_pair"]].append((row["truth"], told))
    lines = [f"{'kind of pair':26}{'pairs':>6}{'found':>7}{'relation right':>16}"]
    for kind, pairs in kinds.items():
        hits = sum(bool(told) for _, told in pairs)
        rightly = sum(told == truth for truth, told in pairs if told)
        lines.append(
            f"{kind:26}{len(pairs):>6}{hits:>7}{rightly if pairs[0][0] != 'different' else '(none wanted)':>16}"
        )
    precision, recall, relation = scores(found)
    return "\n".join([*lines, f"precision {precision:.3f}, recall {recall:.3f}, relation right {relation:.3f}"])


if __name__ == "__main__":
    found = measure()
    print(table(found))
    for row, told in found:
        if bool(told) != (row["truth"] != "different"):
            print(
                f"\n{'missed' if not told else 'wrong'} ({row['kind_of_pair']}): {row['title_1']}  /  {row['title_2']}"
            )
