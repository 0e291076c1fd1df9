//! The formats of answers that are tables: of `trend`, `coverage` and `facets`.

use clap::ValueEnum;

/// How a table is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TableFormat {
    Text,
    Json,
    Csv,
    Tsv,
}

impl TableFormat {
    /// This, or JSON where `--json` asks for it.
    pub(super) fn or_json(self, json: bool) -> TableFormat {
        if json { TableFormat::Json } else { self }
    }

    /// Whether it has rows alone, so that warnings must go to standard error.
    pub(super) fn has_rows_alone(self) -> bool {
        match self {
            TableFormat::Text | TableFormat::Json => false,
            TableFormat::Csv | TableFormat::Tsv => true,
        }
    }
}
