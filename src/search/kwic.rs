//! Keyword in context: every match of a query in the texts, with what stands around it.

use crate::article::{ArticleId, Published};
use crate::query::Query;
use crate::query::display::display;
use crate::schema::Schema;
use crate::search::params::{Checked, ParamError, SearchParams, context, named};
use crate::search::{Collapse, Context, Sort};
use crate::text::calendar::Day;

/// Lines unless told.
pub const DEFAULT_LINES: usize = 20;

/// A context is at most so many words or characters.
pub const WIDEST_CONTEXT: usize = 1_000;

const DEFAULT_CONTEXT: Context = Context::Chars(60);

/// The part of an article that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// The text.
    #[default]
    Body,
    /// The headline.
    Title,
}

impl Part {
    /// The word used in flags and outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Body => "body",
            Part::Title => "title",
        }
    }
}

/// The names of the parts.
const PARTS: &[(&str, Part)] = &[("body", Part::Body), ("title", Part::Title)];

/// The order of the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KwicOrder {
    /// By the words before the match, the nearest first.
    Left,
    /// By the words behind the match.
    Right,
    /// As their articles.
    Articles(Sort),
    /// As the index holds them: nothing has to be remembered, but another ingest may change it.
    Stored,
}

impl Default for KwicOrder {
    fn default() -> KwicOrder {
        KwicOrder::Articles(Sort::Oldest)
    }
}

/// The names of the orders.
const ORDERS: &[(&str, KwicOrder)] = &[
    ("left", KwicOrder::Left),
    ("right", KwicOrder::Right),
    ("date", KwicOrder::Articles(Sort::Oldest)),
    ("-date", KwicOrder::Articles(Sort::Newest)),
    ("relevance", KwicOrder::Articles(Sort::Relevance)),
    ("none", KwicOrder::Stored),
];

/// The question as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KwicParams {
    /// Words and filters.
    pub search: SearchParams,
    /// `--left`: `6w`, `40c`.
    pub left: Option<String>,
    /// `--right`
    pub right: Option<String>,
    /// `--context`: both.
    pub around: Option<String>,
    /// `--sort`
    pub order: Option<String>,
    /// `--field`: `body`, `title`; both may be named.
    pub parts: Vec<String>,
    /// Lines at most; `None` for all.
    pub limit: Option<usize>,
    /// `--per-article`
    pub per_article: Option<usize>,
}

/// A checked question.
#[derive(Debug, Clone, PartialEq)]
pub struct KwicRequest {
    /// What to find; filters by flag are part of it.
    pub query: Query,
    /// What becomes of copies.
    pub collapse: Collapse,
    /// What is read of each article, in this order.
    pub parts: Vec<Part>,
    /// How much to show before a match.
    pub left: Context,
    /// How much to show behind a match.
    pub right: Context,
    /// The order of the lines.
    pub order: KwicOrder,
    /// Lines at most; `None` for all.
    pub limit: Option<usize>,
    /// Lines of one article at most.
    pub per_article: Option<usize>,
}

impl KwicParams {
    /// Checks every part; `today` is what relative dates count from. Gives also the query as understood, with what
    /// was repaired in it.
    pub fn check(self, schema: &Schema, today: Day) -> Result<(KwicRequest, Checked), ParamError> {
        let parts = parts(&self.parts)?;
        let order = named(self.order.as_deref(), "--sort", ORDERS)?;
        let around = self.around.as_deref();
        let left = size("--left", self.left.as_deref(), around)?;
        let right = size("--right", self.right.as_deref(), around)?;
        let checked = self.search.check(schema, today)?;
        let request = KwicRequest {
            query: checked.request.query.clone(),
            collapse: checked.request.collapse,
            parts,
            left,
            right,
            order,
            limit: self.limit,
            per_article: self.per_article,
        };
        Ok((request, Checked { understood: display(&checked.request.query, schema), ..checked }))
    }
}

fn parts(typed: &[String]) -> Result<Vec<Part>, ParamError> {
    let mut parts = Vec::new();
    for name in typed {
        let part = named(Some(name), "--field", PARTS)?;
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    if parts.is_empty() {
        parts.push(Part::default());
    }
    Ok(parts)
}

fn size(flag: &str, typed: Option<&str>, around: Option<&str>) -> Result<Context, ParamError> {
    let (flag, text) = match (typed, around) {
        (Some(text), _) => (flag, text),
        (None, Some(text)) => ("--context", text),
        (None, None) => return Ok(DEFAULT_CONTEXT),
    };
    let size = context(flag, text)?;
    let (Context::Words(number) | Context::Chars(number)) = size;
    if number > WIDEST_CONTEXT {
        let message = format!("{flag} {text} is over {WIDEST_CONTEXT}");
        return Err(ParamError::new(message, "`show` prints the whole text"));
    }
    Ok(size)
}

/// A match, with what stands around it.
#[derive(Debug, Clone, PartialEq)]
pub struct KwicLine {
    /// The article.
    pub id: ArticleId,
    /// Its identity in words.
    pub key: String,
    /// Its publication date.
    pub published: Option<Published>,
    /// Name of its archive.
    pub source: String,
    /// Its title.
    pub title: String,
    /// Where the match is.
    pub part: Part,
    /// What stands before it.
    pub left: String,
    /// What matched, as the article writes it.
    pub matched: String,
    /// What stands behind it.
    pub right: String,
    /// Unicode scalar values of the part before the match.
    pub offset: u64,
}

/// What is known behind the last line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KwicTotals {
    /// Articles that the query matches.
    pub articles: u64,
    /// Lines handed out.
    pub lines: u64,
    /// What all of them have; `None` when the limit was reached before all were read.
    pub counted: Option<Counted>,
    /// What the engine had to cut or assume.
    pub warnings: Vec<String>,
}

/// Counts over every article that the query matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// Matches.
    pub matches: u64,
    /// Articles with a match in the parts that were read.
    pub articles: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(params: KwicParams) -> Result<KwicRequest, String> {
        let checked = params.check(&Schema::for_tests(), Day(20_000));
        checked.map(|(request, _)| request).map_err(|error| error.message)
    }

    #[test]
    fn sizes_and_orders_are_read() {
        let some = |text: &str| Some(text.to_owned());
        let request = check(KwicParams {
            left: some("6w"),
            around: some("30c"),
            order: some("right"),
            parts: vec!["title".into(), "body".into(), "title".into()],
            ..KwicParams::default()
        })
        .unwrap();
        assert_eq!((request.left, request.right), (Context::Words(6), Context::Chars(30)));
        assert_eq!(request.order, KwicOrder::Right);
        assert_eq!(request.parts, [Part::Title, Part::Body]);
        let usual = check(KwicParams::default()).unwrap();
        assert_eq!((usual.order, usual.parts), (KwicOrder::Articles(Sort::Oldest), vec![Part::Body]));
        for (params, part) in [
            (KwicParams { left: some("0c"), ..KwicParams::default() }, "--left 0c"),
            (KwicParams { around: some("1001w"), ..KwicParams::default() }, "--context 1001w is over"),
            (KwicParams { order: some("up"), ..KwicParams::default() }, "--sort up"),
            (KwicParams { parts: vec!["tag".into()], ..KwicParams::default() }, "--field tag"),
        ] {
            let error = check(params).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
