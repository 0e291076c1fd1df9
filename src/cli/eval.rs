//! `eval`: how good the answers are, by queries and judgements.

use std::fs;
use std::io::BufWriter;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::engine::local::Searcher;
use crate::output;
use crate::search::Hit;
use crate::search::effectiveness::{DEPTH, Evaluation, Judgements, Topic};
use crate::search::params::SearchParams;

use super::error::Error;
use super::parallel::in_order;
use super::query::{Asked, Filters, RankingArgs};
use super::status::Status;
use super::{Out, batch, index, threads};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct EvalArgs {
    /// File of queries, each on a line: ID TAB QUERY
    #[arg(long, value_name = "FILE")]
    queries: PathBuf,
    /// File of judgements: `ID 0 DOCUMENT GRADE`; a document is named by the key of its article
    #[arg(long, value_name = "FILE")]
    qrels: PathBuf,
    /// Write the hits there, as a run for the tools of TREC
    #[arg(long, value_name = "FILE")]
    run: Option<PathBuf>,
    /// The measures of each query as well
    #[arg(long)]
    per_query: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// The queries are plain words: no operators, fields or quotes
    #[arg(long)]
    plain: bool,
    /// Hits to look at for each query
    #[arg(short = 'n', long, value_name = "N", default_value_t = DEPTH, hide_short_help = true)]
    limit: usize,
    #[command(flatten)]
    ranking: RankingArgs,
    #[command(flatten)]
    filters: Filters,
}

const EXAMPLES: &str = "\
Examples:
  backfile eval --queries questions.tsv --qrels qrels.txt --match any
      nDCG@10, MAP, P@10 and recall@100 of questions whose words need not all match
  backfile eval --queries questions.tsv --qrels qrels.txt --match any --feedback --run run.txt
      the same with feedback, and the hits as a run

A judgement names an article by its key, which is the id that its source gives
it if it has no URL; its URL, its short id, its path, and the name of its file
without the ending are understood as well. The measures are those of trec_eval,
over all queries that have a relevant article. A query that the query language
refuses is searched as plain words.";

/// Measures the answers to the queries of a file.
pub(super) fn eval(args: &EvalArgs, named: Option<&Path>, out: &mut Out) -> Result<Status, Error> {
    let folder = index::open(named)?;
    let searcher = args.filters.searcher(&folder)?;
    let judgements = judgements(&args.qrels)?;
    let topics = batch::topics(&args.queries, out)?;
    let params = SearchParams {
        limit: Some(args.limit),
        snippets: Some(0),
        plain: args.plain,
        saved: folder.saved()?,
        ..args.ranking.added_to(args.filters.params(&[], &folder)?)
    };
    Asked::check(&searcher, params.clone())?;
    let mut run = args.run.as_deref().map(Run::create).transpose()?;
    let mut answers = Vec::with_capacity(topics.len());
    let mut broken = None;
    let work = |topic: Topic| {
        let found = ranked(&searcher, &params, &judgements, &topic);
        (topic, found)
    };
    in_order(topics.into_iter(), threads(None)?, work, |(topic, found)| {
        let took = found.and_then(|found| {
            if let Some(remark) = &found.remark {
                out.aside(remark);
            }
            if let Some(run) = &mut run {
                run.write(&topic, &found.documents)?;
            }
            answers.push((topic.id, found.documents.into_iter().map(|(name, _)| name).collect()));
            Ok(())
        });
        match took {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                broken = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    if let Some(error) = broken {
        return Err(error);
    }
    if let Some(run) = run {
        run.finish()?;
    }
    let evaluation = Evaluation::of(&judgements, &answers);
    if evaluation.topics.is_empty() {
        let hint = "a query is named by its id: the first column of the judgements, and what stands before the tab in \
                    the queries; a grade above 0 is relevant";
        let message = format!("{} judges no article as relevant", args.qrels.display());
        return Err(Error::usage(message, Some(hint.to_owned())));
    }
    out.write(|out| match args.json {
        true => output::eval::write_json(&evaluation, args.per_query, out),
        false => output::eval::write_text(&evaluation, args.per_query, out),
    })?;
    Ok(Status::Done)
}

fn judgements(file: &Path) -> Result<Judgements, Error> {
    let text = fs::read_to_string(file).map_err(|error| batch::unreadable(file, &error))?;
    Judgements::parse(&text).map_err(|error| {
        let hint = "a judgement is a line `query 0 document grade`";
        Error::usage(format!("{}: {error}", file.display()), Some(hint.to_owned()))
    })
}

struct Found {
    /// Names of the documents and their scores, best first.
    documents: Vec<(String, f32)>,
    remark: Option<String>,
}

/// What is found for a question; as plain words when the query language refuses it.
fn ranked(
    searcher: &Searcher,
    params: &SearchParams,
    judgements: &Judgements,
    topic: &Topic,
) -> Result<Found, Error> {
    let params = SearchParams { words: vec![topic.text.clone()], ..params.clone() };
    let mut remark = None;
    let checked = match Asked::check(searcher, params.clone()) {
        Err(error) if !params.plain => {
            let place = format!("query {}, searched as plain words", topic.id);
            remark = Some(error.at(&place).render());
            Asked::check(searcher, SearchParams { plain: true, ..params })?
        }
        checked => checked?,
    };
    let response = searcher.search(&checked.request)?;
    let documents = response.hits.iter().map(|hit| (name(hit, judgements), hit.score)).collect();
    Ok(Found { documents, remark })
}

/// The name by which an article was judged, else its key.
fn name(hit: &Hit, judgements: &Judgements) -> String {
    let id = hit.id.to_string();
    let path = hit.place.path.as_str();
    let file = Path::new(path).file_stem().and_then(|stem| stem.to_str());
    let names = [Some(hit.key.as_str()), hit.url.as_deref(), Some(&id), Some(path), file];
    judgements.name_of(names.into_iter().flatten()).unwrap_or(&hit.key).to_owned()
}

/// A file of ranked lists.
struct Run {
    path: PathBuf,
    file: BufWriter<fs::File>,
}

impl Run {
    fn create(path: &Path) -> Result<Run, Error> {
        let file = fs::File::create(path).map_err(|error| Run::failed(path, &error))?;
        Ok(Run { path: path.to_owned(), file: BufWriter::new(file) })
    }

    fn failed(path: &Path, error: &std::io::Error) -> Error {
        Error::output(&path.display().to_string(), error)
    }

    fn write(&mut self, topic: &Topic, documents: &[(String, f32)]) -> Result<(), Error> {
        let ranked = documents.iter().map(|(name, score)| (name.as_str(), *score));
        output::trec::write_run(&topic.id, ranked, &mut self.file)
            .map_err(|error| Run::failed(&self.path, &error))
    }

    fn finish(self) -> Result<(), Error> {
        let Run { path, file } = self;
        let flushed = file.into_inner().map_err(|error| error.into_error()).and_then(|file| file.sync_all());
        flushed.map_err(|error| Run::failed(&path, &error))
    }
}
