//! What the terminal is like, and the clock.

use std::io::IsTerminal;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::ValueEnum;

use crate::output::Style;
use crate::text::calendar::{DateSpan, Day, Time};

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Width of the output when nobody says: as on a classic terminal.
const USUAL_WIDTH: usize = 80;
/// Lines longer than this are hard to read.
const WIDEST: usize = 120;
const NARROWEST: usize = 40;

/// The style of standard output.
pub(super) fn style(color: Color) -> Style {
    let terminal = std::io::stdout().is_terminal();
    let color = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    };
    let columns =
        if terminal { terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)) } else { None };
    let width = columns.filter(|columns| *columns > 0).unwrap_or(USUAL_WIDTH).clamp(NARROWEST, WIDEST);
    Style { color, width, terminal }
}

/// Today and now, in UTC.
pub(super) fn now() -> (Day, String) {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let day = Day(i32::try_from(seconds / 86_400).unwrap_or(Day::MAX.0));
    let time = Time { second: (seconds % 86_400) as u32, offset: Some(0) };
    (day, DateSpan::instant(day, time).to_string())
}
