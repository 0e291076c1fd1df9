//! `query`, `count` and `facets`: what is typed to a question, and the answer to standard output.

use std::io::ErrorKind;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;

use crate::article::ArticleId;
use crate::engine::local::{Every, Folder, Searcher, Shown};
use crate::output::fields::{HitField, check_fields};
use crate::output::{self, Answer, Format, Printer, Question};
use crate::query::saved::{SavedQueries, is_name};
use crate::query::synonyms::Synonyms;
use crate::schema::{Field, Kind, Schema};
use crate::search::params::{Checked, ParamError, SearchParams};
use crate::search::{Collapse, Detail, Hit, SearchResponse};
use crate::text::sanitize::visible;

use super::error::{Error, caret};
use super::status::Status;
use super::table::{TableArgs, TableFormat};
use super::terminal::{Color, now, style};
use super::{Out, index};

/// The limit that is checked with `--all`, which keeps to none.
const ALL_PAGE: usize = 1_000;

// What is looked for; shared by all commands that search.
#[derive(Debug, Args, Clone)]
#[command(next_help_heading = "Filters (the same flag repeated: any of them)")]
pub(super) struct Filters {
    /// Only articles with this tag, or one below it
    #[arg(short, long, value_name = "TAG")]
    tag: Vec<String>,
    /// All of these tags
    #[arg(long, value_name = "TAG", hide_short_help = true)]
    tag_all: Vec<String>,
    /// None of these tags
    #[arg(long, value_name = "TAG", hide_short_help = true)]
    not_tag: Vec<String>,
    /// Only by this author
    #[arg(long, value_name = "NAME")]
    author: Vec<String>,
    /// Only of this section
    #[arg(long, value_name = "NAME")]
    section: Vec<String>,
    /// Only of this archive
    #[arg(long, value_name = "NAME")]
    source: Vec<String>,
    /// Only in this language, e.g. en
    #[arg(long, value_name = "CODE")]
    lang: Vec<String>,
    /// Published on this date or later: 1987, 2019-05, 'last month'
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// Published on this date or before
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// Only files that fit, e.g. '2019/**'
    #[arg(long = "in", value_name = "PATHGLOB")]
    paths: Vec<String>,
    /// Whether all words must match, or any
    #[arg(long = "match", value_name = "all|any", hide_short_help = true)]
    matching: Option<String>,
    /// Words as written, not by their stems
    #[arg(long)]
    exact: bool,
    /// family: of an article and its copies show the best, and count them once
    #[arg(long, value_name = "NAME", help_heading = "Answer")]
    collapse: Option<String>,
    /// A query that must be repaired is an error
    #[arg(long)]
    strict: bool,
    /// Words that mean the same, one group a line [default: synonyms.txt in the index]
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    synonyms: Option<PathBuf>,
    /// Only the words that are typed
    #[arg(long, conflicts_with = "synonyms", hide_short_help = true)]
    no_synonyms: bool,
    /// How long finding may take; 0 is without end
    #[arg(
        long, value_name = "SECONDS", default_value = "5", value_parser = seconds,
        hide_short_help = true, help_heading = "Answer"
    )]
    timeout: Duration,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

impl Filters {
    /// Opens an index, with the time that these filters allow.
    pub(super) fn searcher(&self, folder: &Folder) -> Result<Searcher, Error> {
        let timeout = Some(self.timeout).filter(|timeout| !timeout.is_zero());
        Ok(Searcher::open(folder)?.with_timeout(timeout))
    }

    /// What is asked of the index in this folder, which keeps saved queries and synonyms.
    pub(super) fn params(&self, words: &[String], folder: &Folder) -> Result<SearchParams, Error> {
        let filters = self.clone();
        Ok(SearchParams {
            saved: saved_queries(words, folder)?,
            synonyms: self.read_synonyms(folder)?,
            words: words.to_vec(),
            tags: filters.tag,
            tag_all: filters.tag_all,
            not_tags: filters.not_tag,
            authors: filters.author,
            sections: filters.section,
            sources: filters.source,
            langs: filters.lang,
            since: filters.since,
            until: filters.until,
            paths: filters.paths,
            matching: filters.matching,
            exact: filters.exact,
            collapse: filters.collapse,
            strict: filters.strict,
            ..SearchParams::default()
        })
    }

