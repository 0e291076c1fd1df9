//! Bare lists for other programs: ids, or the files to open.

use std::collections::HashSet;
use std::io::{self, Write};

use crate::output::fields::{HitField, file};
use crate::output::{Answer, Format, Options, Printer};
use crate::search::Hit;
use crate::text::sanitize::visible;

/// The ids.
pub(super) const IDS: Names =
    Names { name: "ids", about: "ids alone, for `show` and `similar`", what: What::Ids };

/// The files.
pub(super) const PATHS: Names =
    Names { name: "paths", about: "files alone, each once (-0 for `xargs -0`)", what: What::Paths };

/// A format of one name a line.
pub(super) struct Names {
    name: &'static str,
    about: &'static str,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Ids,
    Paths,
}

impl Format for Names {
    fn name(&self) -> &'static str {
        self.name
    }
    fn about(&self) -> &'static str {
        self.about
    }
    fn default_fields(&self) -> &'static [HitField] {
        &[]
    }
    fn printer(&self, options: Options) -> Box<dyn Printer> {
        let end = if options.null { End::Null } else { End::Newline };
        match self.what {
            What::Ids => Box::new(IdPrinter { end }),
            What::Paths => Box::new(PathPrinter { end, printed: HashSet::new() }),
        }
    }
}

#[derive(Clone, Copy)]
enum End {
    Newline,
    Null,
}

impl End {
    /// Writes one entry. An entry that ends with NUL is true to the byte; a line must stay one line.
    fn write(self, entry: &str, out: &mut dyn Write) -> io::Result<()> {
        match self {
            End::Newline => writeln!(out, "{}", visible(entry)),
            End::Null => write!(out, "{entry}\0"),
        }
    }
}

struct IdPrinter {
    end: End,
}

impl Printer for IdPrinter {
    fn begin(&mut self, _: &Answer<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn hits(&mut self, hits: &[Hit], out: &mut dyn Write) -> io::Result<()> {
        hits.iter().try_for_each(|hit| self.end.write(&hit.id.to_string(), out))
    }

    fn end(&mut self, _: &Answer<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

struct PathPrinter {
    end: End,
    // Hashes instead of paths, so that memory stays small when millions are streamed.
    printed: HashSet<u128>,
}

impl Printer for PathPrinter {
    fn begin(&mut self, _: &Answer<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn hits(&mut self, hits: &[Hit], out: &mut dyn Write) -> io::Result<()> {
        for hit in hits {
            let path = file(&hit.place);
            if self.printed.insert(xxhash_rust::xxh3::xxh3_128(path.as_bytes())) {
                self.end.write(&path, out)?;
            }
        }
        Ok(())
    }

    fn end(&mut self, _: &Answer<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::output::samples::*;
    use crate::output::{Options, write_count};
    use crate::search::SearchResponse;

    #[test]
    fn names_are_listed_one_by_one() {
        let mut hits = hits();
        hits.push(hits[1].clone());
        hits[3].place.record = Some(1205);
        let found = SearchResponse { hits, ..response() };
        let list = |name, null| render(name, Options { null, ..options(PIPE) }, &request(), &found);
        assert_eq!(list("paths", false), "1974/05/coal.md\nnews.zip!2019/a.jsonl\nletters.txt\n");
        assert_eq!(list("paths", true), "1974/05/coal.md\0news.zip!2019/a.jsonl\0letters.txt\0");
        assert_eq!(list("ids", false).lines().count(), 4);
        assert_eq!(list("ids", true).split('\0').next(), Some(found.hits[0].id.to_string().as_str()));
    }

    #[test]
    fn a_file_name_with_a_newline_comes_through_whole_only_with_null() {
        let mut found = response();
        found.hits.truncate(1);
        found.hits[0].place.path = "a\nb".to_owned();
        let list = |null| render("paths", Options { null, ..options(PIPE) }, &request(), &found);
        assert_eq!(list(true), "a\nb\0");
        assert_eq!(list(false).lines().count(), 1);
    }

    #[test]
    fn a_count_is_one_number() {
        let mut out = Vec::new();
        write_count(21578, &mut out).unwrap();
        assert_eq!(out, b"21578\n");
    }
}
