//! What a person typed in flags or a URL, checked into a [`SearchRequest`].

use std::ops::Range;

use crate::query::dates::{days_of, parse_range};
use crate::query::display::display;
use crate::query::parse::{MAX_BOOST, MAX_CLAUSES, Parsed, Problem, ProblemKind, Reading, parse};
use crate::query::saved::SavedQueries;
use crate::query::simplify::simplify;
use crate::query::synonyms::Synonyms;
use crate::query::term::value;
use crate::query::{DateRange, Matching, Query};
use crate::schema::{Field, FieldName, Kind, Property, Schema, nearest};
use crate::search::{
    Collapse, Context, Cursor, Detail, FacetRequest, FacetSort, Ingredient, Page, Ranking, Recency,
    SearchRequest, SnippetOptions, Sort,
};
use crate::text::calendar::{Day, Interval};

/// Most hits of one page, and the furthest first hit of a page.
pub const MAX_WINDOW: usize = 10_000;
/// Hits of a page unless told.
pub const DEFAULT_LIMIT: usize = 10;

const DEFAULT_CONTEXT: Context = Context::Words(40);
const MAX_SNIPPETS: usize = 100;
const MAX_CONTEXT: usize = 10_000;

/// The names of the orders.
pub const SORTS: &[(&str, Sort)] = &[
    ("relevance", Sort::Relevance),
    ("date", Sort::Oldest),
    ("-date", Sort::Newest),
    ("title", Sort::Title),
];

/// The names of the ways to combine words.
pub const MATCHINGS: &[(&str, Matching)] = &[("all", Matching::All), ("any", Matching::Any)];

/// The names of what becomes of copies.
pub const COLLAPSES: &[(&str, Collapse)] = &[("none", Collapse::None), ("family", Collapse::Family)];

/// The names of the orders of a facet's values.
pub const FACET_SORTS: &[(&str, FacetSort)] = &[("count", FacetSort::Count), ("name", FacetSort::Name)];
/// The names of the ingredients of ranking.
pub const INGREDIENTS: &[(&str, Ingredient)] = &[
    ("stop-words", Ingredient::StopWords),
    ("repeats", Ingredient::Repeats),
    ("neighbours", Ingredient::Neighbours),
    ("forms", Ingredient::Forms),
];

/// A question as typed: nothing in it is checked. Several values of one list are alternatives, lists restrict each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchParams {
    /// The query; several are read as one text with blanks between them.
    pub words: Vec<String>,
    /// `--tag`
    pub tags: Vec<String>,
    /// `--tag-all`: every one of them must hold.
    pub tag_all: Vec<String>,
    /// `--not-tag`: none of them may hold.
    pub not_tags: Vec<String>,
    /// `--author`
    pub authors: Vec<String>,
    /// `--section`
    pub sections: Vec<String>,
    /// `--source`
    pub sources: Vec<String>,
    /// `--lang`
    pub langs: Vec<String>,
    /// `--since`: from the first day of this.
    pub since: Option<String>,
    /// `--until`: to the last day of this.
    pub until: Option<String>,
    /// `--in`
    pub paths: Vec<String>,
    /// `--match`, one of [`MATCHINGS`].
    pub matching: Option<String>,
    /// `--exact`
    pub exact: bool,
    /// `--plain`: the words are no query but words.
    pub plain: bool,
    /// `--sort`, one of [`SORTS`].
    pub sort: Option<String>,
    /// `--offset`
    pub offset: usize,
    /// `--limit`, [`DEFAULT_LIMIT`] unless told.
    pub limit: Option<usize>,
    /// `--after`
    pub after: Option<String>,
    /// `--facet`: `tag`, `tag:20`, `tag:all`, `date:month`.
    pub facets: Vec<String>,
    /// `--facet-sort`, one of [`FACET_SORTS`].
    pub facet_sort: Option<String>,
    /// How much of a hit is printed.
    pub detail: Detail,
    /// `--snippets`
    pub snippets: Option<usize>,
    /// `--context`: `40w`, `200c`.
    pub context: Option<String>,
    /// `--collapse`, one of [`COLLAPSES`].
    pub collapse: Option<String>,
    /// `--feedback`
    pub feedback: bool,
    /// `--boost-recent`: a half-life, `5y`.
    pub boost_recent: Option<String>,
    /// `--boost`: `title=3`.
    pub boosts: Vec<String>,
    /// `--without`, of [`INGREDIENTS`].
    pub without: Vec<String>,
    /// `--explain`
    pub explain: bool,
    /// `--strict`: a query that had to be repaired is an error.
    pub strict: bool,
    /// What `@name` stands for.
    pub saved: SavedQueries,
    /// What is looked for beside the words of the query.
    pub synonyms: Synonyms,
}