    fn read_synonyms(&self, folder: &Folder) -> Result<Synonyms, Error> {
        match self.no_synonyms {
            true => Ok(Synonyms::default()),
            false => synonyms(self.synonyms.as_deref(), folder),
        }
    }
}

/// The synonyms of this file, else of the index if it has any.
pub(super) fn synonyms(named: Option<&Path>, folder: &Folder) -> Result<Synonyms, Error> {
    let path = named.map_or_else(|| folder.synonyms(), Path::to_owned);
    let hint = || Some("put it right, or leave the synonyms out with --no-synonyms".to_owned());
    let unusable = |what: &dyn std::fmt::Display| Error::usage(format!("{}: {what}", path.display()), hint());
    // What is named may be a pipe.
    let read = named.map_or_else(|| folder.read_synonyms(), std::fs::read);
    match read {
        Ok(bytes) => {
            let text = String::from_utf8(bytes).map_err(|_| unusable(&"this is not UTF-8"))?;
            Synonyms::parse(&text).map_err(|error| unusable(&error))
        }
        Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => Ok(Synonyms::default()),
        Err(error) => Err(unusable(&error)),
    }
}

/// The saved queries, when the words may name any.
pub(super) fn saved_queries(words: &[String], folder: &Folder) -> Result<SavedQueries, Error> {
    match words.iter().any(|word| word.contains('@')) {
        true => Ok(folder.saved()?),
        false => Ok(SavedQueries::default()),
    }
}

// What decides the order by relevance; shared by `query`, `batch` and `eval`.
#[derive(Debug, Args, Clone)]
#[command(next_help_heading = "Ranking")]
pub(super) struct RankingArgs {
    /// Search again with the typical words of the best hits
    #[arg(long)]
    feedback: bool,
    /// Prefer newer articles; an age of TIME counts half of being new: 30d, 6m, 5y
    #[arg(long, value_name = "TIME")]
    boost_recent: Option<String>,
    /// Words in this field count so much more, e.g. title=3; may repeat
    #[arg(long, value_name = "FIELD=N")]
    boost: Vec<String>,
    /// Leave out parts of the ranking, to measure what they add: stop-words, repeats, neighbours, forms
    #[arg(long, value_name = "NAME", value_delimiter = ',', hide_short_help = true)]
    without: Vec<String>,
}

