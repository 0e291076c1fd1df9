"""Groonga, as one process on a database of its own."""

import json
import pathlib
import subprocess

from model import Command, Missing, Peer

STEMS = pathlib.Path("/usr/lib/x86_64-linux-gnu/groonga/plugins/token_filters/stem.so")
SCHEMA = """\
plugin_register token_filters/stem
table_create Tags TABLE_PAT_KEY ShortText
table_create Months TABLE_PAT_KEY ShortText
table_create Articles TABLE_NO_KEY
column_create Articles id COLUMN_SCALAR ShortText
column_create Articles url COLUMN_SCALAR ShortText
column_create Articles title COLUMN_SCALAR ShortText
column_create Articles body COLUMN_SCALAR|COMPRESS_LZ4 Text
column_create Articles authors COLUMN_VECTOR ShortText
column_create Articles tags COLUMN_VECTOR Tags
column_create Articles date COLUMN_SCALAR UInt32
column_create Articles month COLUMN_SCALAR Months
column_create Tags articles COLUMN_INDEX Articles tags
table_create Words TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram --normalizer NormalizerAuto \
--token_filters TokenFilterStem
table_create Days TABLE_PAT_KEY UInt32
column_create Days articles COLUMN_INDEX Articles date
"""
# Made behind the load, all at once: faster than word by word. `io_flush` makes it as durable as the others are.
INDEX = "column_create Words articles COLUMN_INDEX|WITH_POSITION|WITH_SECTION Articles title,body\nio_flush\n"
DRILLDOWNS = {
    "drilldowns[tag].keys": "tags",
    "drilldowns[tag].sort_keys": "-_nsubrecs",
    "drilldowns[tag].limit": "10",
    "drilldowns[month].keys": "month",
    "drilldowns[month].limit": "-1",
}


class Groonga(Peer):
    name = "groonga"
    install = "apt-get install groonga groonga-token-filter-stem"
    note = "Ranks by the number of occurrences. Its table by month is made of a column that holds the month."
    kinds = frozenset({"term", "and", "or", "phrase", "prefix", "fuzzy", "filter", "facets", "snippets"})

    def version(self):
        shown = subprocess.check_output([self.program("groonga"), "--version"], text=True)
        if not STEMS.exists():
            raise Missing(f"the stemmer is not installed: {self.install}")
        return shown.split()[1]

    def prepare(self, corpus, folder):
        with (folder / "load").open("w") as out:
            out.write(SCHEMA + "load --table Articles\n[\n")
            for number, article in enumerate(corpus.articles()):
                out.write((",\n" if number else "") + json.dumps(record(article), ensure_ascii=False))
            out.write("\n]\n" + INDEX)

    def indexing(self, folder):
        return [Command((self.program("groonga"), "-n", str(folder / "index" / "db")), stdin=str(folder / "load"))]

    def search(self, folder, query):
        shown = "title,snippet_html(body)" if query.kind == "snippets" else "title"
        select = {"output_columns": shown, "limit": "10", "sort_keys": "-_score"} | condition(query)
        select |= DRILLDOWNS if query.kind == "facets" else {}
        words = [word for name, value in select.items() for word in (f"--{name}", quoted(value))]
        return Command((self.program("groonga"), str(folder / "index" / "db"), "select", "Articles", *words))

    def hits(self, output):
        return json.loads(output)[1][0][0][0]


def record(article):
    wanted = {"id": article.id, "url": article.url, "title": article.title, "body": article.body}
    wanted |= {"authors": article.authors, "tags": article.tags}
    return wanted | ({"date": number_of(article.date), "month": article.date[:7]} if article.date else {})


def number_of(day):
    return int(day.replace("-", ""))


def condition(query):
    if query.form == "fuzzy":
        return {"filter": f'fuzzy_search(title, "{query.words[0]}", 1) || fuzzy_search(body, "{query.words[0]}", 1)'}
    found = {"match_columns": "title||body", "query": query.text().replace(" AND ", " ")}
    if query.kind == "filter":
        days = f"date >= {number_of(query.since)} && date <= {number_of(query.until)}"
        found["filter"] = f"tags @ {quoted(query.tag)} && {days}"
    return found


def quoted(value):
    """As it must stand in a command, which groonga reads as one line."""
    return json.dumps(value, ensure_ascii=False)


PEER = Groonga