/// A question that can be asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The question.
    pub request: SearchRequest,
    /// Its query in canonical form.
    pub understood: String,
    /// What was repaired in the query; spans are bytes of the words joined by blanks.
    pub warnings: Vec<Problem>,
    /// Whether more is searched for than was typed: saved queries, or synonyms.
    pub is_replaced: bool,
    /// The question with the nearest field where one is named that does not exist.
    pub renamed: Option<Renamed>,
}

/// A question in which a field was mistyped.
#[derive(Debug, Clone, PartialEq)]
pub struct Renamed {
    /// The name as typed.
    pub from: String,
    /// The nearest field.
    pub to: FieldName,
    /// The query with that field.
    pub query: Query,
}

/// Why a question cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParamError {
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// What to do instead.
    pub hint: Option<String>,
    /// The text of the query and the bytes in it that are meant.
    pub query: Option<(String, Range<usize>)>,
}

impl ParamError {
    pub(super) fn new(message: impl Into<String>, hint: impl Into<String>) -> ParamError {
        ParamError { message: message.into(), hint: Some(hint.into()), query: None }
    }

    fn in_query(text: &str, problem: Problem) -> ParamError {
        ParamError {
            message: problem.message,
            hint: problem.hint,
            query: Some((text.to_owned(), problem.span)),
        }
    }

    fn in_flag(flag: &str, problem: Problem) -> ParamError {
        ParamError { message: format!("{flag}: {}", problem.message), hint: problem.hint, query: None }
    }
}

impl SearchParams {
    /// Checks every part; `today` is what relative dates count from.
    pub fn check(self, schema: &Schema, today: Day) -> Result<Checked, ParamError> {
        let parsed = self.parsed(schema, today)?;
        let filters = self.filters(schema, today)?;
        let renamed = self.renamed(&parsed, &filters, schema, today);
        let words = self.with_synonyms(&parsed.query)?;
        let is_replaced = parsed.has_saved || words != parsed.query;
        let query = simplify(Query::And(std::iter::once(words).chain(filters).collect()));
        let sort = named(self.sort.as_deref(), "--sort", SORTS)?;
        let request = SearchRequest {
            page: self.page(sort)?,
            sort,
            facets: self.facets(schema)?,
            detail: self.detail,
            snippets: self.snippet_options()?,
            collapse: named(self.collapse.as_deref(), "--collapse", COLLAPSES)?,
            except: Vec::new(),
            ranking: self.ranking(schema, today)?,
            explain: self.explain,
            query,
        };
        let understood = display(&request.query, schema);
        Ok(Checked { understood, request, warnings: parsed.problems, is_replaced, renamed })
    }

    fn parsed(&self, schema: &Schema, today: Day) -> Result<Parsed, ParamError> {
        let matching = named(self.matching.as_deref(), "--match", MATCHINGS)?;
        let text = self.words.join(" ");
        if self.plain {
            return self.plain_words(&text, matching);
        }
        let reading = Reading { schema, today, matching, exact: self.exact, saved: &self.saved };
        let parsed = parse(&text, &reading);
        let is_fatal = |problem: &&Problem| self.strict || problem.kind == ProblemKind::Refused;
        match parsed.refusal().or_else(|| parsed.problems.iter().find(is_fatal)) {
            Some(problem) => Err(ParamError::in_query(&text, problem.clone())),
            None => Ok(parsed),
        }
    }