impl RankingArgs {
    /// These parameters with those of ranking.
    pub(super) fn added_to(&self, params: SearchParams) -> SearchParams {
        let ranking = self.clone();
        SearchParams {
            feedback: ranking.feedback,
            boost_recent: ranking.boost_recent,
            boosts: ranking.boost,
            without: ranking.without,
            ..params
        }
    }
}

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct QueryArgs {
    /// What to look for; `backfile help-query` explains the language
    #[arg(value_name = "WORDS")]
    words: Vec<String>,
    /// Hits to show
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10, help_heading = "Answer")]
    limit: usize,
    /// Hits to leave out before the first
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Answer")]
    offset: usize,
    /// Of a saved query, only what was not shown before: query @NAME --new
    #[arg(long, conflicts_with_all = ["offset", "after"], help_heading = "Answer")]
    new: bool,
    /// Every hit
    #[arg(long, conflicts_with_all = ["offset", "after"], help_heading = "Answer")]
    all: bool,
    /// Go on behind this cursor (`next` of the page before)
    #[arg(long, value_name = "CURSOR", hide_short_help = true, help_heading = "Answer")]
    after: Option<String>,
    /// relevance, date (oldest first), -date, title
    #[arg(long, value_name = "ORDER", allow_hyphen_values = true, help_heading = "Answer")]
    sort: Option<String>,
    /// Count values: tag, author:20, date:month; may repeat
    #[arg(long, value_name = "FIELD[:N]", help_heading = "Answer")]
    facet: Vec<String>,
    /// Order of the values: count (commonest first), name
    #[arg(long, value_name = "ORDER", hide_short_help = true, help_heading = "Answer")]
    facet_sort: Option<String>,
    /// Passages for each hit
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Answer")]
    snippets: usize,
    /// Size of a passage: 40w (words), 200c (characters)
    #[arg(long, value_name = "SIZE", hide_short_help = true, help_heading = "Answer")]
    context: Option<String>,
    /// text, json, jsonl, csv, tsv, ids, paths
    #[arg(long, value_name = "NAME", default_value = "text", help_heading = "Answer")]
    format: String,
    /// Short for --format json
    #[arg(long, conflicts_with = "format", help_heading = "Answer")]
    json: bool,
    /// The fields of a hit to print, e.g. title,date,url
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "Answer")]
    fields: Option<Vec<String>>,
    /// End each entry of ids and paths with NUL
    #[arg(short = '0', long, hide_short_help = true, help_heading = "Answer")]
    null: bool,
    /// Tell how the query was read and how each score came about
    #[arg(long, conflicts_with = "all", help_heading = "Answer")]
    explain: bool,
    #[command(flatten)]
    ranking: RankingArgs,
    #[command(flatten)]
    filters: Filters,
}

const EXAMPLES: &str = "\
Examples:
  backfile query climate policy
      articles with both words, the best first
  backfile query '\"nuclear waste\" -fusion' --facet tag --facet date:decade
      a phrase, without a word, with counts by tag and decade
  backfile query 'tag:energy/coal date:1950..1974' --sort date
      filters alone; the same as --tag energy/coal --since 1950 --until 1974
  backfile query strike --json | jq -r '.hits[].title'
      for scripts
  backfile query strike --collapse family --facet source
      the same text in several papers is one hit, and counts once
  backfile query strike --format paths -0 --all | xargs -0 grep -l union
      the files, for other programs
  backfile saved add strikes 'strike OR walkout' && backfile query @strikes --new
      a query with a name, and what came since it was last asked

A word that begins with a minus needs `--` before it: query -- coal -mine

Exit codes: 0 found, 1 nothing matched, 2 bad usage or a query that cannot be
understood, 4 no index, or one that cannot be used.";

#[derive(Debug, Args)]
pub(super) struct CountArgs {
    /// What to look for
    #[arg(value_name = "WORDS")]
    words: Vec<String>,
    #[command(flatten)]
    filters: Filters,
}

#[derive(Debug, Args)]
#[command(after_long_help = FACET_EXAMPLES)]
pub(super) struct FacetsArgs {
    /// Fields to count: tag, author:20, date:month; words to look for come after `--`
    #[arg(required = true, value_name = "FIELD[:N]")]
    fields: Vec<String>,
    /// What to look for
    #[arg(last = true, value_name = "WORDS")]
    words: Vec<String>,
    /// Order of the values: count (commonest first), name
    #[arg(long, value_name = "ORDER")]
    facet_sort: Option<String>,
    #[command(flatten)]
    table: TableArgs,
    #[command(flatten)]
    filters: Filters,
}

const FACET_EXAMPLES: &str = "\
Examples:
  backfile facets tag
      every tag with its number of articles
  backfile facets date:year author:20 -- climate policy
      by year, and the twenty commonest authors, of what matches
  backfile facets tag --facet-sort name
      by name; tags like energy/coal stand below energy
  backfile facets tag --format csv --since 1980 > tags.csv
      the column kind tells values from what is missing or left out

The counts of a field leave out that field's own filter, so they tell what
choosing another value would give.";

