#!/usr/bin/env python3
"""Measures `backfile` beside other search programs, whole processes, interleaved in one run.

    benches/peers/run.py CORPUS.jsonl [--rounds 7] [--peers tantivy,sqlite] [--only index]
    benches/peers/run.py --growth 10000,100000,1000000 --up-to xapian=100000,recoll=10000 --json results.json
    benches/peers/run.py --readme results.json

Several corpora, as `--growth` makes them, are measured one after the other with the queries of the first.

Prints Markdown: what indexing took, what queries took, and the ratios backfile / peer; below 1 means that backfile is
faster. A program that is not installed is SKIPPED. Everything is done below `--folder`, which needs ten times the room
of the corpus.

Fair, because: every program gets the articles in the form that it reads fastest, made ready beforehand. Each keeps the
words of title and body stemmed and with positions, the tags, the dates and the whole text; none has a list of common
words. Each uses all processors if it can, and leaves its index as durable as it does by default. A query is one process
that prints the number of hits and ten titles, with passages in the class "snippets" alone. Programs take turns, so that
other work on the machine meets all of them. Queries are chosen by frequency and with a seed (`choose.py`). Where a
program finds another number of articles than backfile (by more than 10 %), that query is named and not compared.
"""

import argparse
import dataclasses
import datetime
import importlib
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

import choose
import measure
import report
from model import Corpus, Missing

HERE = pathlib.Path(__file__).parent
PROJECT = HERE.parent.parent
PEERS = ("backfile", "tantivy", "sqlite", "xapian", "recoll", "groonga", "lucene", "ripgrep")


