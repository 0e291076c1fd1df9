#!/usr/bin/env python3
"""Compares the titles and authors that backfile finds in web pages with those that are stated beside them.

    values.py BACKFILE FOLDER

FOLDER holds folders NAME with source.html and expected-metadata.json (the layout of Mozilla's test pages). Titles agree
when they are equal without the name of the site at either end; authors when they are the same set of names, where
"By", dates, roles, degrees and addresses in the stated line do not count. Every page that disagrees is printed.
"""

import argparse
import json
import re
from pathlib import Path

from score import found_articles

MARK = r"\s*[|·–—»:-]+\s*"
BEFORE_NAMES = r"(?i)^(written by|by|par|por|von)\b[:\s]*"
# From here on a line says when, in which role or at what address.
BEHIND_NAMES = r"(?i)\b(last updated|updated|edited by|photographs by)\b.*|https?:.*|\d.*"
DAYS_AND_MONTHS = (
    r"(?i)\b(mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(january|february|march|april|may|june|july|august"
    r"|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?$"
)
JOINTS = r"(?i)[,;()|]|\b(?:and|et|und|with|avec)\b|&"
# Degrees, roles, organisations, and what the statements take for a name.
NO_NAMES = {"ma", "md", "phd", "staff", "staff writer", "our foreign staff", "android developers", "個人"}


def plain(text):
    return " ".join((text or "").split()).casefold()


def without_site(title, site):
    title, site = plain(title), re.escape(plain(site))
    return re.sub(rf"^{site}{MARK}|{MARK}{site}$", "", title) if site else title


def names(line):
    """The names in the first line; what follows on another is a role or the name of the site."""
    line = re.sub(BEFORE_NAMES, "", line.strip()).split("\n")[0]
    line = re.sub(DAYS_AND_MONTHS, "", re.sub(BEHIND_NAMES, "", " ".join(line.split())).strip())
    parts = (part.strip(" .-").casefold() for part in re.split(JOINTS, line))
    return {part for part in parts if part and part not in NO_NAMES}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("backfile")
    arguments.add_argument("folder", type=Path)
    arguments = arguments.parse_args()

    found = found_articles(arguments.backfile, arguments.folder)
    pages = sorted(page for page in found if page.endswith("source.html"))
    titles = authors = 0
    for page in pages:
        stated = json.loads((arguments.folder / page).with_name("expected-metadata.json").read_text("utf-8"))
        site, name = stated.get("siteName") or "", Path(page).parent.name
        title = [without_site(text, site) for text in (found[page]["title"], stated.get("title"))]
        titles += title[0] == title[1]
        if title[0] != title[1]:
            print(f"title  {name}: {found[page]['title']!r}, stated {stated.get('title')!r}")
        found_names = set().union(*(names(author) for author in found[page]["authors"]))
        stated_names = names(stated.get("byline") or "")
        authors += found_names == stated_names
        if found_names != stated_names:
            print(f"author {name}: {found[page]['authors']}, stated {stated.get('byline')!r}")
    print(f"{len(pages)} pages: titles agree in {titles}, authors in {authors}")


if __name__ == "__main__":
    main()
