#!/usr/bin/env python3
"""Draws how times grow with the archive, from the figures of `run.py --growth … --json RESULTS.json`.

    benches/peers/plot.py RESULTS.json growth.svg

Ingest in microseconds an article, and each class of query in milliseconds (warm, the median round, the mean of its
queries), by the number of articles; both axes logarithmic. Without matplotlib it is SKIPPED.
"""

import json
import pathlib
import statistics
import sys

from model import KINDS
from report import class_median, column

COLUMNS = 5


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        import matplotlib
    except ImportError:
        print("SKIPPED: matplotlib is not installed: pip install matplotlib")
        return
    matplotlib.use("svg")
    # Letters as text and no random names: small, and the same figures give the same file.
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "backfile"})
    draw(json.loads(pathlib.Path(sys.argv[1]).read_text()), sys.argv[2])


def draw(results, path):
    from matplotlib import pyplot

    corpora = results["corpora"]
    panels = [("ingest, µs an article", ingest)]
    panels += [(f"{kind}, ms", lambda corpus, name, kind=kind: query(corpus, kind, name)) for kind in KINDS]
    rows = -(-len(panels) // COLUMNS)
    figure, axes = pyplot.subplots(rows, COLUMNS, figsize=(3 * COLUMNS, 2.6 * rows), constrained_layout=True)
    for axis, (title, value) in zip(axes.flat, panels):
        panel(axis, title, value, corpora, results["versions"])
    for axis in axes.flat[len(panels) :]:
        axis.remove()
    figure.legend(*labels(axes.flat[: len(panels)]), loc="outside lower center", ncols=len(results["versions"]))
    figure.suptitle(f"by the number of articles; {results['date']}, commit {results['commit']}, {results['machine']}")
    figure.savefig(path, metadata={"Date": None})


def panel(axis, title, value, corpora, names):
    """One line for each program that has figures there; colours stay the same from panel to panel."""
    for number, name in enumerate(names):
        points = [(corpus["articles"], value(corpus, name)) for corpus in corpora]
        points = [point for point in points if point[1]]
        if points:
            style = {"color": f"C{number}", "linewidth": 2.4 if name == "backfile" else 1.2}
            axis.plot(*zip(*points), marker="o", markersize=3, label=name, **style)
    axis.set(title=title, xscale="log", yscale="log")
    axis.grid(alpha=0.3)


def labels(axes):
    """Handles and names for the legend, each program once."""
    found = {name: handle for axis in axes for handle, name in zip(*axis.get_legend_handles_labels())}
    return list(found.values()), list(found)


def ingest(corpus, name):
    runs = corpus["index"].get(name)
    return statistics.median(column(runs, "wall")) / corpus["articles"] * 1e6 if runs else None


def query(corpus, kind, name):
    seconds = class_median(corpus, kind, name)
    return seconds * 1000 if seconds else None


if __name__ == "__main__":
    main()