/// A checked question and its answer.
pub(super) struct Asked {
    input: String,
    checked: Checked,
    warnings: Vec<String>,
    response: SearchResponse,
    pub(super) took_ms: f64,
}

impl Asked {
    /// Checks a question by the declaration of the index, as of today.
    pub(super) fn check(searcher: &Searcher, params: SearchParams) -> Result<Checked, Error> {
        Ok(params.check(searcher.schema(), now().0)?)
    }

    /// Checks a question and has it answered.
    pub(super) fn ask(searcher: &Searcher, params: SearchParams) -> Result<Asked, Error> {
        Asked::ask_except(searcher, params, Vec::new())
    }

    /// Asks as if these articles, which are sorted, were not there.
    fn ask_except(searcher: &Searcher, params: SearchParams, except: Vec<ArticleId>) -> Result<Asked, Error> {
        let input = params.words.join(" ");
        let mut checked = Asked::check(searcher, params)?;
        checked.request.except = except;
        Asked::answered(input, checked, searcher)
    }

    /// The answer to what was checked.
    pub(super) fn answered(input: String, checked: Checked, searcher: &Searcher) -> Result<Asked, Error> {
        let begin = Instant::now();
        let response = searcher.search(&checked.request)?;
        Ok(Asked::new(input, checked, response, begin))
    }

    /// Asks for every hit; they come page by page, behind an answer without any.
    fn ask_every(
        searcher: &Searcher,
        params: SearchParams,
        except: Vec<ArticleId>,
    ) -> Result<(Asked, Option<Every<'_>>), Error> {
        let (begin, input) = (Instant::now(), params.words.join(" "));
        let mut checked = Asked::check(searcher, params)?;
        checked.request.except = except;
        let (response, every) = searcher.every(&checked.request)?;
        Ok((Asked::new(input, checked, response, begin), Some(every)))
    }

    fn new(input: String, checked: Checked, response: SearchResponse, begin: Instant) -> Asked {
        let warnings = told(&checked);
        Asked { input, warnings, checked, response, took_ms: begin.elapsed().as_secs_f64() * 1_000.0 }
    }

    /// Adds what else could be asked.
    fn suggest(&mut self, searcher: &Searcher) -> Result<(), Error> {
        let begin = Instant::now();
        let Checked { request, renamed, .. } = &self.checked;
        let found = self.response.total > 0;
        self.response.suggestions = searcher.suggest(request, renamed.as_ref(), found)?;
        self.took_ms += begin.elapsed().as_secs_f64() * 1_000.0;
        Ok(())
    }

    pub(super) fn answer<'a>(&'a self, searcher: &'a Searcher) -> Answer<'a> {
        Answer {
            input: &self.input,
            understood: &self.checked.understood,
            is_replaced: self.checked.is_replaced,
            warnings: &self.warnings,
            request: &self.checked.request,
            response: &self.response,
            schema: searcher.schema(),
            took_ms: self.took_ms,
        }
    }

    pub(super) fn status(&self) -> Status {
        if self.response.total == 0 { Status::NothingFound } else { Status::Done }
    }

    /// The warnings as lines for standard error, each with the place of the query before it.
    pub(super) fn remark(&self, place: &str) -> Option<String> {
        let warnings = self.warnings.iter().chain(&self.response.warnings);
        let lines: String = warnings.map(|it| format!("warning: {place}: {}\n", visible(it))).collect();
        (!lines.is_empty()).then_some(lines)
    }

    /// Formats without a place for warnings leave them to standard error.
    fn warn_aside(&self, out: &mut Out) {
        warn_aside(&self.input, &self.checked, &self.response.warnings, out);
    }
}

/// Tells on standard error what was repaired in a query, and what the engine had to say.
pub(super) fn warn_aside(input: &str, checked: &Checked, engine: &[String], out: &mut Out) {
    for problem in &checked.warnings {
        out.aside(&format!("warning: {}\n{}", problem.message, caret(input, &problem.span)));
    }
    for warning in engine {
        out.aside(&format!("warning: {warning}\n"));
    }
}

