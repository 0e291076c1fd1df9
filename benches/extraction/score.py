#!/usr/bin/env python3
"""Scores the text that backfile finds in web pages against texts that were judged by hand.

    score.py BACKFILE FOLDER [--table OUT.tsv]

FOLDER holds NAME.html with NAME.txt beside it, or folders NAME with source.html and expected.html (the layout of
Mozilla's test pages). Precision and recall are those of sequences of four words, each page counting the same; the
means are taken over the pages where they exist, and F1 is made of the two means. This is the measure of the public
article extraction benchmark.
"""

import argparse
import html
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

SEQUENCE = 4


def sequences(text):
    words = re.findall(r"\w+", text)
    starts = range(max(1, len(words) - SEQUENCE + 1))
    return Counter(tuple(words[at:at + SEQUENCE]) for at in starts if words)


def precision_and_recall(found, expected):
    """Either is None where it has no meaning: nothing was found, nothing was to be found."""
    found, expected = sequences(found), sequences(expected)
    common = sum((found & expected).values())
    precision = common / sum(found.values()) if found else None
    recall = common / sum(expected.values()) if expected else None
    return precision, recall


def mean(values):
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 0.0


def f1(precision, recall):
    return 2 * precision * recall / (precision + recall) if precision and recall else 0.0


def without_tags(page):
    page = re.sub(r"(?is)<(script|style|noscript)\b.*?</\1>", " ", page)
    return html.unescape(re.sub(r"<[^>]*>", " ", page))


def expected_texts(folder):
    """The judged text of every page, by the page's path in the folder."""
    texts = {}
    for page in sorted(folder.rglob("*.html")):
        judged = page.with_suffix(".txt")
        if page.name == "source.html":
            texts[str(page.relative_to(folder))] = without_tags(page.with_name("expected.html").read_text("utf-8"))
        elif judged.exists():
            texts[str(page.relative_to(folder))] = judged.read_text("utf-8")
    return texts


def found_articles(backfile, folder):
    """What backfile makes of every page, by the page's path in the folder."""
    lines = subprocess.run([backfile, "extract", folder], check=False, capture_output=True, text=True).stdout
    articles = (json.loads(line) for line in lines.splitlines())
    return {article["location"]["path"]: article for article in articles}


def shown(value):
    return "" if value is None else f"{value:.4f}"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("backfile")
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--table", type=Path, help="write the table here instead of printing it")
    arguments = arguments.parse_args()

    expected = expected_texts(arguments.folder)
    articles = found_articles(arguments.backfile, arguments.folder)
    found = {page: article.get("body") or "" for page, article in articles.items()}
    scores = {page: precision_and_recall(found.get(page, ""), text) for page, text in expected.items()}

    name = lambda page: page.removesuffix("/source.html").removesuffix(".html")
    rows = [f"{name(page)}\t{shown(p)}\t{shown(r)}\t{shown(f1(p, r))}" for page, (p, r) in scores.items()]
    table = "\n".join(["page\tprecision\trecall\tf1", *rows]) + "\n"
    arguments.table.write_text(table) if arguments.table else sys.stdout.write(table)

    precision, recall = mean(p for p, _ in scores.values()), mean(r for _, r in scores.values())
    lost = sum(not found.get(page, "").strip() for page in expected)
    print(f"{len(scores)} pages, {lost} lost: precision {precision:.4f}, recall {recall:.4f}, F1 {f1(precision, recall):.4f}")


if __name__ == "__main__":
    main()