    fn with_synonyms(&self, query: &Query) -> Result<Query, ParamError> {
        self.synonyms.apply(query.clone()).map_err(|_| {
            let message = format!("with its synonyms the query has more than {MAX_CLAUSES} words");
            ParamError::new(message, "say less, or leave them out with --no-synonyms")
        })
    }

    /// What is asked when the first unknown field is the nearest one that is known.
    fn renamed(&self, parsed: &Parsed, filters: &[Query], schema: &Schema, today: Day) -> Option<Renamed> {
        let text = self.words.join(" ");
        let unknown = |problem: &Problem| {
            let name = text.get(problem.span.clone())?.strip_suffix(':')?;
            let near = schema.field(name).is_none().then(|| schema.nearest(name)).flatten()?;
            Some((problem.span.clone(), name.to_owned(), near.clone()))
        };
        let (span, from, to) = parsed.problems.iter().find_map(unknown)?;
        let mut words = text;
        words.replace_range(span, &format!("{to}:"));
        let params = SearchParams { words: vec![words], ..self.clone() };
        let query = params.parsed(schema, today).ok()?.query;
        let query = simplify(Query::And(std::iter::once(query).chain(filters.iter().cloned()).collect()));
        Some(Renamed { from, to, query })
    }

    /// The words of a text in which nothing is an operator.
    fn plain_words(&self, text: &str, matching: Matching) -> Result<Parsed, ParamError> {
        let has_word = |word: &&str| word.contains(char::is_alphanumeric);
        let words = text.split_whitespace().filter(has_word);
        let words: Vec<Query> = words
            .map(|word| Query::Word { field: None, text: word.to_owned(), exact: self.exact })
            .take(MAX_CLAUSES + 1)
            .collect();
        let query = match (words.len(), matching) {
            (0, _) => Query::All,
            (count, _) if count > MAX_CLAUSES => {
                let message = format!("there are more than {MAX_CLAUSES} words");
                return Err(ParamError::new(message, "use fewer of them"));
            }
            (_, Matching::All) => Query::And(words),
            (_, Matching::Any) => Query::Or(words),
        };
        Ok(Parsed { query: simplify(query), problems: Vec::new(), has_saved: false })
    }

    /// One query for each kind of flag.
    fn filters(&self, schema: &Schema, today: Day) -> Result<Vec<Query>, ParamError> {
        let none_of = |queries| Query::Not(Box::new(Query::Or(queries)));
        let flags: [(&str, &str, &[String], Join); 8] = [
            ("--tag", "tag", &self.tags, Query::Or),
            ("--tag-all", "tag", &self.tag_all, Query::And),
            ("--not-tag", "tag", &self.not_tags, none_of),
            ("--author", "author", &self.authors, Query::Or),
            ("--section", "section", &self.sections, Query::Or),
            ("--source", "source", &self.sources, Query::Or),
            ("--lang", "lang", &self.langs, Query::Or),
            ("--in", "path", &self.paths, Query::Or),
        ];
        let count: usize = flags.iter().map(|(_, _, values, _)| values.len()).sum();
        if count > MAX_CLAUSES {
            return Err(ParamError::new(
                format!("there are more than {MAX_CLAUSES} filters"),
                "use fewer of them",
            ));
        }
        let mut filters = Vec::new();
        for (flag, field, values, join) in flags {
            if !values.is_empty() {
                filters.push(join(flag_queries(flag, field, values, schema, today)?));
            }
        }
        filters.extend(self.dates(schema, today)?);
        Ok(filters)
    }