/// A checked query for an answer that is no list of hits.
pub(super) fn question(input: String, checked: &Checked) -> Question {
    Question {
        input,
        understood: checked.understood.clone(),
        is_replaced: checked.is_replaced,
        warnings: told(checked),
    }
}

/// What was repaired in a query, with what to write instead.
pub(super) fn told(checked: &Checked) -> Vec<String> {
    let told = checked.warnings.iter().map(|problem| match &problem.hint {
        Some(hint) => format!("{} ({hint})", problem.message),
        None => problem.message.clone(),
    });
    told.collect()
}

/// Formats that print warnings, explanations and suggestions themselves.
const TELLS_WARNINGS: &[&str] = &["text", "json", "jsonl"];

/// Answers a query.
pub(super) fn query(
    args: &QueryArgs,
    named: Option<&Path>,
    color: Color,
    out: &mut Out,
) -> Result<Status, Error> {
    let (format, options) = format_and_options(args, color)?;
    if args.explain && !TELLS_WARNINGS.contains(&format.name()) {
        let hint = format!("formats with a place for it: {}", TELLS_WARNINGS.join(", "));
        return Err(Error::usage(format!("--format {} explains nothing", format.name()), Some(hint)));
    }
    let folder = index::open(named)?;
    let mut news = args.new.then(|| News::of(&args.words, &folder)).transpose()?;
    // The system takes its files back at once at the end, which is quicker than giving back one after the other.
    let searcher = ManuallyDrop::new(args.filters.searcher(&folder)?);
    let params = SearchParams {
        offset: args.offset,
        limit: Some(if args.all { ALL_PAGE } else { args.limit }),
        after: args.after.clone(),
        sort: args.sort.clone(),
        facets: args.facet.clone(),
        facet_sort: args.facet_sort.clone(),
        detail: detail(format, &options),
        snippets: Some(if shows_snippets(format, &options) { args.snippets } else { 0 }),
        context: args.context.clone(),
        explain: args.explain,
        ..args.ranking.added_to(args.filters.params(&args.words, &folder)?)
    };
    let except = news.as_mut().map(|news| news.take_shown(out)).unwrap_or_default();
    let (mut asked, every) = match args.all {
        true => Asked::ask_every(&searcher, params, except)?,
        false => (Asked::ask_except(&searcher, params, except)?, None),
    };
    // What was shown before is found all the same: there is nothing to put right.
    if news.is_none() && TELLS_WARNINGS.contains(&format.name()) {
        asked.suggest(&searcher)?;
    }
    if !TELLS_WARNINGS.contains(&format.name()) {
        asked.warn_aside(out);
    }
    let shown = |hits: &[Hit]| news.iter_mut().for_each(|news| news.add(hits));
    print_pages(format.printer(options), &asked.answer(&searcher), every, shown, out)?;
    if let Some(news) = news {
        news.enter(asked.checked.request.collapse, &folder, &searcher, out)?;
    }
    Ok(asked.status())
}

/// Prints an answer and the pages behind it, and hands what was printed to `shown`.
fn print_pages(
    mut printer: Box<dyn Printer>,
    answer: &Answer<'_>,
    every: Option<Every<'_>>,
    mut shown: impl FnMut(&[Hit]),
    out: &mut Out,
) -> Result<(), Error> {
    out.write(|out| printer.begin(answer, out))?;
    out.write(|out| printer.hits(&answer.response.hits, out))?;
    shown(&answer.response.hits);
    for page in every.into_iter().flatten() {
        let page = page?;
        out.write(|out| printer.hits(&page, out))?;
        shown(&page);
        if out.is_closed() {
            break;
        }
    }
    out.write(|out| printer.end(answer, out))
}

