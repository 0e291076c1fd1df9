//! The columns of a segment, read for many documents at once: one call for a block of them, which the column unrolls.

use std::fmt::Debug;

use tantivy::DocId;
use tantivy::columnar::Column;

/// Documents read at a time.
pub(super) const BLOCK: usize = 128;

/// Hands documents to `take` in blocks of at most [`BLOCK`].
pub(super) fn in_blocks(documents: impl Iterator<Item = DocId>, mut take: impl FnMut(&[DocId])) {
    let (mut block, mut filled) = ([0; BLOCK], 0);
    for document in documents {
        block[filled] = document;
        filled += 1;
        if filled == BLOCK {
            take(&block);
            filled = 0;
        }
    }
    if filled > 0 {
        take(&block[..filled]);
    }
}

/// The first value of each document of a block.
pub(super) fn first_values<'v, T: Copy + PartialOrd + Debug + Send + Sync + 'static>(
    column: &Column<T>,
    block: &[DocId],
    values: &'v mut [Option<T>; BLOCK],
) -> &'v [Option<T>] {
    let values = &mut values[..block.len()];
    // A column writes only the values that it has.
    values.fill(None);
    column.first_vals(block, values);
    values
}

/// Hands each of these documents to `each` with its first value.
pub(super) fn each_first<T: Copy + PartialOrd + Debug + Send + Sync + 'static>(
    column: &Column<T>,
    documents: impl Iterator<Item = DocId>,
    mut each: impl FnMut(DocId, Option<T>),
) {
    let mut values = [None; BLOCK];
    in_blocks(documents, |block| {
        let values = first_values(column, block, &mut values);
        block.iter().zip(values).for_each(|(document, value)| each(*document, *value));
    });
}

/// Hands each of these documents, which ascend, to `each` once for each of its values; one without any once.
pub(super) fn each_value(
    column: &Column<u64>,
    documents: impl Iterator<Item = DocId>,
    mut each: impl FnMut(DocId, Option<u64>),
) {
    let (mut with, mut rows, mut values) = (Vec::new(), Vec::new(), Vec::new());
    in_blocks(documents, |block| {
        with.clear();
        rows.clear();
        column.row_ids_for_docs(block, &mut with, &mut rows);
        values.resize(rows.len(), 0);
        column.values.get_vals(&rows, &mut values);
        let mut next = 0;
        for document in block {
            let first = next;
            while with.get(next) == Some(document) {
                each(*document, Some(values[next]));
                next += 1;
            }
            if next == first {
                each(*document, None);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use tantivy::schema::{FAST, Schema};
    use tantivy::{Index, TantivyDocument};

    use super::*;

    /// A column of a segment whose documents have these values.
    fn with_column(documents: &[&[u64]], test: impl FnOnce(&Column<u64>)) {
        let mut schema = Schema::builder();
        let field = schema.add_u64_field("numbers", FAST);
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, 15_000_000).unwrap();
        for values in documents {
            let mut document = TantivyDocument::default();
            values.iter().for_each(|value| document.add_u64(field, *value));
            writer.add_document(document).unwrap();
        }
        writer.commit().unwrap();
        let searcher = index.reader().unwrap().searcher();
        test(&searcher.segment_reader(0).fast_fields().u64("numbers").unwrap());
    }

    #[test]
    fn blocks_join_to_what_single_reads_give() {
        let many: Vec<[u64; 1]> = (0..300).map(|n| [n * 7 % 50]).collect();
        let full: Vec<&[u64]> = many.iter().map(<[u64; 1]>::as_slice).collect();
        let optional: Vec<&[u64]> = many.iter().map(|it| if it[0] % 3 == 0 { &[][..] } else { it }).collect();
        let several: Vec<&[u64]> = (0..300).map(|n| &[9, 4, 6][..n % 4]).collect();
        for documents in [full, optional, several, vec![&[]; 3]] {
            with_column(&documents, |column| {
                let chosen = || (0..documents.len() as u32).filter(|document| document % 5 != 1);
                let mut firsts = Vec::new();
                each_first(column, chosen(), |document, value| firsts.push((document, value)));
                let expected: Vec<_> = chosen().map(|document| (document, column.first(document))).collect();
                assert_eq!(firsts, expected);
                let mut all = Vec::new();
                each_value(column, chosen(), |document, value| all.push((document, value)));
                let of = |document: u32| -> Vec<(u32, Option<u64>)> {
                    match documents[document as usize] {
                        [] => vec![(document, None)],
                        values => values.iter().map(|value| (document, Some(*value))).collect(),
                    }
                };
                assert_eq!(all, chosen().flat_map(of).collect::<Vec<_>>());
            });
        }
    }
}
