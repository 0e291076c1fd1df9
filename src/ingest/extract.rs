//! Reads archives without an index: the articles that an ingest would bring in, one after the other.

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use crate::article::Article;
use crate::diagnostic::Diagnostic;
use crate::engine::Manifest;
use crate::reader::Spot;
use crate::schema::Schema;

use super::books::Books;
use super::reading::{Reading, place, skip};
use super::unpack::{Content, Part, unpack};
use super::work::{SourceRules, Task};
use super::{IngestError, Options};

/// What an extraction gives.
pub enum Extracted {
    /// An article.
    Article(Box<Article>),
    /// A skip or a note.
    Remark(Diagnostic),
}

/// Hands every article and every remark to `each`, in the order of the files, until it breaks off.
pub fn extract(
    options: &Options,
    schema: &Schema,
    each: &mut dyn FnMut(Extracted) -> ControlFlow<()>,
) -> Result<(), IngestError> {
    let mut books = Books::open(options, schema, Manifest::default(), None, &AtomicBool::new(false))?;
    let rules = books.rules(options, schema);
    for task in books.tasks() {
        let rules = &rules[task.source];
        if extract_file(&task, rules, each).is_break() {
            break;
        }
    }
    Ok(())
}

fn extract_file(
    task: &Task,
    rules: &SourceRules,
    each: &mut dyn FnMut(Extracted) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut flow = ControlFlow::Continue(());
    let unpacked = unpack(&task.found.path, &task.found.name, rules.format.as_deref(), &mut |part| {
        flow = extract_part(part, task, rules, each);
        flow
    });
    flow?;
    match unpacked {
        Ok(_) => ControlFlow::Continue(()),
        Err(fault) => each(Extracted::Remark(skip(place(task, None, &Spot::WHOLE), fault))),
    }
}

fn extract_part(
    part: Part,
    task: &Task,
    rules: &SourceRules,
    each: &mut dyn FnMut(Extracted) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let member = part.member.as_deref();
    let bytes = match part.content {
        Content::Bytes(bytes) => bytes,
        Content::Fault(record, fault) => {
            let place = place(task, member, &Spot { record, ..Spot::WHOLE });
            return each(Extracted::Remark(skip(place, fault)));
        }
        Content::LeftOut(..) => return ControlFlow::Continue(()),
    };
    let mut reading = Reading::new(task, member, rules);
    for item in reading.items(&bytes) {
        let article = reading.article(item);
        reading.diagnostics.drain(..).try_for_each(|remark| each(Extracted::Remark(remark)))?;
        article.map_or(ControlFlow::Continue(()), |article| each(Extracted::Article(Box::new(article))))?;
    }
    ControlFlow::Continue(())
}