    fn dates(&self, schema: &Schema, today: Day) -> Result<Option<Query>, ParamError> {
        let from = bound("--since", self.since.as_deref(), today, |range| range.from)?;
        let to = bound("--until", self.until.as_deref(), today, |range| range.to)?;
        if from.is_none() && to.is_none() {
            return Ok(None);
        }
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            let message = format!("--since {from} lies after --until {to}");
            return Err(ParamError::new(message, "swap them"));
        }
        let is_published = |field: &&Field| field.kind == Kind::Date { from: Property::Published };
        let field = schema.fields.iter().find(is_published).ok_or_else(|| {
            ParamError::new("this index has no publication dates", "leave --since and --until out")
        })?;
        Ok(Some(Query::Dates { field: field.name.clone(), range: DateRange { from, to }, within: false }))
    }

    fn ranking(&self, schema: &Schema, today: Day) -> Result<Ranking, ParamError> {
        let recency = self.boost_recent.as_deref().map(|text| recency(text, today)).transpose()?;
        let fields = self.boosts.iter().map(|text| field_boost(text, schema)).collect::<Result<_, _>>()?;
        let without = self.without.iter().map(|name| ingredient(name)).collect::<Result<_, _>>()?;
        Ok(Ranking { feedback: self.feedback, recency, fields, without })
    }

    fn page(&self, sort: Sort) -> Result<Page, ParamError> {
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        if limit > MAX_WINDOW {
            return Err(ParamError::new(
                format!("--limit {limit} is over {MAX_WINDOW}"),
                "use --all for every hit",
            ));
        }
        if self.offset > MAX_WINDOW {
            let message = format!("--offset {} is over {MAX_WINDOW}", self.offset);
            return Err(ParamError::new(
                message,
                "go on with --after and the cursor of the last page, or use --all",
            ));
        }
        if self.after.is_some() && self.offset > 0 {
            return Err(ParamError::new("--after and --offset exclude each other", "leave one of them out"));
        }
        let cursor = |text: &str| {
            Cursor::parse(text).ok_or_else(|| {
                let hint = "take it from `next` of the page before";
                ParamError::new(format!("--after {text}: this is no cursor"), hint)
            })
        };
        let after = self.after.as_deref().map(cursor).transpose()?;
        if let Some(other) = after.map(|after| after.sort).filter(|other| *other != sort) {
            let name = |sort| SORTS.iter().find(|(_, known)| *known == sort).map_or("", |(name, _)| *name);
            let message = format!("--after: this cursor is of another order, --sort {}", name(other));
            return Err(ParamError::new(message, "ask with the order of the page that it came from"));
        }
        Ok(Page { offset: self.offset, limit, after })
    }

    /// Each facet once.
    fn facets(&self, schema: &Schema) -> Result<Vec<FacetRequest>, ParamError> {
        let sort = named(self.facet_sort.as_deref(), "--facet-sort", FACET_SORTS)?;
        let mut facets = Vec::with_capacity(self.facets.len());
        for text in &self.facets {
            let facet = facet(text, sort, schema)?;
            if !facets.contains(&facet) {
                facets.push(facet);
            }
        }
        Ok(facets)
    }

    fn snippet_options(&self) -> Result<SnippetOptions, ParamError> {
        let count = self.snippets.unwrap_or(1);
        if count > MAX_SNIPPETS {
            let message = format!("--snippets {count} is over {MAX_SNIPPETS}");
            return Err(ParamError::new(message, "use `show` for the whole text"));
        }
        Ok(SnippetOptions {
            count,
            context: self.context.as_deref().map_or(Ok(DEFAULT_CONTEXT), |it| context("--context", it))?,
        })
    }
}

type Join = fn(Vec<Query>) -> Query;

fn flag_queries(
    flag: &str,
    name: &str,
    values: &[String],
    schema: &Schema,
    today: Day,
) -> Result<Vec<Query>, ParamError> {
    let field = schema.field(name).ok_or_else(|| {
        ParamError::new(format!("{flag}: this index has no field {name}"), "leave the flag out")
    })?;
    let query =
        |text: &String| value(text, field, today).map_err(|problem| ParamError::in_flag(flag, problem));
    values.iter().map(query).collect()
}

fn bound(
    flag: &str,
    text: Option<&str>,
    today: Day,
    end: fn(DateRange) -> Option<Day>,
) -> Result<Option<Day>, ParamError> {
    let Some(text) = text else { return Ok(None) };
    let range = parse_range(text, today).map_err(|error| ParamError {
        message: format!("{flag}: {}", error.message),
        hint: error.hint.into(),
        query: None,
    })?;
    let open = || ParamError::new(format!("{flag} {text} is open at this end"), "name a date");
    end(range).map(Some).ok_or_else(open)
}

