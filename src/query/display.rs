//! [`Query`] to canonical text.

use crate::query::Query;

/// The query as text.
pub fn display(query: &Query) -> String {
    match query {
        Query::All => "*".to_owned(),
        Query::Value { field, value } => format!("{field}:{value}"),
        Query::And(parts) => parts.iter().map(display).collect::<Vec<_>>().join(" "),
        Query::Word { text, .. } => text.clone(),
        Query::Phrase { text, .. } => format!("\"{text}\""),
        Query::Prefix { text, .. } => format!("{text}*"),
        Query::Below { field, value } => format!("{field}:{value}/*"),
        Query::Dates { field, .. } => format!("{field}:.."),
        Query::Has(field) => format!("{field}:*"),
        Query::Or(parts) => parts.iter().map(display).collect::<Vec<_>>().join(" OR "),
        Query::Not(part) => format!("-{}", display(part)),
        Query::Boost(part, weight) => format!("{}^{weight}", display(part)),
    }
}
