//! How the files of one archive are read: what the user said, now or the last time.

use serde::{Deserialize, Serialize};

use crate::analysis::language::Language;
use crate::reader::{FieldMap, ReadOptions};
use crate::text::dates::DayOrder;

/// The choices that decide which articles an archive gives. Kept in the manifest, so that the next ingest of the
/// same archive needs none of the flags again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Name of the only format to read; `auto` recognises each file, as if nothing had been chosen.
    pub format: Option<String>,
    /// `(property, name in the source)`.
    pub map: Option<Vec<(String, String)>>,
    /// The language of every article.
    pub language: Option<Language>,
    /// Whether a file's modification time stands in for a missing date.
    pub date_from_mtime: Option<bool>,
    /// Only paths that fit one of these patterns.
    pub include: Option<Vec<String>>,
    /// No path that fits one of these patterns.
    pub exclude: Option<Vec<String>>,
    /// Files and folders whose names begin with a dot too.
    pub hidden: Option<bool>,
    /// Follow symbolic links.
    pub follow_links: Option<bool>,
    /// Which part of `3/4/2019` is the day; `Unknown` for what the archive shows.
    pub day_order: Option<DayOrder>,
    /// Drafts, private and other unpublished articles too.
    pub unpublished: Option<bool>,
}

impl Settings {
    /// These choices, and where none was made the earlier one.
    pub fn or(self, earlier: Settings) -> Settings {
        Settings {
            format: self.format.or(earlier.format),
            map: self.map.or(earlier.map),
            language: self.language.or(earlier.language),
            date_from_mtime: self.date_from_mtime.or(earlier.date_from_mtime),
            include: self.include.or(earlier.include),
            exclude: self.exclude.or(earlier.exclude),
            hidden: self.hidden.or(earlier.hidden),
            follow_links: self.follow_links.or(earlier.follow_links),
            day_order: self.day_order.or(earlier.day_order),
            unpublished: self.unpublished.or(earlier.unpublished),
        }
    }

    /// The only format to read, if there is one.
    pub fn forced_format(&self) -> Option<&str> {
        self.format.as_deref().filter(|format| *format != "auto")
    }

    /// Which part of `3/4/2019` is the day, if the user said so.
    pub fn set_day_order(&self) -> Option<DayOrder> {
        self.day_order.filter(|order| *order != DayOrder::Unknown)
    }

    /// What the manifest keeps.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("settings hold only plain data")
    }

    /// Reads what the manifest kept; nothing chosen when it is not readable.
    pub fn from_text(text: &str) -> Settings {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// Whether the same files give the same articles under both.
    pub fn reads_like(&self, other: &Settings) -> bool {
        let of_content = |settings: &Settings| Settings {
            include: None,
            exclude: None,
            hidden: None,
            follow_links: None,
            // What was taken back is as if it had never been chosen.
            unpublished: settings.unpublished.filter(|wanted| *wanted),
            ..settings.clone()
        };
        of_content(self) == of_content(other)
    }

    /// What readers need to know; `learned` is what the archive shows of its dates.
    pub fn read_options(&self, learned: DayOrder) -> ReadOptions {
        let pairs = self.map.clone().unwrap_or_default();
        ReadOptions {
            map: FieldMap { pairs },
            unpublished: self.unpublished.unwrap_or(false),
            in_haste: false,
            day_order: self.set_day_order().unwrap_or(learned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_choices_hold_until_others_are_made() {
        let earlier = Settings { format: Some("json".into()), hidden: Some(true), ..Settings::default() };
        let now = Settings { hidden: Some(false), ..Settings::default() };
        let merged = now.or(Settings::from_text(&earlier.to_text()));
        assert_eq!((merged.format.as_deref(), merged.hidden), (Some("json"), Some(false)));
        assert!(merged.reads_like(&earlier));
        assert!(!merged.reads_like(&Settings::default()));
        let unpublished = |wanted| Settings { unpublished: wanted, ..Settings::default() };
        assert!(unpublished(Some(false)).reads_like(&unpublished(None)));
        assert!(!unpublished(Some(false)).reads_like(&unpublished(Some(true))));
    }
}