/// The value of that name; the default when no name is given.
pub(super) fn named<T: Copy + Default>(
    name: Option<&str>,
    flag: &str,
    table: &[(&str, T)],
) -> Result<T, ParamError> {
    name.map_or(Ok(T::default()), |name| chosen(name, flag, table))
}

/// The value of that name.
fn chosen<T: Copy>(name: &str, flag: &str, table: &[(&str, T)]) -> Result<T, ParamError> {
    let known = table.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    known.ok_or_else(|| {
        let names: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
        ParamError::new(format!("{flag} {name} is not known"), format!("use one of: {}", names.join(", ")))
    })
}

fn recency(text: &str, today: Day) -> Result<Recency, ParamError> {
    let days = days_of(&text.trim().to_lowercase(), today).filter(|&days| days > 0);
    days.map(|days| Recency { half_life: days as f64, today }).ok_or_else(|| {
        let message = format!("--boost-recent {text} is not a half-life");
        ParamError::new(message, "write a time like 30d, 6m or 5y")
    })
}

/// `title=3`: a field of words, and what its words count beside those of the default field.
fn field_boost(text: &str, schema: &Schema) -> Result<(FieldName, f32), ParamError> {
    let wrong = |what: String| ParamError::new(format!("--boost {text}: {what}"), field_boost_hint(schema));
    let Some((name, weight)) = text.split_once('=') else { return Err(wrong("no = in it".to_owned())) };
    let is_text = |field: &&Field| matches!(field.kind, Kind::Text { .. });
    let Some(field) = schema.field(name.trim()).filter(is_text) else {
        return Err(wrong(format!("{name} is not a field of words")));
    };
    let weight = weight.trim().parse().ok().filter(|weight| (0.0..=MAX_BOOST).contains(weight));
    match weight {
        Some(weight) => Ok((field.name.clone(), weight)),
        None => Err(wrong(format!("the weight is not a number from 0 to {MAX_BOOST}"))),
    }
}

fn field_boost_hint(schema: &Schema) -> String {
    let texts = schema.fields.iter().filter(|field| matches!(field.kind, Kind::Text { .. }));
    let names: Vec<&str> = texts.map(|field| field.name.as_str()).collect();
    format!("write FIELD=NUMBER; the fields of words are {}", names.join(", "))
}

fn ingredient(name: &str) -> Result<Ingredient, ParamError> {
    chosen(name, "--without", INGREDIENTS)
}

fn facet(text: &str, sort: FacetSort, schema: &Schema) -> Result<FacetRequest, ParamError> {
    let (name, option) = text.split_once(':').map_or((text, None), |(name, option)| (name, Some(option)));
    // `tag:` is `tag`.
    let option = option.filter(|option| !option.is_empty());
    let field = facet_field("--facet", name, schema)?;
    let shown = field.facet.unwrap_or_default();
    let name = field.name.clone();
    match (&field.kind, option) {
        (Kind::Date { .. }, None) => Ok(FacetRequest::Dates { field: name, interval: Interval::Year }),
        (Kind::Date { .. }, Some(option)) => match Interval::parse(option) {
            Some(interval) => Ok(FacetRequest::Dates { field: name, interval }),
            None => {
                let hint = format!("use one of: {}", Interval::ALL.map(Interval::as_str).join(", "));
                Err(ParamError::new(format!("--facet {text}: {option} is not a calendar step"), hint))
            }
        },
        (Kind::Text { .. } | Kind::Keyword { .. } | Kind::Number { .. }, option) => {
            let limit = match option {
                None => Some(shown),
                Some("all") => None,
                Some(number) => Some(number.parse().ok().filter(|&limit| limit > 0).ok_or_else(|| {
                    let message = format!("--facet {text}: {number} is not a number of values");
                    ParamError::new(message, format!("write {name}:20, or {name}:all"))
                })?),
            };
            Ok(FacetRequest::Values { field: name, limit, sort })
        }
    }
}

