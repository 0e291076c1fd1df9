#!/usr/bin/env python3
"""Measures `backfile` beside tantivy's own command line program, whole processes, interleaved in one run.

    benches/against_tantivy_cli.py RECORDS.jsonl [--rounds 9] [--query "oil price opec" ...]

RECORDS.jsonl holds one article a line with `title`, `body`, `date`, `id` and the lists `topics` and `places`.
`tantivy` (crates.io: tantivy-cli) and `target/release/backfile` must be there. Prints medians and their ratio:
below 1 means that backfile is faster.
"""

import argparse
import json
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BACKFILE = pathlib.Path(__file__).parent.parent / "target" / "release" / "backfile"


def text_field(name):
    indexing = {"record": "position", "fieldnorms": True, "tokenizer": "en_stem"}
    return {"name": name, "type": "text", "options": {"indexing": indexing, "stored": True, "fast": False}}


def keyword_field(name):
    indexing = {"record": "basic", "fieldnorms": False, "tokenizer": "raw"}
    return {"name": name, "type": "text", "options": {"indexing": indexing, "stored": True, "fast": True}}


# One stemmed field that holds title and body: the least work with which tantivy finds the same articles.
SCHEMA = {
    "index_settings": {"docstore_compression": "lz4", "docstore_blocksize": 16384},
    "segments": [],
    "schema": [text_field("text"), keyword_field("date"), keyword_field("topics"), keyword_field("places"), keyword_field("id")],
    "opstamp": 0,
}


def timed(command, expected=(0,)):
    """Wall and CPU seconds of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    wall = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in expected:
        sys.exit(f"{command}: exit code {done.returncode}\n{done.stderr.decode(errors='replace')}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu


def report(what, ours, theirs, unit=1000, name="ms"):
    for index, measure in enumerate(["wall", "cpu"]):
        a = statistics.median(run[index] for run in ours) * unit
        b = statistics.median(run[index] for run in theirs) * unit
        print(f"{what:34} {measure:4}  backfile {a:8.1f} {name}  tantivy-cli {b:8.1f} {name}  ratio {a / b:.2f}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("records", type=pathlib.Path)
    arguments.add_argument("--rounds", type=int, default=9)
    arguments.add_argument("--query", nargs="*", default=["oil price opec", "bank rate market", "trade surplus japan"])
    options = arguments.parse_args()
    tantivy = shutil.which("tantivy")
    if not tantivy or not BACKFILE.exists():
        print(f"SKIPPED: {'tantivy is not installed' if not tantivy else f'{BACKFILE} is not built'}")
        return

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        joined = folder / "joined.jsonl"
        with options.records.open() as records, joined.open("w") as out:
            for line in records:
                record = json.loads(line)
                text = f"{record.pop('title')}\n\n{record.pop('body')}"
                out.write(json.dumps({"text": text} | record, ensure_ascii=False) + "\n")
        ours, theirs = folder / "ours", folder / "theirs"
        ingests, indexings = [], []
        for _ in range(options.rounds):
            shutil.rmtree(ours, ignore_errors=True)
            mapped = ["--map", "tag=topics,tag=places", "--quiet"]
            ingests.append(timed([BACKFILE, "-i", ours, "ingest", options.records, *mapped], (0, 3)))
            shutil.rmtree(theirs, ignore_errors=True)
            theirs.mkdir()
            (theirs / "meta.json").write_text(json.dumps(SCHEMA))
            indexings.append(timed([tantivy, "index", "-i", theirs, "-f", joined]))
        report("index", ingests, indexings)
        for query in options.query:
            found, searched = [], []
            for _ in range(options.rounds * 5):
                found.append(timed([BACKFILE, "-i", ours, "query", *query.split()]))
                searched.append(timed([tantivy, "search", "-i", theirs, "-q", " AND ".join(query.split())]))
            report(f"query {query!r}, ten snippets", found, searched)


main()
