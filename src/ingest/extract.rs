//! Reads archives without an index: the articles that an ingest would bring in, one after the other.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::analysis::language::Detector;
use crate::article::Article;
use crate::diagnostic::Diagnostic;
use crate::engine::Manifest;
use crate::schema::Schema;

use super::books::Books;
use super::complete::Completion;
use super::open::{Opened, open};
use super::work::{Part, SourceRules, Task, article, failed};
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
    let mut books = Books::open(options, Manifest::default(), None)?;
    let detector = schema.detector();
    let rules = books.rules(options);
    for task in books.tasks() {
        let rules = &rules[task.source];
        if extract_file(&Arc::new(task), rules, &detector, each).is_break() {
            break;
        }
    }
    Ok(())
}

fn extract_file(
    task: &Task,
    rules: &SourceRules,
    detector: &Detector,
    each: &mut dyn FnMut(Extracted) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let completion = Completion { source: &rules.name, detector, language: rules.language };
    match open(&task.found.path, &task.found.name, rules.format.as_deref()) {
        Ok(Opened::Ignored) => ControlFlow::Continue(()),
        Ok(Opened::Whole { reader, bytes, .. }) => {
            each_item(&Part { reader, bytes: &bytes, first_record: 1 }, task, rules, &completion, each)
        }
        Ok(Opened::Blocks(mut blocks)) => {
            while let Some(block) = blocks.next() {
                match block {
                    Ok(block) => {
                        let part = Part {
                            reader: blocks.reader,
                            bytes: &block.bytes,
                            first_record: block.first_record,
                        };
                        each_item(&part, task, rules, &completion, each)?;
                    }
                    Err((record, fault)) => each(Extracted::Remark(failed(task, record, fault)))?,
                }
            }
            ControlFlow::Continue(())
        }
        Err(fault) => each(Extracted::Remark(failed(task, None, fault))),
    }
}

fn each_item(
    part: &Part<'_>,
    task: &Task,
    rules: &SourceRules,
    completion: &Completion<'_>,
    each: &mut dyn FnMut(Extracted) -> ControlFlow<()>,
) -> ControlFlow<()> {
    for item in part.items(task, rules) {
        let mut remarks = Vec::new();
        let found = article(item, task, None, completion, &mut remarks);
        remarks.into_iter().try_for_each(|remark| each(Extracted::Remark(remark)))?;
        if let Some((article, _)) = found {
            each(Extracted::Article(Box::new(article)))?;
        }
    }
    ControlFlow::Continue(())
}