/// The format of that name.
pub(super) fn format_of(name: &str) -> Result<&'static dyn Format, Error> {
    output::format(name).ok_or_else(|| {
        let names: Vec<&str> = output::FORMATS.iter().map(|format| format.name()).collect();
        Error::usage(format!("there is no format {name:?}"), Some(format!("formats: {}", names.join(", "))))
    })
}

/// What is new of a saved query.
struct News<'a> {
    name: &'a str,
    before: Shown,
    now: Vec<ArticleId>,
}

impl<'a> News<'a> {
    fn of(words: &'a [String], folder: &Folder) -> Result<News<'a>, Error> {
        let name = match words {
            [word] => word.strip_prefix('@').filter(|name| is_name(name)),
            _ => None,
        };
        let Some(name) = name else {
            let hint = "name it first: backfile saved add NAME QUERY; then: query @NAME --new";
            return Err(Error::usage("--new needs one saved query and nothing else", Some(hint.to_owned())));
        };
        let saved = folder.saved()?;
        if saved.get(name).is_none() {
            return Err(Error::usage(format!("there is no saved query `{name}`"), Some(saved.hint(name))));
        }
        Ok(News { name, before: folder.shown(name)?, now: Vec::new() })
    }

    fn take_shown(&mut self, out: &mut Out) -> Vec<ArticleId> {
        if self.before.is_lost {
            out.aside(&format!(
                "warning: it is not known any more what was shown of @{}, so everything is new\n",
                self.name
            ));
        }
        std::mem::take(&mut self.before.articles)
    }

    fn add(&mut self, hits: &[Hit]) {
        self.now.extend(hits.iter().map(|hit| hit.id));
    }

    /// Remembers what was shown, once it has been; of an article that stands for its copies, these as well.
    fn enter(
        mut self,
        collapse: Collapse,
        folder: &Folder,
        searcher: &Searcher,
        out: &mut Out,
    ) -> Result<(), Error> {
        out.finish()?;
        if out.is_closed() {
            return Ok(());
        }
        if collapse == Collapse::Family {
            for at in 0..self.now.len() {
                let found = searcher.near_duplicates(&self.now[at].to_string())?;
                let copies = found.into_iter().flat_map(|found| found.copies);
                self.now.extend(copies.map(|copy| copy.article.id()));
            }
        }
        Ok(folder.add_shown(self.name, &self.now)?)
    }
}

fn format_and_options(
    args: &QueryArgs,
    color: Color,
) -> Result<(&'static dyn Format, output::Options), Error> {
    let format = format_of(if args.json { "json" } else { &args.format })?;
    let fields = args.fields.as_deref().map(|names| check_fields(format, names)).transpose();
    let fields = fields.map_err(|error| Error::usage(error.to_string(), None))?;
    if args.null && !matches!(format.name(), "ids" | "paths") {
        let hint = "it goes with --format ids or --format paths";
        return Err(Error::usage(
            format!("--null is not for --format {}", format.name()),
            Some(hint.to_owned()),
        ));
    }
    Ok((format, output::Options { style: style(color), fields, null: args.null }))
}

/// Whether making snippets is worth it.
pub(super) fn shows_snippets(format: &dyn Format, options: &output::Options) -> bool {
    let fields = options.fields.as_deref().unwrap_or(format.default_fields());
    format.name() == "text"
        || fields.iter().any(|field| matches!(field, HitField::Snippets | HitField::Snippet))
}

/// How much of each hit is printed.
fn detail(format: &dyn Format, options: &output::Options) -> Detail {
    let fields = options.fields.as_deref().unwrap_or(format.default_fields());
    let of_ranking =
        format.name() == "ids" || !fields.is_empty() && fields.iter().all(|it| it.is_of_ranking());
    if of_ranking { Detail::Id } else { Detail::Article }
}

/// Prints how many articles match.
pub(super) fn count(args: &CountArgs, named: Option<&Path>, out: &mut Out) -> Result<Status, Error> {
    let folder = index::open(named)?;
    let searcher = args.filters.searcher(&folder)?;
    let params =
        SearchParams { limit: Some(0), snippets: Some(0), ..args.filters.params(&args.words, &folder)? };
    let asked = Asked::ask(&searcher, params)?;
    asked.warn_aside(out);
    out.write(|out| output::write_count(asked.response.total, out))?;
    Ok(Status::Done)
}

/// Prints facet tables.
pub(super) fn facets(
    args: &FacetsArgs,
    named: Option<&Path>,
    color: Color,
    out: &mut Out,
) -> Result<Status, Error> {
    let folder = index::open(named)?;
    let searcher = args.filters.searcher(&folder)?;
    check_fields_end(args, searcher.schema())?;
    let params = SearchParams {
        limit: Some(0),
        snippets: Some(0),
        facets: args.fields.iter().map(|field| all_values(field, searcher.schema())).collect(),
        facet_sort: args.facet_sort.clone(),
        ..args.filters.params(&args.words, &folder)?
    };
    let asked = Asked::ask(&searcher, params)?;
    let answer = asked.answer(&searcher);
    let counts = &asked.response.facets;
    let format = args.table.format();
    if format.has_rows_alone() {
        asked.warn_aside(out);
    }
    match format {
        TableFormat::Json => out.write(|out| output::facets::write_json(&answer, out))?,
        TableFormat::Csv => out.write(|out| output::facets::write_csv(counts, out))?,
        TableFormat::Tsv => out.write(|out| output::facets::write_tsv(counts, out))?,
        TableFormat::Text => out.write(|out| output::facets::write_text(&answer, &style(color), out))?,
    }
    Ok(Status::Done)
}

/// Words that follow the fields without `--` are taken for fields: that is told as what it is.
fn check_fields_end(args: &FacetsArgs, schema: &Schema) -> Result<(), Error> {
    let is_field = |typed: &String| schema.field(typed.split(':').next().unwrap_or(typed)).is_some();
    let fields = args.fields.iter().take_while(|typed| is_field(typed)).count();
    if fields == 0 || fields == args.fields.len() || !args.words.is_empty() {
        return Ok(());
    }
    let (fields, words) = args.fields.split_at(fields);
    let hint = format!(
        "words to look for come after `--`: backfile facets {} -- {}",
        fields.join(" "),
        words.join(" ")
    );
    Err(Error::usage(format!("there is no facet {}", words[0]), Some(hint)))
}

/// A facet as typed to `facets`, where a field alone means every value of it.
fn all_values(typed: &str, schema: &Schema) -> String {
    let has_values = |field: &Field| !matches!(field.kind, Kind::Date { .. });
    match schema.field(typed) {
        Some(field) if has_values(field) => format!("{typed}:all"),
        Some(_) | None => typed.to_owned(),
    }
}

impl From<ParamError> for Error {
    fn from(error: ParamError) -> Error {
        Error { status: Status::Usage, message: error.message, hint: error.hint, caret: error.query }
    }
}

/// Prints the query language.
pub(super) fn help(named: Option<&Path>, out: &mut Out) -> Result<Status, Error> {
    let schema = match index::open(named) {
        Ok(folder) => folder.schema().clone(),
        Err(_) => crate::schema::load::Declaration::embedded()?.check()?,
    };
    let help = crate::query::operators::help(&schema);
    out.write(|out| out.write_all(help.as_bytes()))?;
    Ok(Status::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_alone_means_all_its_values() {
        let schema = Schema::for_tests();
        let cases = [
            ("tag", "tag:all"),
            ("tag:3", "tag:3"),
            ("date", "date"),
            ("date:month", "date:month"),
            ("x", "x"),
        ];
        for (typed, expected) in cases {
            assert_eq!(all_values(typed, &schema), expected);
        }
    }
}
