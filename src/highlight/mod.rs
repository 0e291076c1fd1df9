//! stub
use crate::analysis::language::Language;
use crate::query::Query;
use crate::schema::FieldName;
use crate::search::{Passage, SnippetOptions};
pub struct Matcher;
impl Matcher {
    pub fn new(_q: &Query, _d: &FieldName, _l: &[Language], _idf: &dyn Fn(&str, bool) -> f32) -> Matcher {
        Matcher
    }
    pub fn mark(&self, text: &str, _f: &str, _l: Option<Language>) -> Passage {
        Passage { text: text.to_owned(), spans: vec![] }
    }
    pub fn passages(&self, _t: &str, _f: &str, _l: Option<Language>, _o: SnippetOptions) -> Vec<Passage> {
        vec![]
    }
}
