//! `batch`: many queries, one a line, answered in one process over all cores, in the order of the input.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use crate::engine::local::Searcher;
use crate::output::batch::{self as lines, BatchError, BatchFormat};
use crate::search::effectiveness::Topic;
use crate::search::params::{DEFAULT_LIMIT, SearchParams};

use super::error::Error;
use super::parallel::in_order;
use super::query::{Asked, Filters, RankingArgs};
use super::status::Status;
use super::{Out, index, threads};

/// Longest line, in bytes; the rest of a longer one is skipped.
pub(super) const MAX_LINE: usize = 64 << 10;

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct BatchArgs {
    /// File of queries, each on a line: QUERY, or ID TAB QUERY; - reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Hits for each query
    #[arg(short = 'n', long, value_name = "N", default_value_t = DEFAULT_LIMIT, help_heading = "Answer")]
    limit: usize,
    /// relevance, date (oldest first), -date, title
    #[arg(long, value_name = "ORDER", allow_hyphen_values = true, help_heading = "Answer")]
    sort: Option<String>,
    /// Count values for each query: tag, author:20, date:month; may repeat (jsonl)
    #[arg(long, value_name = "FIELD[:N]", help_heading = "Answer")]
    facet: Vec<String>,
    /// Passages for each hit (jsonl)
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Answer")]
    snippets: usize,
    /// jsonl, csv, trec (a run), counts (id, articles, query)
    #[arg(long, value_name = "NAME", default_value = "jsonl", help_heading = "Answer")]
    format: Lines,
    /// Tell the times of the queries on standard error
    #[arg(long, help_heading = "Answer")]
    time: bool,
    /// Threads [default: one for each core]
    #[arg(long, value_name = "N", hide_short_help = true, help_heading = "Answer")]
    threads: Option<usize>,
    /// The lines are plain words: no operators, fields or quotes
    #[arg(long, help_heading = "Filters (the same flag repeated: any of them)")]
    plain: bool,
    #[command(flatten)]
    ranking: RankingArgs,
    #[command(flatten)]
    filters: Filters,
}

const EXAMPLES: &str = "\
Examples:
  backfile batch names.txt --format counts > counts.tsv
      how many articles each name is in
  backfile batch questions.tsv --match any -n 1000 --format trec > run.txt
      a run for the tools of TREC
  cut -f2 log.tsv | backfile batch - --facet source --since 1980 | jq .total
      queries as they come

Answers come in the order of the lines, each as soon as it and those before it
are known. A line that cannot be understood has an error in its place.

Exit codes: 0 done, 2 bad usage, 3 done, but some lines failed, 4 no index, or
one that cannot be used.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Lines {
    Jsonl,
    Csv,
    Trec,
    Counts,
}

impl From<Lines> for BatchFormat {
    fn from(lines: Lines) -> BatchFormat {
        match lines {
            Lines::Jsonl => BatchFormat::JsonLines,
            Lines::Csv => BatchFormat::Csv,
            Lines::Trec => BatchFormat::Trec,
            Lines::Counts => BatchFormat::Counts,
        }
    }
}

