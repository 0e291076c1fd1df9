//! The formats of answers that are tables: of `trend`, `coverage` and `facets`.

use clap::{Args, ValueEnum};

/// How a table is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TableFormat {
    Text,
    Json,
    Csv,
    Tsv,
}

// How a table is asked for.
#[derive(Debug, Args)]
pub(super) struct TableArgs {
    /// text, json, csv, tsv
    #[arg(long, value_name = "NAME", default_value = "text")]
    format: TableFormat,
    /// Short for --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl TableArgs {
    pub(super) fn format(&self) -> TableFormat {
        if self.json { TableFormat::Json } else { self.format }
    }
}

impl TableFormat {
    /// Whether it has rows alone, so that warnings must go to standard error.
    pub(super) fn has_rows_alone(self) -> bool {
        match self {
            TableFormat::Text | TableFormat::Json => false,
            TableFormat::Csv | TableFormat::Tsv => true,
        }
    }
}
