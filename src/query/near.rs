//! What may stand beside `NEAR` and `ADJ`, and what is said of the rest.

use std::ops::Range;

use crate::query::Query;
use crate::query::parse::Problem;
use crate::schema::FieldName;

/// How the sides of `NEAR` or `ADJ` must stand, and where the operator is written.
pub(super) struct Nearness {
    pub(super) distance: u32,
    pub(super) ordered: bool,
    pub(super) span: Range<usize>,
}

/// Joins two sides, when both are words of one text field.
pub(super) fn near(
    left: Query,
    right: Query,
    nearness: Nearness,
    default_field: &FieldName,
) -> Result<Query, Problem> {
    let Nearness { distance, ordered, span } = nearness;
    let fields = field(&left, default_field).and_then(|of_left| Ok((of_left, field(&right, default_field)?)));
    match fields {
        Ok((of_left, of_right)) if of_left == of_right => {
            Ok(Query::Near { left: Box::new(left), right: Box::new(right), distance, ordered })
        }
        Ok((of_left, of_right)) => Err(Misfit::Fields(of_left.clone(), of_right.clone()).problem(span)),
        Err(misfit) => Err(misfit.problem(span)),
    }
}

/// Why a query cannot stand beside `NEAR`.
enum Misfit {
    Excluded,
    Several,
    Boosted,
    NoText(Option<FieldName>),
    Fields(FieldName, FieldName),
}

/// The text field whose words a side asks for.
fn field<'a>(side: &'a Query, default_field: &'a FieldName) -> Result<&'a FieldName, Misfit> {
    match side {
        Query::Word { field, .. } | Query::Phrase { field, .. } | Query::Pattern { field, .. } => {
            Ok(field.as_ref().unwrap_or(default_field))
        }
        Query::Near { left, .. } => field(left, default_field),
        Query::Or(alternatives) => one_field(alternatives, default_field),
        Query::Not(_) => Err(Misfit::Excluded),
        Query::And(_) => Err(Misfit::Several),
        Query::Boost(..) => Err(Misfit::Boosted),
        Query::All => Err(Misfit::NoText(None)),
        Query::Value { field, .. }
        | Query::ValueWord { field, .. }
        | Query::ValuePattern { field, .. }
        | Query::Below { field, .. }
        | Query::Dates { field, .. }
        | Query::Numbers { field, .. }
        | Query::Has(field) => Err(Misfit::NoText(Some(field.clone()))),
    }
}

fn one_field<'a>(alternatives: &'a [Query], default_field: &'a FieldName) -> Result<&'a FieldName, Misfit> {
    let (first, others) = alternatives.split_first().ok_or(Misfit::NoText(None))?;
    let of_first = field(first, default_field)?;
    for other in others {
        let of_other = field(other, default_field)?;
        if of_other != of_first {
            return Err(Misfit::Fields(of_first.clone(), of_other.clone()));
        }
    }
    Ok(of_first)
}

impl Misfit {
    fn problem(self, span: Range<usize>) -> Problem {
        let (message, hint) = match self {
            Misfit::Excluded => (
                "what is excluded is near to nothing".to_owned(),
                "exclude the whole, in parentheses: -(nuclear NEAR/8 waste)".to_owned(),
            ),
            Misfit::Several => (
                "NEAR and ADJ join words, phrases and groups of alternatives, not words that must all match"
                    .to_owned(),
                "quote them as a phrase, or chain them: a NEAR/8 b NEAR/8 c".to_owned(),
            ),
            Misfit::Boosted => (
                "a boost cannot stand on one side of NEAR or ADJ".to_owned(),
                "boost the whole: (nuclear NEAR/8 waste)^2".to_owned(),
            ),
            Misfit::NoText(field) => (
                match field {
                    Some(field) => format!("NEAR and ADJ join words of a text, and `{field}:` is no text"),
                    None => "NEAR and ADJ join words, and `*` is none".to_owned(),
                },
                "use AND".to_owned(),
            ),
            Misfit::Fields(one, other) => (
                format!("both sides of NEAR or ADJ stand in one field, not in `{one}:` and `{other}:`"),
                format!("put the field before a group: {one}:(nuclear NEAR/8 waste); or use AND"),
            ),
        };
        Problem::refused(span, message).hint(hint)
    }
}
