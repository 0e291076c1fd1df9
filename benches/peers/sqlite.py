"""SQLite with FTS5, through its own shell."""

import subprocess

from model import Command, Missing, Peer

# What FTS5 finds by words, and beside it what it cannot: tags and days, each with an index of its own.
SCHEMA = """
create table article(doc integer primary key, id text, url text, date text, authors text);
create table tag(tag text, doc integer, primary key(tag, doc)) without rowid;
create virtual table text using fts5(title, body, tokenize = 'porter unicode61');
"""
# A transaction as any other, with SQLite's default durability: rollback journal, synchronous = full.
LOAD = """
.bail on
.mode ascii
begin;
.import {folder}/article article
.import {folder}/tag tag
.import {folder}/text text
create index article_date on article(date);
create index tag_doc on tag(doc);
commit;
"""
MATCH = "text match '{words}'"
# Asked of each article that matches: with `rowid in (…)` FTS5 would begin anew for each number, which takes far longer.
FILTER = (
    " and exists (select 1 from tag where tag = '{tag}' and doc = text.rowid)"
    " and exists (select 1 from article where doc = text.rowid and date between '{since}' and '{until}')"
)
COUNT = "select count(*) from text where {where};"
TITLES = "select title from text where {where} order by rank limit 10;"
SNIPPETS = (
    "select title, snippet(text, 1, '[', ']', '…', 40) from text"
    " where {where} and rank match 'bm25()' order by rank limit 10;"
)
TABLES = (
    "create temp table hit as select rowid as doc from text where {where};"
    "select tag, count(*) as n from hit join tag using (doc) group by tag order by n desc limit 10;"
    "select substr(date, 1, 7) as month, count(*) from hit join article using (doc) group by month;"
)


class Sqlite(Peer):
    name = "sqlite"
    install = "apt-get install sqlite3"
    note = "Counts in a second statement, which is quicker than counting what is ranked."
    kinds = frozenset({"term", "and", "or", "phrase", "prefix", "filter", "facets", "snippets"})

    def version(self):
        shell = self.program("sqlite3")
        compiled = subprocess.check_output([shell, ":memory:", "pragma compile_options"], text=True)
        if "ENABLE_FTS5" not in compiled.split():
            raise Missing("this sqlite3 is compiled without FTS5")
        return subprocess.check_output([shell, "--version"], text=True).split()[0]

    def prepare(self, corpus, folder):
        """Rows with ASCII's separators, which the shell imports faster than CSV; article n is row n of `text`."""
        with open(folder / "article", "w") as rows, open(folder / "tag", "w") as tags, open(folder / "text", "w") as texts:
            for doc, article in enumerate(corpus.articles(), 1):
                rows.write(row(str(doc), article.id, article.url, article.date, ", ".join(article.authors)))
                tags.writelines(row(tag, str(doc)) for tag in article.tags)
                texts.write(row(article.title, article.body))
        (folder / "load.sql").write_text(SCHEMA + LOAD.format(folder=folder))

    def indexing(self, folder):
        return [Command((self.program("sqlite3"), str(folder / "index" / "db")), stdin=str(folder / "load.sql"))]

    def search(self, folder, query):
        where = MATCH.format(words=query.text())
        if query.kind == "filter":
            where += FILTER.format(tag=query.tag.replace("'", "''"), since=query.since, until=query.until)
        statements = COUNT + (SNIPPETS if query.kind == "snippets" else TITLES)
        if query.kind == "facets":
            statements += TABLES
        return Command((self.program("sqlite3"), str(folder / "index" / "db"), statements.format(where=where)))

    def hits(self, output):
        return int(output.split(maxsplit=1)[0])


def row(*values):
    return "\x1f".join(value.translate({0x1F: " ", 0x1E: " "}) for value in values) + "\x1e"


PEER = Sqlite
