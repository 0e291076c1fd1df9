"""What every peer answers to, and what it is asked: articles, queries, commands."""

import dataclasses
import datetime
import json
import re
import shutil


class Missing(Exception):
    """Why a peer cannot take part, and how to get it."""


@dataclasses.dataclass(frozen=True)
class Article:
    """One article as every peer gets it; `date` is an ISO day or empty."""

    id: str
    url: str
    title: str
    body: str
    date: str
    tags: tuple
    authors: tuple


@dataclasses.dataclass(frozen=True)
class Query:
    """`kind` is the class that it is measured in, `form` how its words are joined."""

    kind: str
    form: str
    words: tuple
    tag: str = ""
    since: str = ""
    until: str = ""

    def text(self):
        """In the syntax that all of these programs understand."""
        joined = {"and": " AND ", "or": " OR "}.get(self.form, " ").join(self.words)
        return {"phrase": f'"{joined}"', "prefix": f"{joined}*", "fuzzy": f"{joined}~1"}.get(self.form, joined)

    def label(self):
        return f"{self.text()} tag:{self.tag} {self.since}..{self.until}" if self.tag else self.text()


KINDS = ("term", "and", "or", "phrase", "prefix", "fuzzy", "filter", "facets", "snippets")


@dataclasses.dataclass(frozen=True)
class Command:
    """One process. `stdin` is a file; `expected` are the exit codes that mean success."""

    argv: tuple
    env: dict = dataclasses.field(default_factory=dict)
    stdin: str = "/dev/null"
    expected: tuple = (0,)


class Peer:
    """A program that is measured. `prepare` is not timed: every program gets its own kind of input made ready."""

    name = ""
    install = ""
    note = ""
    ranked = True
    indexes = True
    kinds = frozenset(KINDS)

    def __init__(self, options):
        self.options = options

    def program(self, name):
        """Where a program is, or why this peer is left out."""
        found = shutil.which(name)
        if not found:
            raise Missing(f"{name} is not installed: {self.install}")
        return found

    def version(self):
        """Of the program; raises `Missing` if it is not there."""
        raise NotImplementedError

    def prepare(self, corpus, folder):
        """Writes the corpus to `folder` in the form that this program reads fastest."""

    def fresh(self, folder):
        """Makes `folder / "index"`, which is not there, ready for `indexing`."""
        (folder / "index").mkdir()

    def indexing(self, folder):
        """The commands that make the index in `folder / "index"` of what `prepare` wrote."""
        return []

    def search(self, folder, query):
        """The command that prints the ten best titles and the number of hits of a query."""
        raise NotImplementedError

    def hits(self, output):
        """The number of hits in what `search` printed; None if it does not say."""
        raise NotImplementedError


@dataclasses.dataclass(frozen=True)
class Corpus:
    """JSON lines. `mapping` names the lists that are tags, as in `backfile ingest --map tag=topics,tag=places`."""

    path: object
    mapping: str = ""

    def articles(self):
        tag_names = re.findall(r"tag=(\w+)", self.mapping) or ["tags"]
        with self.path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                yield article(json.loads(line), number, tag_names)


def article(record, number, tag_names):
    tags = [tag for name in tag_names for tag in values(record.get(name))]
    return Article(
        id=str(record.get("id", number)),
        url=record.get("url", ""),
        title=record.get("title", ""),
        body=record.get("body", ""),
        date=iso_day(record.get("date", "")),
        tags=tuple(dict.fromkeys(tags)),
        authors=tuple(values(record.get("author"))),
    )


def values(given):
    return [given] if isinstance(given, str) else given or []


def iso_day(text):
    """The day of an ISO date, or of a news wire's "26-FEB-1987 15:01:01.79"; empty if it is neither."""
    if re.match(r"\d{4}-\d\d-\d\d", text):
        return text[:10]
    wire = re.match(r"\s*\d{1,2}-[A-Z]{3}-\d{4}", text)
    return datetime.datetime.strptime(wire[0].strip().title(), "%d-%b-%Y").date().isoformat() if wire else ""
