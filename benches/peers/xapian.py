"""Xapian: scriptindex makes the index, the CGI program omega answers."""

import pathlib
import subprocess

from model import Command, Missing, Peer

OMEGA = pathlib.Path("/usr/lib/cgi-bin/omega/omega")
SCRIPT = """\
title : field index
body : gap=100 field index
tag : field boolean=XTAG
date : field=date value=0
id : field boolean=Q
url : field
author : field index=A
"""
TITLES = "$hitlist{$field{title}\n}"
SNIPPETS = "$hitlist{$field{title}\n$snippet{$field{body},240}\n}"
# Phrases and boolean operators are understood as they are, wildcards must be asked for.
TEMPLATE = "$set{{flag_wildcard,true}}$set{{stemmer,english}}$setmap{{prefix,author,A}}{hits}\n$msize\n"


class Xapian(Peer):
    name = "xapian"
    install = "apt-get install xapian-omega"
    note = "Writes every 100,000 articles, which is faster than its default of 10,000. The number of hits is asked to be exact."
    kinds = frozenset({"term", "and", "or", "phrase", "prefix", "filter", "snippets"})

    def version(self):
        if not OMEGA.exists():
            raise Missing(f"{OMEGA} is not there: {self.install}")
        return subprocess.check_output([self.program("scriptindex"), "--version"], text=True).split()[-1]

    def prepare(self, corpus, folder):
        with (folder / "articles").open("w") as out:
            out.writelines(map(dumped, corpus.articles()))
        (folder / "script").write_text(SCRIPT)
        (folder / "titles").write_text(TEMPLATE.format(hits=TITLES))
        (folder / "snippets").write_text(TEMPLATE.format(hits=SNIPPETS))
        (folder / "omega.conf").write_text(f"database_dir {folder}\ntemplate_dir {folder}\nlog_dir {folder}\ncdb_dir {folder}\n")

    def indexing(self, folder):
        files = [folder / "index", folder / "script", folder / "articles"]
        larger = {"XAPIAN_FLUSH_THRESHOLD": "100000"}
        return [Command((self.program("scriptindex"), "--overwrite", *map(str, files)), env=larger)]

    def fresh(self, folder):
        """scriptindex makes the folder."""

    def search(self, folder, query):
        template = "snippets" if query.kind == "snippets" else "titles"
        asked = ["DB=index", f"FMT={template}", f"P={query.text()}", "HITSPERPAGE=10", "MINHITS=100000000"]
        if query.kind == "filter":
            days = [f"START.0={compact(query.since)}", f"END.0={compact(query.until)}"]
            asked += [f"B=XTAG{tag_term(query.tag)}", *days]
        return Command((str(OMEGA), *asked), env={"OMEGA_CONFIG_FILE": str(folder / "omega.conf")})

    def hits(self, output):
        return int(output.split()[-1])


def dumped(article):
    """One record of scriptindex: lines `name=value`, lines of a value that follow begin with `=`."""
    pairs = [("id", article.id), ("url", article.url), ("title", article.title), ("body", article.body)]
    pairs += [("date", compact(article.date))] if article.date else []
    pairs += [("tag", tag_term(tag)) for tag in article.tags] + [("author", author) for author in article.authors]
    lines = (name + "=" + value.replace("\n", "\n=") for name, value in pairs)
    return "\n".join(lines) + "\n\n"


def compact(day):
    return day.replace("-", "")


def tag_term(tag):
    """Boolean terms begin in lower case, so that they cannot be taken for a longer prefix."""
    return tag.lower()


PEER = Xapian
