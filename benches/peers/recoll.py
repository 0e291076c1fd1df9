"""Recoll, the desktop search, through its command line programs."""

import html
import re
import subprocess

from model import Command, Peer

CONFIG = "topdirs = {folder}/pages\nindexstemminglanguages = english\nnoaspell = 1\nloglevel = 1\nidxlogfilename = /dev/null\n"
PAGE = """<html><head><meta charset="utf-8"><title>{title}</title><meta name="author" content="{authors}">\
<meta name="keywords" content="{tags}"><meta name="date" content="{date}"></head><body>{body}</body></html>
"""
A_FOLDER = 1_000


class Recoll(Peer):
    name = "recoll"
    install = "apt-get install recollcmd"
    note = "Indexes a folder with one web page an article, which is what it is made for."
    kinds = frozenset({"term", "and", "or", "phrase", "prefix", "filter", "snippets"})

    def version(self):
        listed = subprocess.check_output(["dpkg-query", "-W", "-f", "${Version}", "recollcmd"], text=True)
        self.program("recollindex")
        return listed

    def prepare(self, corpus, folder):
        for number, article in enumerate(corpus.articles()):
            pages = folder / "pages" / f"{number // A_FOLDER:04}"
            pages.mkdir(parents=True, exist_ok=True)
            (pages / f"{number}.html").write_text(page(article))

    def fresh(self, folder):
        super().fresh(folder)
        (folder / "index" / "recoll.conf").write_text(CONFIG.format(folder=folder))

    def indexing(self, folder):
        return [Command((self.program("recollindex"), "-c", str(folder / "index")))]

    def search(self, folder, query):
        asked = query.text()
        if query.kind == "filter":
            asked += f' keyword:"{query.tag}" date:{query.since}/{query.until}'
        shown = ["-A"] if query.kind == "snippets" else []
        return Command((self.program("recollq"), "-c", str(folder / "index"), "-n", "10", *shown, asked))

    def hits(self, output):
        return int(re.search(r"^(\d+) results", output, re.MULTILINE)[1])


def page(article):
    escaped = {name: html.escape(value) for name, value in (("title", article.title), ("body", article.body))}
    return PAGE.format(
        **escaped,
        authors=html.escape(", ".join(article.authors)),
        tags=html.escape(", ".join(article.tags)),
        date=f"{article.date} 12:00:00" if article.date else "",
    )


PEER = Recoll
