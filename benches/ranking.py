#!/usr/bin/env python3
"""Measures what each ingredient of the ranking adds, on collections with questions and judgements.

    benches/ranking.py COLLECTION... [--backfile PROGRAM] [--speed]

A collection is a folder with `corpus.jsonl` (`id`, `title`, `body`), `queries.tsv` (id, tab, question) and `qrels.txt`
(TREC). The settings are the same for all: questions as they stand, any of their words (`--match any`), and nothing that
was tuned on any collection. With --speed also the times of single queries with and without what is looked at in the
best hits, in one process.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

BACKFILE = pathlib.Path(__file__).parent.parent / "target" / "release" / "backfile"

ROWS = [
    ("BM25 alone, words of the title as others", True, ["--without", "stop-words,repeats,neighbours,forms"]),
    ("BM25 alone, words of the title fourfold", False, ["--without", "stop-words,repeats,neighbours,forms"]),
    ("everything", False, []),
    ("without the list of common words", False, ["--without", "stop-words"]),
    ("without counting repeated words", False, ["--without", "repeats"]),
    ("without neighbours", False, ["--without", "neighbours"]),
    ("without forms", False, ["--without", "forms"]),
    ("everything, with feedback", False, ["--feedback"]),
]
"""What it is called, whether the title counts like the body, the flags."""


def run(program, *arguments, codes=(0,)):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode not in codes:
        sys.exit(f"{arguments}: exit code {done.returncode}\n{done.stderr}")
    return done


def flat_declaration(folder):
    """The declaration of the program in which no property of an article counts more than another."""
    source = pathlib.Path(__file__).parent.parent / "index_schema"
    target = pathlib.Path(folder) / "flat"
    for file in [*source.glob("*.toml"), *source.glob("stopwords/*")]:
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(file.read_text())
    article = target / "article.toml"
    article.write_text(re.sub(r"^weights = .*\n", "", article.read_text(), flags=re.MULTILINE))
    return target


def measures(program, index, collection, flags):
    answer = run(program, "-i", index, "eval", "--json", "--queries", collection / "queries.tsv", "--qrels",
                 collection / "qrels.txt", "--match", "any", "--plain", *flags)
    return json.loads(answer.stdout)["mean"]


def times(program, index, collection, flags):
    told = run(program, "-i", index, "batch", collection / "queries.tsv", "--time", "--threads", 1, *flags,
               codes=(0, 3)).stderr
    return re.search(r"p50 \S+ ms, p99 \S+ ms", told).group()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("collections", nargs="+", type=pathlib.Path)
    parser.add_argument("--backfile", type=pathlib.Path, default=BACKFILE)
    parser.add_argument("--speed", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        flat = flat_declaration(folder)
        indexes = {}
        for collection in chosen.collections:
            for is_flat, more in [(False, []), (True, ["--schema", flat])]:
                index = pathlib.Path(folder) / f"{collection.name}-{is_flat}"
                run(chosen.backfile, "-i", index, "ingest", collection / "corpus.jsonl", "--quiet", *more, codes=(0, 3))
                indexes[collection, is_flat] = index
        names = [collection.name for collection in chosen.collections]
        print("| nDCG@10 / MAP |", " | ".join(names), "|\n|---|" + "---|" * len(names))
        for name, is_flat, flags in ROWS:
            cells = []
            for collection in chosen.collections:
                mean = measures(chosen.backfile, indexes[collection, is_flat], collection, flags)
                cells.append(f"{mean['ndcg_10']:.4f} / {mean['map']:.4f}")
            print("|", name, "|", " | ".join(cells), "|", flush=True)
        if chosen.speed:
            for collection in chosen.collections:
                for matching in ("any", "all"):
                    for name, flags in [("everything", []), ("words alone", ["--without", "neighbours,forms"])]:
                        told = times(chosen.backfile, indexes[collection, False], collection,
                                     ["--match", matching, "--plain", *flags])
                        print(f"{collection.name}, --match {matching}, {name}: {told}")


if __name__ == "__main__":
    main()
