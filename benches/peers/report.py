"""Markdown of the figures of a run."""

import collections
import statistics

from model import KINDS

APART = 0.10
SLACK = 2


def whole(results):
    parts = [head(results)]
    for corpus in results["corpora"]:
        parts += [title(corpus), index_table(corpus)]
        if corpus["queries"]:
            parts += [ratio_table(corpus, "warm", results["unranked"]), time_table(corpus, "warm")]
        if any(any(entry["cold"].values()) for entry in corpus["queries"]):
            parts += [ratio_table(corpus, "cold", results["unranked"]), time_table(corpus, "cold")]
        parts.append(different(corpus))
    if len(results["corpora"]) > 1:
        parts.append(growth_table(results["corpora"]))
    return "\n\n".join(part for part in parts if part)


def head(results):
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    lines = [f"{results['date']}, commit {results['commit']}, {results['machine']}, load {results['load']:.1f} at the start."]
    lines += [f"Versions: {versions}."]
    lines += [f"SKIPPED: {name}: {reason}" for name, reason in results["skipped"].items()]
    lines += [f"- {name}: {note}" for name, note in results["notes"].items()]
    return "\n".join(lines)


def title(corpus):
    return f"### {corpus['corpus']}: {corpus['articles']:,} articles, {corpus['bytes'] / 1e6:,.1f} MB"


def table(columns, rows):
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def spread(values, form):
    """The median, and the quartiles in parentheses if there are enough values."""
    middle = form.format(statistics.median(values))
    if len(values) < 3:
        return middle
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return f"{middle} ({form.format(low)}–{form.format(high)})"


def ratio(ours, theirs):
    """The ratio of the medians, with the quartiles of the ratios of each round, in which both took turns."""
    middle = f"{statistics.median(ours) / statistics.median(theirs):.2f}"
    if len(ours) < 3:
        return middle
    low, _, high = statistics.quantiles([a / b for a, b in zip(ours, theirs)], n=4, method="inclusive")
    return f"{middle} ({low:.2f}–{high:.2f})"


def column(runs, name):
    return [run[name] for run in runs]


def index_table(corpus):
    """What indexing took: medians and quartiles, and backfile's ratio to each."""
    ours = corpus["index"]["backfile"]
    rows = []
    for name, runs in corpus["index"].items():
        wall = statistics.median(column(runs, "wall"))
        rows.append([
            name,
            spread(column(runs, "wall"), "{:.2f}"),
            spread(column(runs, "cpu"), "{:.2f}"),
            f"{statistics.median(column(runs, 'memory')) / 1e6:,.0f}",
            f"{statistics.median(column(runs, 'bytes')) / corpus['bytes']:.2f}",
            f"{corpus['articles'] / wall:,.0f}",
            f"{corpus['bytes'] / wall / 1e6:.1f}",
            *(ratio(column(ours, what), column(runs, what)) for what in ("wall", "cpu", "bytes")),
        ])
    names = ["indexing", "wall s", "CPU s", "peak MB", "index / input", "articles/s", "MB/s"]
    return table([*names, "ratio wall", "ratio CPU", "ratio size"], rows)


def agrees(entry, name):
    """Whether a peer finds as many articles as backfile, but for differences of stemmers and tokenizers."""
    ours, theirs = entry["hits"]["backfile"], entry["hits"][name]
    return abs(ours - theirs) <= max(SLACK, APART * max(ours, theirs))


def entries(corpus, kind, name):
    """The queries of a class in which a peer can be compared."""
    return [entry for entry in corpus["queries"] if entry["kind"] == kind and name in entry["hits"] and agrees(entry, name)]


def rounds(found, state, name):
    """For each round, the time of all queries of a class together."""
    return [sum(times) for times in zip(*(entry[state][name] for entry in found))]


def compared(corpus, state, kind, name):
    """Backfile's ratio to a peer in a class: `-` if it has no such class, `≠` if it finds other articles."""
    if not any(entry["kind"] == kind and name in entry["hits"] for entry in corpus["queries"]):
        return "-"
    found = entries(corpus, kind, name)
    return ratio(rounds(found, state, "backfile"), rounds(found, state, name)) if found else "≠"


def peers(corpus):
    """Names in the order of the run."""
    return list(dict.fromkeys(name for entry in corpus["queries"] for name in entry["hits"]))


def ratio_table(corpus, state, unranked):
    """The last column is the ratio to the fastest of those that rank."""
    names = [name for name in peers(corpus) if name != "backfile"]
    ranked = [name for name in names if name not in unranked]
    rows = []
    for kind in KINDS:
        cells = {name: compared(corpus, state, kind, name) for name in names}
        rows.append([kind, *cells.values(), best({name: cells[name] for name in ranked})])
    return table([f"{state} query, backfile / …", *names, "best that ranks"], rows)


def best(cells):
    """The peer with the largest ratio, which is the fastest."""
    ratios = {name: float(cell.split()[0]) for name, cell in cells.items() if cell not in "-≠"}
    return max((f"{ratios[name]:.2f} {name}" for name in ratios), key=lambda cell: float(cell.split()[0]), default="-")


def time_table(corpus, state):
    """p50 and p99 of all runs of a class, of the peer's own queries whatever they find."""
    names = peers(corpus)
    rows = [[kind, *(percentiles(corpus, state, kind, name) for name in names)] for kind in KINDS]
    return table([f"{state} query, p50 / p99 ms", *names], rows)


def percentiles(corpus, state, kind, name):
    times = [time * 1000 for entry in corpus["queries"] if entry["kind"] == kind for time in entry[state].get(name, [])]
    if len(times) < 2:
        return "-"
    return f"{statistics.median(times):.1f} / {statistics.quantiles(times, n=100, method='inclusive')[98]:.1f}"


def different(corpus):
    """The queries that are not compared, by peer."""
    found = collections.defaultdict(list)
    for entry in corpus["queries"]:
        for name in entry["hits"]:
            if not agrees(entry, name):
                numbers = f"{entry['hits'][name]:,} instead of {entry['hits']['backfile']:,}"
                found[name].append(f"{entry['kind']} `{entry['query']}` {numbers}")
    return "\n".join(f"- not compared, {name}: {'; '.join(queries)}" for name, queries in found.items())


def growth_table(corpora):
    """Of backfile alone: ingest per article and each class, and how often the largest takes the time of the one before."""
    sizes = [f"{corpus['articles']:,}" for corpus in corpora]
    micros = [statistics.median(column(c["index"]["backfile"], "wall")) / c["articles"] * 1e6 for c in corpora]
    rows = [["ingest, µs an article", *(f"{micro:.1f}" for micro in micros), f"{micros[-1] / micros[-2]:.2f}"]]
    for kind in KINDS:
        times = [class_median(corpus, kind, "backfile") for corpus in corpora]
        if all(times):
            rows.append([f"{kind}, ms", *(f"{time * 1000:.1f}" for time in times), f"{times[-1] / times[-2]:.2f}"])
    return table(["growth of backfile", *sizes, "last / before"], rows)


def class_median(corpus, kind, name):
    """The mean query of a class in the median round; None if the peer has none."""
    found = [entry for entry in corpus["queries"] if entry["kind"] == kind and entry["warm"].get(name)]
    return statistics.median(rounds(found, "warm", name)) / len(found) if found else None