/// Answers the queries of a file.
pub(super) fn batch(args: &BatchArgs, named: Option<&Path>, out: &mut Out) -> Result<Status, Error> {
    let format = BatchFormat::from(args.format);
    let folder = index::open(named)?;
    let searcher = args.filters.searcher(&folder)?;
    let params = SearchParams {
        limit: Some(if format == BatchFormat::Counts { 0 } else { args.limit }),
        sort: args.sort.clone(),
        facets: args.facet.clone(),
        snippets: Some(args.snippets),
        plain: args.plain,
        saved: folder.saved()?,
        ..args.ranking.added_to(args.filters.params(&[], &folder)?)
    };
    // A wrong flag is one error, not one for each line.
    Asked::check(&searcher, params.clone())?;
    let input = open(&args.file)?;
    let begin = Instant::now();
    out.write(|out| lines::write_head(format, out))?;
    let mut tally = Tally::default();
    let mut broken = None;
    let answer = |line| answer(&searcher, &params, format, line);
    in_order(Queries::new(input), threads(args.threads)?, answer, |answered: Answered| {
        tally.add(&answered);
        if let Some(remark) = &answered.remark {
            out.aside(remark);
        }
        let written = out.write(|out| out.write_all(&answered.bytes)).and_then(|()| out.flush());
        match written {
            Ok(()) if !out.is_closed() && answered.fatal.is_none() => ControlFlow::Continue(()),
            Ok(()) => {
                broken = answered.fatal;
                ControlFlow::Break(())
            }
            Err(error) => {
                broken = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    if let Some(error) = broken {
        return Err(error);
    }
    if args.time {
        out.aside(&tally.times(begin.elapsed()));
    }
    Ok(if tally.failed == 0 { Status::Done } else { Status::Skipped })
}

/// A line of the input, or why it has none.
type Line = Result<Topic, String>;

/// What became of a line.
struct Answered {
    bytes: Vec<u8>,
    took: Option<Duration>,
    remark: Option<String>,
    fatal: Option<Error>,
}

fn answer(
    searcher: &Searcher,
    params: &SearchParams,
    format: BatchFormat,
    (number, line): (usize, io::Result<Line>),
) -> Answered {
    let mut answered = Answered { bytes: Vec::new(), took: None, remark: None, fatal: None };
    let (topic, found) = match line {
        Err(error) => {
            answered.fatal = Some(Error::usage(format!("cannot read line {number}: {error}"), None));
            return answered;
        }
        Ok(Err(problem)) => {
            let topic = Topic { id: number.to_string(), text: String::new() };
            (topic, Err(Error::usage(problem, None)))
        }
        Ok(Ok(topic)) => {
            let params = SearchParams { words: vec![topic.text.clone()], ..params.clone() };
            let found = Asked::ask(searcher, params);
            (topic, found)
        }
    };
    let asked = lines::Asked { line: number, topic: &topic };
    let written = match &found {
        Ok(found) => {
            answered.took = Some(Duration::from_secs_f64(found.took_ms / 1_000.0));
            if !format.tells_warnings() {
                answered.remark = found.remark(&format!("line {number}"));
            }
            lines::write_answer(format, asked, &found.answer(searcher), &mut answered.bytes)
        }
        Err(error) => {
            let told = BatchError { message: error.message.clone(), hint: error.hint.clone() };
            if !format.tells_errors() {
                answered.remark = Some(error.at(&format!("line {number}")).render());
            }
            lines::write_error(format, asked, &told, &mut answered.bytes)
        }
    };
    if let Err(error) = written {
        answered.fatal = Some(Error::output("an answer", &error));
    }
    answered
}

/// The queries of an input, with the numbers of their lines. Blank lines are none.
struct Queries<R> {
    input: R,
    number: usize,
    line: Vec<u8>,
}

impl<R: BufRead> Queries<R> {
    fn new(input: R) -> Queries<R> {
        Queries { input, number: 0, line: Vec::new() }
    }

    /// Reads the next line; `false` at the end.
    fn read(&mut self) -> io::Result<bool> {
        self.line.clear();
        let most = MAX_LINE as u64 + 1;
        if self.input.by_ref().take(most).read_until(b'\n', &mut self.line)? == 0 {
            return Ok(false);
        }
        if self.line.len() > MAX_LINE && !self.line.ends_with(b"\n") {
            self.input.skip_until(b'\n')?;
        }
        self.number += 1;
        Ok(true)
    }

    fn query(&self) -> Option<Line> {
        if self.line.len() > MAX_LINE {
            return Some(Err(format!("the line is longer than {MAX_LINE} bytes")));
        }
        let bytes =
            self.line.strip_prefix(b"\xef\xbb\xbf").filter(|_| self.number == 1).unwrap_or(&self.line);
        match std::str::from_utf8(bytes) {
            Ok(text) => Topic::parse(text, self.number).map(Ok),
            Err(_) => Some(Err("the line is not UTF-8".to_owned())),
        }
    }
}

impl<R: BufRead> Iterator for Queries<R> {
    type Item = (usize, io::Result<Line>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.read() {
                Ok(false) => return None,
                Ok(true) => {
                    if let Some(query) = self.query() {
                        return Some((self.number, Ok(query)));
                    }
                }
                Err(error) => return Some((self.number + 1, Err(error))),
            }
        }
    }
}

/// The topics of a file, those of damaged lines left out with a remark.
pub(super) fn topics(file: &Path, out: &mut Out) -> Result<Vec<Topic>, Error> {
    let mut topics = Vec::new();
    for (number, line) in Queries::new(open(file)?) {
        match line.map_err(|error| unreadable(file, &error))? {
            Ok(topic) => topics.push(topic),
            Err(problem) => out.aside(&format!("warning: {} line {number}: {problem}\n", file.display())),
        }
    }
    Ok(topics)
}

fn open(file: &Path) -> Result<Box<dyn BufRead + Send>, Error> {
    if file == Path::new("-") {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let file = File::open(file).map_err(|error| unreadable(file, &error))?;
    Ok(Box::new(BufReader::new(file)))
}

/// An error for an input that cannot be read.
pub(super) fn unreadable(file: &Path, error: &io::Error) -> Error {
    Error::usage(format!("cannot read {}: {error}", file.display()), None)
}

/// What is said at the end.
#[derive(Default)]
struct Tally {
    failed: usize,
    /// In microseconds.
    times: Vec<u32>,
}

impl Tally {
    fn add(&mut self, answered: &Answered) {
        match answered.took {
            Some(took) => self.times.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX)),
            None => self.failed += 1,
        }
    }

    fn times(&mut self, wall: Duration) -> String {
        self.times.sort_unstable();
        let count = self.times.len();
        let at = |share: f64| {
            let index = (count as f64 * share).ceil() as usize;
            self.times.get(index.clamp(1, count.max(1)) - 1).copied().unwrap_or(0)
        };
        let milliseconds = |micros: u32| format!("{:.2} ms", f64::from(micros) / 1_000.0);
        format!(
            "{count} queries in {:.2} s, {:.0} a second; p50 {}, p99 {}, slowest {}\n",
            wall.as_secs_f64(),
            count as f64 / wall.as_secs_f64().max(1e-9),
            milliseconds(at(0.5)),
            milliseconds(at(0.99)),
            milliseconds(at(1.0)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Number of the line, id and text.
    type Read = (usize, Result<(String, String), String>);

    fn read(input: &[u8]) -> Vec<Read> {
        let queries = Queries::new(input).map(|(number, line)| {
            let line = line.expect("memory can be read");
            (number, line.map(|topic| (topic.id, topic.text)))
        });
        queries.collect()
    }

    #[test]
    fn lines_are_queries() {
        let long = [b"x".repeat(MAX_LINE + 5), b"\nafter\n".to_vec()].concat();
        let ok = |id: &str, text: &str| Ok((id.to_owned(), text.to_owned()));
        let cases: [(&[u8], Vec<_>); 6] = [
            (b"", vec![]),
            (b"\xef\xbb\xbfcoal\r\n\r\na\toil", vec![(1, ok("1", "coal")), (3, ok("a", "oil"))]),
            (b"\xff\ncoal", vec![(1, Err("the line is not UTF-8".to_owned())), (2, ok("2", "coal"))]),
            (&long, vec![(1, Err("the line is longer than 65536 bytes".to_owned())), (2, ok("2", "after"))]),
            (b"\n\n\n", vec![]),
            (b"a\tb\tc\n", vec![(1, ok("a", "b\tc"))]),
        ];
        for (input, expected) in cases {
            assert_eq!(read(input), expected, "{:?}", &input[..input.len().min(20)]);
        }
    }

    #[test]
    fn times_are_ranks() {
        let mut tally = Tally { failed: 0, times: (1..=200).rev().map(|n| n * 1_000).collect() };
        let told = tally.times(Duration::from_secs(2));
        assert_eq!(
            told,
            "200 queries in 2.00 s, 100 a second; p50 100.00 ms, p99 198.00 ms, slowest 200.00 ms\n"
        );
        assert!(Tally::default().times(Duration::ZERO).starts_with("0 queries"));
    }

    proptest! {
        #[test]
        fn never_panics_on_any_input(input in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&input);
        }
    }
}