/// The facet of that name.
pub(super) fn facet_field<'s>(flag: &str, name: &str, schema: &'s Schema) -> Result<&'s Field, ParamError> {
    schema.facets().find(|field| field.name.as_str() == name).ok_or_else(|| {
        let names: Vec<&str> = schema.facets().map(|field| field.name.as_str()).collect();
        let near = nearest(name, names.iter().copied());
        let near = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
        ParamError::new(
            format!("{flag} {name}: there is no such facet"),
            format!("{near}the facets are {}", names.join(", ")),
        )
    })
}

/// A size as typed in a flag: `40w`, `200c`.
pub(super) fn context(flag: &str, text: &str) -> Result<Context, ParamError> {
    let (number, unit): (&str, fn(usize) -> Context) = match text.strip_suffix('c') {
        Some(number) => (number, Context::Chars),
        None => (text.strip_suffix('w').unwrap_or(text), Context::Words),
    };
    let size = number.parse().ok().filter(|size| (1..=MAX_CONTEXT).contains(size));
    size.map(unit).ok_or_else(|| {
        let hint = format!("write 40w for words or 200c for characters, from 1 to {MAX_CONTEXT}");
        ParamError::new(format!("{flag} {text} is not a size"), hint)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::ArticleId;

    #[test]
    fn a_mistyped_field_has_a_question_with_the_right_one() {
        let cases = [
            ("autor:lee oil", Some(("autor", "author:lee oil"))),
            ("oil tga:energy", Some(("tga", "oil tag:energy"))),
            ("http:x", None),
            ("tag:x", None),
        ];
        for (text, expected) in cases {
            let checked = check(SearchParams { words: list(&[text]), ..default() }).unwrap();
            let renamed = checked.renamed.map(|it| (it.from, display(&it.query, &Schema::for_tests())));
            let renamed = renamed.as_ref().map(|(from, query)| (from.as_str(), query.as_str()));
            assert_eq!(renamed, expected, "{text}");
        }
    }

    fn list(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    fn check(params: SearchParams) -> Result<Checked, ParamError> {
        params.check(&Schema::for_tests(), Day(20_000))
    }

    fn default() -> SearchParams {
        SearchParams::default()
    }

    #[test]
    fn flags_become_part_of_the_query() {
        let some = |text: &str| Some(text.to_owned());
        let cases = [
            (default(), "*"),
            (SearchParams { words: list(&["a", "\"b", "c\""]), ..default() }, "a \"b c\""),
            (SearchParams { tags: list(&["x", "y z"]), ..default() }, "tag:x OR tag:\"y z\""),
            (SearchParams { words: list(&["a OR b"]), tags: list(&["x"]), ..default() }, "(a OR b) tag:x"),
            (SearchParams { tag_all: list(&["x", "y/*"]), ..default() }, "tag:x tag:y/*"),
            (SearchParams { not_tags: list(&["x", "y"]), ..default() }, "-(tag:x OR tag:y)"),
            (
                SearchParams {
                    tags: list(&["x"]),
                    authors: list(&["A B"]),
                    langs: list(&["en", "de"]),
                    ..default()
                },
                "tag:x author:\"A B\" (lang:en OR lang:de)",
            ),
            (
                SearchParams {
                    sections: list(&["s"]),
                    sources: list(&["w"]),
                    paths: list(&["a b/**"]),
                    ..default()
                },
                "section:s source:w path:\"a b/**\"",
            ),
            (SearchParams { tags: list(&["*"]), ..default() }, "tag:*"),
            (SearchParams { words: list(&["a b"]), matching: some("any"), ..default() }, "a OR b"),
            (SearchParams { words: list(&["a"]), exact: true, ..default() }, "=a"),
            (SearchParams { words: list(&["a OR -b? * ("]), plain: true, ..default() }, "a +OR \\-b?"),
            (SearchParams { words: list(&["- ?"]), plain: true, ..default() }, "*"),
        ];
        for (params, expected) in cases {
            let checked = check(params.clone()).map(|checked| checked.understood);
            assert_eq!(checked, Ok(expected.to_owned()), "{params:?}");
        }
    }

    #[test]
    fn since_and_until_are_the_outer_days() {
        let params = SearchParams { since: Some("2019".into()), until: Some("2020-02".into()), ..default() };
        let range = DateRange { from: Day::from_ymd(2019, 1, 1), to: Day::from_ymd(2020, 2, 29) };
        let field = crate::schema::FieldName::for_tests("date");
        assert_eq!(
            check(params).map(|checked| checked.request.query),
            Ok(Query::Dates { field, range, within: false })
        );
    }

    #[test]
    fn defaults_and_options() {
        let request = check(default()).map(|checked| checked.request);
        let expected = SearchRequest {
            query: Query::All,
            page: Page { offset: 0, limit: 10, after: None },
            sort: Sort::Relevance,
            facets: vec![],
            detail: Detail::Article,
            snippets: SnippetOptions { count: 1, context: Context::Words(40) },
            collapse: Collapse::None,
            except: Vec::new(),
            ranking: Ranking::default(),
            explain: false,
        };
        assert_eq!(request, Ok(expected));
        let cursor = Cursor { sort: Sort::Newest, primary: 1.5, timestamp: -7, id: ArticleId(9), repeats: 0 };
        let params = SearchParams {
            facets: list(&["tag", "tag:20", "author:all", "date", "date:month", "tag"]),
            facet_sort: Some("name".into()),
            after: Some(cursor.to_string()),
            sort: Some("-date".into()),
            context: Some("200c".into()),
            limit: Some(0),
            snippets: Some(0),
            ..default()
        };
        let request = check(params).map(|checked| checked.request).expect("valid");
        let field = crate::schema::FieldName::for_tests;
        let sort = FacetSort::Name;
        let values = |name, limit| FacetRequest::Values { field: field(name), limit, sort };
        let dates = |interval| FacetRequest::Dates { field: field("date"), interval };
        let facets = vec![
            values("tag", Some(10)),
            values("tag", Some(20)),
            values("author", None),
            dates(Interval::Year),
            dates(Interval::Month),
        ];
        assert_eq!(request.facets, facets);
        assert_eq!(request.page, Page { offset: 0, limit: 0, after: Some(cursor) });
        assert_eq!(request.sort, Sort::Newest);
        assert_eq!(request.snippets, SnippetOptions { count: 0, context: Context::Chars(200) });
    }

    #[test]
    fn what_cannot_be_asked_is_told() {
        let some = |text: &str| Some(text.to_owned());
        let cases = [
            (SearchParams { limit: Some(10_001), ..default() }, "--limit 10001"),
            (SearchParams { offset: 10_001, ..default() }, "--offset 10001"),
            (SearchParams { offset: usize::MAX, ..default() }, "--offset"),
            (SearchParams { after: some("x"), ..default() }, "no cursor"),
            (SearchParams { offset: 1, after: some("x"), ..default() }, "exclude"),
            (SearchParams { after: some(&"0".repeat(48)), ..default() }, "this is no cursor"),
            (
                SearchParams {
                    sort: some("title"),
                    after: some(&format!("n{}", "0".repeat(48))),
                    ..default()
                },
                "of another order, --sort -date",
            ),
            (SearchParams { sort: some("new"), ..default() }, "--sort new"),
            (SearchParams { matching: some("most"), ..default() }, "--match most"),
            (SearchParams { facets: list(&["tags"]), ..default() }, "no such facet"),
            (SearchParams { facets: list(&["url"]), ..default() }, "no such facet"),
            (SearchParams { facets: list(&["tag:0"]), ..default() }, "not a number"),
            (SearchParams { facets: list(&["date:hour"]), ..default() }, "calendar step"),
            (SearchParams { since: some("soonish"), ..default() }, "--since: "),
            (SearchParams { since: some("..2019"), ..default() }, "open at this end"),
            (SearchParams { since: some("2020"), until: some("2019"), ..default() }, "lies after"),
            (SearchParams { tags: list(&["**"]), ..default() }, "--tag: "),
            (SearchParams { tags: list(&[""]), ..default() }, "--tag: "),
            (SearchParams { context: some("0w"), ..default() }, "--context 0w"),
            (SearchParams { context: some("many"), ..default() }, "--context many"),
            (SearchParams { snippets: Some(101), ..default() }, "--snippets"),
            (SearchParams { tags: vec!["a".into(); 2_000], ..default() }, "more than 1024"),
            (SearchParams { words: list(&["*a*"]), ..default() }, "wildcards"),
            (SearchParams { boost_recent: some("5"), ..default() }, "--boost-recent 5 is not"),
            (SearchParams { boost_recent: some("0y"), ..default() }, "--boost-recent 0y is not"),
            (SearchParams { boosts: list(&["title"]), ..default() }, "--boost title: no ="),
            (SearchParams { boosts: list(&["tag=3"]), ..default() }, "tag is not a field of words"),
            (SearchParams { boosts: list(&["title=-1"]), ..default() }, "not a number from 0"),
            (SearchParams { boosts: list(&["title=NaN"]), ..default() }, "not a number from 0"),
            (SearchParams { boosts: list(&["title=1e9"]), ..default() }, "not a number from 0"),
            (SearchParams { without: list(&["luck"]), ..default() }, "--without luck"),
        ];
        for (params, part) in cases {
            let message = check(params.clone()).map_err(|error| error.message);
            assert!(message.as_ref().is_err_and(|message| message.contains(part)), "{params:?} {message:?}");
        }
        let hint = check(SearchParams { facets: list(&["tags"]), ..default() }).map_err(|error| error.hint);
        let expected = "did you mean tag? the facets are tag, section, author, source, lang, date";
        assert_eq!(hint, Err(Some(expected.to_owned())));
    }

    #[test]
    fn saved_queries_and_synonyms_are_put_in() {
        let saved = |text: &str| [("oil".to_owned(), text.to_owned())].into_iter().collect::<SavedQueries>();
        let synonyms = Synonyms::parse("oil, petroleum").expect("sound");
        let many: Vec<String> = (0..60).map(|n| format!("w{n}")).collect();
        let all_alike = Synonyms::parse(&many.join(",")).expect("sound");
        let cases = [
            (
                SearchParams { words: list(&["@oil x"]), saved: saved("gas OR coal"), ..default() },
                "(gas OR coal) x",
            ),
            (
                SearchParams {
                    words: list(&["oil"]),
                    tags: list(&["oil"]),
                    synonyms: synonyms.clone(),
                    ..default()
                },
                "(oil OR petroleum^0.8) tag:oil",
            ),
            (
                SearchParams { words: list(&["oil"]), exact: true, synonyms: synonyms.clone(), ..default() },
                "=oil",
            ),
            (
                SearchParams {
                    words: list(&["@oil"]),
                    saved: saved("oil price"),
                    synonyms,
                    matching: Some("any".into()),
                    ..default()
                },
                "oil OR petroleum^0.8 OR price",
            ),
        ];
        for (params, expected) in cases {
            let is_replaced = !params.exact;
            let checked = check(params.clone()).expect(expected);
            assert_eq!((checked.understood.as_str(), checked.is_replaced), (expected, is_replaced));
        }
        assert_eq!(
            check(SearchParams { words: list(&["a"]), ..default() }).map(|it| it.is_replaced),
            Ok(false)
        );
        let too_many = SearchParams { words: many, synonyms: all_alike, ..default() };
        let message = check(too_many).map_err(|error| error.message);
        assert!(message.is_err_and(|message| message.contains("with its synonyms")));
    }

    #[test]
    fn a_repair_is_a_warning_and_an_error_under_strict() {
        let params = SearchParams { words: list(&["oil", "\"coal"]), ..default() };
        let checked = check(params.clone()).expect("forgiving");
        assert_eq!((checked.understood.as_str(), checked.warnings.len()), ("oil \"coal\"", 1));
        let error = check(SearchParams { strict: true, ..params }).map_err(|error| error.query);
        assert_eq!(error, Err(Some(("oil \"coal".to_owned(), 4..9))));
    }
}