def main():
    options = arguments()
    if options.readme:
        print(report.whole(json.loads(options.readme.read_text())))
        return
    peers, skipped = present(options)
    results = machine() | {"versions": {peer.name: version for peer, version in peers}, "skipped": skipped, "corpora": []}
    results["unranked"] = [peer.name for peer, _ in peers if not peer.ranked]
    results["notes"] = {peer.name: peer.note for peer, _ in peers if peer.note}
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for measured in measurements(options, [peer for peer, _ in peers], pathlib.Path(folder)):
            results["corpora"].append(measured)
            if options.json:
                options.json.write_text(json.dumps(results, indent=1))
    print(report.whole(results))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", metavar="CORPUS.jsonl", type=pathlib.Path, nargs="*", help="JSON lines: id, url, title, body, date, tags, author")
    parser.add_argument("--map", default="", help="other names of tags in the corpus: tag=topics,tag=places")
    parser.add_argument("--growth", help="sizes of generated archives, instead of a corpus: 10000,100000,1000000")
    parser.add_argument("--rounds", type=int, default=5, help="of every query")
    parser.add_argument("--index-rounds", type=int, default=3)
    parser.add_argument("--cold-rounds", type=int, default=3, help="with the page cache dropped, for root; 0 for none")
    parser.add_argument("--peers", default=",".join(PEERS[1:]), help=f"some of {','.join(PEERS[1:])}")
    parser.add_argument("--up-to", type=limits, default={}, help="leave peers out of larger corpora: recoll=10000,xapian=100000")
    parser.add_argument("--only", choices=["index", "queries"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--backfile", type=pathlib.Path, default=PROJECT / "target" / "release" / "backfile")
    parser.add_argument("--tantivy", type=pathlib.Path, help="tantivy-cli, if it is not on the path")
    parser.add_argument("--anserini", type=pathlib.Path, help="Anserini's jar")
    parser.add_argument("--folder", type=pathlib.Path, help="for inputs and indexes")
    parser.add_argument("--json", type=pathlib.Path, help="write all figures there")
    parser.add_argument("--readme", type=pathlib.Path, metavar="RESULTS", help="print the tables of an earlier run")
    options = parser.parse_args()
    unknown = set(options.peers.split(",")).difference(PEERS)
    if unknown:
        parser.error(f"no such peers: {', '.join(sorted(unknown))}")
    if bool(options.corpora) + bool(options.growth) + bool(options.readme) != 1:
        parser.error("one of CORPUS.jsonl, --growth and --readme")
    return options


def limits(text):
    """`recoll=10000,xapian=100000` as a table."""
    return {name: int(articles) for name, articles in (pair.split("=") for pair in text.split(","))}


def present(options):
    """The peers that are there, with their versions, and why others are not."""
    found, skipped = [], {}
    wanted = ["backfile", *options.peers.split(",")]
    for name in (name for name in PEERS if name in wanted):
        peer = importlib.import_module(name).PEER(options)
        try:
            found.append((peer, peer.version()))
        except Missing as reason:
            skipped[name] = str(reason)
            print(f"SKIPPED {name}: {reason}", file=sys.stderr)
    if "backfile" in skipped:
        sys.exit("without backfile there is nothing to compare")
    return found, skipped


def machine():
    """Where and when."""
    commit = subprocess.run(["git", "-C", PROJECT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    models = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    return {
        "date": datetime.date.today().isoformat(),
        "commit": commit.stdout.strip(),
        "machine": f"{models[0] if models else platform.machine()}, {os.cpu_count()} processors, {platform.system()}",
        "load": os.getloadavg()[0],
    }


def measurements(options, peers, folder):
    """The figures of each corpus, one after the other, with the queries of the first."""
    queries = None
    for corpus in corpora(options, folder):
        queries = queries or measure.apart(choose.choose, corpus, options.seed)
        size = articles(corpus.path)
        able = [peer for peer in peers if size <= options.up_to.get(peer.name, size)]
        yield {"articles": size} | measured(options, able, corpus, queries, folder)


def corpora(options, folder):
    yield from (Corpus(path, options.map) for path in options.corpora)
    if not options.growth:
        return
    for articles in options.growth.split(","):
        path = folder / f"{articles}.jsonl"
        generate = [sys.executable, HERE.parent / "corpus.py", "--articles", articles, "--seed", str(options.seed), path]
        subprocess.check_call(generate)
        yield Corpus(path)
        path.unlink()


def measured(options, peers, corpus, queries, folder):
    work = folder / "work"
    folders = {peer: work / peer.name for peer in peers}
    for peer, place in folders.items():
        place.mkdir(parents=True)
        progress(f"{corpus.path.name}: input of {peer.name}")
        measure.apart(peer.prepare, corpus, place)
    figures = {"corpus": corpus.path.name, "bytes": corpus.path.stat().st_size}
    rounds = 1 if options.only == "queries" else options.index_rounds
    figures["index"] = indexing([peer for peer in peers if peer.indexes], folders, rounds)
    figures["queries"] = [] if options.only == "index" else querying(options, folders, queries)
    shutil.rmtree(work)
    return figures


def articles(path):
    with path.open("rb") as lines:
        return sum(1 for _ in lines)


def indexing(peers, folders, rounds):
    """Every peer makes its index anew, in turns."""
    runs = {peer.name: [] for peer in peers}
    for number in range(rounds):
        for peer in peers:
            shutil.rmtree(folders[peer] / "index", ignore_errors=True)
            peer.fresh(folders[peer])
            progress(f"index {number + 1}/{rounds}: {peer.name}")
            run = measure.together([measure.run(command) for command in peer.indexing(folders[peer])])
            size = measure.bytes_of(folders[peer] / "index")
            runs[peer.name].append(dataclasses.asdict(run) | {"bytes": size})
    return runs


def querying(options, folders, queries):
    """Every query in every round by each peer that can, after a first time that fills the cache and counts the hits."""
    figures = []
    for query in queries:
        counted = {peer: first_hits(peer, folders[peer], query) for peer in folders if query.kind in peer.kinds}
        able = [peer for peer, hits in counted.items() if hits is not None]
        hits = {peer.name: counted[peer] for peer in able}
        entry = {"kind": query.kind, "query": query.label(), "hits": hits}
        figures.append((query, able, entry | {"warm": {name: [] for name in hits}, "cold": {name: [] for name in hits}}))
    turns(figures, folders, "warm", options.rounds)
    if options.cold_rounds and not measure.can_drop_caches():
        progress("SKIPPED cold: only root can drop the page cache")
    elif options.cold_rounds:
        turns(figures, folders, "cold", options.cold_rounds)
    return [entry for _, _, entry in figures]


def first_hits(peer, folder, query):
    """The number of hits, or None if the program fails, which is said."""
    try:
        return peer.hits(measure.printed(peer.search(folder, query)))
    except measure.Failed as failure:
        progress(f"FAILED {peer.name}: {failure}")
        return None


def turns(figures, folders, state, rounds):
    for number in range(rounds):
        progress(f"{state} queries {number + 1}/{rounds}")
        for query, able, entry in figures:
            for peer in able:
                if state == "cold":
                    measure.drop_caches()
                entry[state][peer.name].append(measure.run(peer.search(folders[peer], query)).wall)


def progress(text):
    print(f"{datetime.datetime.now():%H:%M:%S} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
