//! The books of one ingest: what is to be done, what became of it, and the manifest that follows from it.
//!
//! Results arrive in any order; nothing that is kept or shown depends on it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::article::{ArticleId, Place};
use crate::diagnostic::{Diagnostic, Reason, Severity};
use crate::engine::{FileRow, Manifest, SourceRow};
use crate::reader::recognise::by_name;
use crate::schema::Schema;

use super::furniture::{KeptApart, LineName};
use super::moves;
use super::plan::{Plan, has_work, plan, retry};
use super::reading::MapUse;
use super::report::IngestReport;
use super::settings::Settings;
use super::survey::{Lessons, survey};
use super::walk::{Filter, walk};
use super::work::{Identity, Outcome, PartResult, SourceRules, Task};
use super::{IngestError, Options, Removals, Root, Scope};

/// A file that changed so shortly before it was read, in nanoseconds, may change again without showing it.
const MTIME_GRACE: i64 = 2_000_000_000;

/// Memory for what the manifest knows of a file, and for a file that is to be read, in bytes, for names of usual length.
const A_ROW: usize = 250;
const A_TASK: usize = 400;

pub(super) struct Books {
    manifest: Manifest,
    sources: Vec<Source>,
    tasks: Vec<Task>,
    /// Files of which something has arrived.
    arriving: HashMap<u64, Arriving>,
    /// Numbers that have articles in registered segments and are not sealed.
    unsealed: BTreeSet<u64>,
    /// Numbers of files of which the index holds an earlier version.
    again: BTreeSet<u64>,
    /// Numbers whose articles are to be removed with the next commit.
    outdated: HashSet<u64>,
    has_changes: bool,
    begin: i64,
    counts: IngestReport,
    identities: Vec<Identity>,
    /// Articles of the files that were completed since the last commit.
    sealed: Vec<ArticleId>,
}

/// One archive of this ingest.
struct Source {
    name: String,
    settings: Settings,
    gone: Vec<String>,
    /// New name → old name.
    moves: BTreeMap<String, String>,
    faults: Vec<Diagnostic>,
    lessons: Lessons,
    /// How many articles lost each line of learned furniture.
    furniture: BTreeMap<LineName, u64>,
    /// What became of the user's map, in the files that were read.
    map_use: MapUse,
    /// Files that were not read in this run, or not yet.
    unread: u64,
    /// What readers kept apart.
    kept_apart: KeptApart,
}

impl Source {
    /// What was learned of the archive, and what became of it in this run.
    fn remarks(&self) -> Vec<Diagnostic> {
        let lines = self.furniture.iter().map(|(line, articles)| {
            let text = self.lessons.furniture.text(line).unwrap_or_default();
            remark(&line.0, Reason::Furniture, format!("cut out of {articles} articles: {text:?}"))
        });
        let KeptApart { articles, lines: count } = self.kept_apart;
        let kept_apart = (articles > 0).then(|| {
            let noun = if articles == 1 { "article" } else { "articles" };
            let message = format!("kept apart: {count} lines beside the text of {articles} {noun}");
            Diagnostic {
                hint: Some("`backfile show ID` prints them below the text".to_owned()),
                ..remark("./", Reason::Furniture, message)
            }
        });
        let lines = lines.chain(kept_apart);
        let is_set = self.settings.set_day_order().is_some();
        let dates = self.lessons.about_dates().filter(|_| !is_set);
        let dates = dates.map(|message| remark(WHOLE, Reason::DayOrder, message));
        let map = self.about_map().map(|message| remark(WHOLE, Reason::Map, message));
        lines.chain(dates).chain(map).collect()
    }

    /// What to tell of names in the user's map that no record has, when all of them were read.
    fn about_map(&self) -> Option<String> {
        if self.unread > 0 {
            return None;
        }
        let pairs = self.settings.map.as_deref()?.iter().take(u64::BITS as usize);
        let missing = pairs.enumerate().filter(|(at, _)| self.map_use.mapped >> at & 1 == 0);
        let missing: Vec<String> = missing.map(|(_, (_, name))| format!("`{name}`")).collect();
        if missing.is_empty() {
            return None;
        }
        let missing = missing.join(", ");
        let message = format!("--map names {missing}, which no record of {} has", self.name);
        let others: Vec<&str> = self.map_use.others.iter().map(String::as_str).collect();
        Some(match others.is_empty() {
            true => message,
            false => format!("{message}; it has {}", others.join(", ")),
        })
    }
}

/// The place of what is said of an archive as a whole.
const WHOLE: &str = "./";

fn remark(path: &str, reason: Reason, message: String) -> Diagnostic {
    let place = Place { path: path.to_owned(), ..Place::default() };
    Diagnostic { place, severity: Severity::Note, reason, message, hint: None }
}

#[derive(Default)]
struct Arriving {
    done: u64,
    total: Option<u64>,
    hash: u128,
    racy: bool,
    articles: Vec<ArticleId>,
    diagnostics: Vec<Diagnostic>,
}

impl Books {
    /// Walks the archives and works out what must be done.
    pub(super) fn open(
        options: &Options,
        schema: &Schema,
        manifest: Manifest,
        index: Option<&Path>,
        stop: &AtomicBool,
    ) -> Result<Books, IngestError> {
        let mut books = Books {
            // What an interrupted run left unfinished is removed first.
            outdated: manifest.open.iter().copied().collect(),
            manifest,
            sources: Vec::new(),
            tasks: Vec::new(),
            arriving: HashMap::new(),
            unsealed: BTreeSet::new(),
            again: BTreeSet::new(),
            has_changes: false,
            begin: nanoseconds_now(),
            counts: IngestReport { dry_run: options.dry_run, ..IngestReport::default() },
            identities: Vec::new(),
            sealed: Vec::new(),
        };
        books.has_changes = !books.outdated.is_empty();
        for root in &options.roots {
            books.open_source(root, options, schema, index, stop)?;
        }
        Ok(books)
    }

    fn open_source(
        &mut self,
        root: &Root,
        options: &Options,
        schema: &Schema,
        index: Option<&Path>,
        stop: &AtomicBool,
    ) -> Result<(), IngestError> {
        let path = root.path.canonicalize().map_err(|_| IngestError::NoRoot { path: root.path.clone() })?;
        if path.join("backfile.json").is_file() {
            return Err(IngestError::IsIndex { path: root.path.clone() });
        }
        let name = root.name.clone().unwrap_or_else(|| source_name(&path, &self.manifest));
        if self.has_opened(&name, &path) {
            return Ok(());
        }
        let earlier = self.manifest.sources.get(&name);
        let earlier_settings = earlier.map(|row| Settings::from_text(&row.settings));
        let settings = match (options.scope, &earlier_settings) {
            // Other choices would hold for the few files that are read, and not for the rest.
            (Scope::Failed, Some(earlier)) => earlier.clone(),
            (Scope::All | Scope::Failed, _) => {
                options.settings.clone().or(earlier_settings.clone().unwrap_or_default())
            }
        };
        if let Some(format) = settings.forced_format().filter(|format| by_name(format).is_none()) {
            return Err(IngestError::Format(format.to_owned()));
        }
        let walked = walk(&path, &Filter::new(&settings, index)?, options.threads);
        self.counts.files.ignored += walked.ignored;

        let row = self.manifest.sources.entry(name.clone()).or_default();
        let mut reads_alike = earlier_settings.is_none_or(|earlier| earlier.reads_like(&settings));
        let known = Lessons::from_text(&row.lessons).filter(|_| reads_alike);
        let is_outgrown = known.as_ref().is_none_or(|known| known.is_outgrown(walked.files.len()));
        let is_due =
            options.scope == Scope::All && is_outgrown && has_work(&walked.files, &row.files, reads_alike);
        let learned = is_due.then(|| survey(&walked.files, &settings, &schema.detector(), stop)).flatten();
        let reads_as_known = |learned| known.as_ref().is_none_or(|known| known.reads_like(learned));
        reads_alike &= learned.as_ref().is_none_or(reads_as_known);
        let lessons = learned.or(known).unwrap_or_default();
        self.has_changes |= row.root != path.display().to_string() || row.settings != settings.to_text();
        row.root = path.display().to_string();
        row.settings = settings.to_text();
        row.lessons = lessons.to_text();
        let mut plan = match options.scope {
            Scope::All => plan(walked.files, &row.files, reads_alike),
            Scope::Failed => retry(walked.files, &row.files),
        };
        let moves = moves::find(&mut plan, &row.files);
        if !walked.faults.is_empty() {
            plan.gone.clear();
        }
        guard(&name, row, &plan, options.removals)?;
        let gone =
            if options.removals == Removals::Keep { Vec::new() } else { std::mem::take(&mut plan.gone) };
        self.count_unchanged(&name, &plan);
        self.sources.push(Source {
            name,
            settings,
            gone,
            moves,
            faults: walked.faults,
            lessons,
            furniture: BTreeMap::new(),
            kept_apart: KeptApart::default(),
            map_use: MapUse::default(),
            unread: plan.unchanged + plan.read.len() as u64,
        });
        self.add_tasks(plan);
        Ok(())
    }

    /// Whether the same archive was named before in this run.
    fn has_opened(&self, name: &str, path: &Path) -> bool {
        let is_open = self.sources.iter().any(|source| source.name == name);
        let row = self.manifest.sources.get(name).filter(|_| is_open);
        row.is_some_and(|row| row.root == path.display().to_string())
    }

    fn count_unchanged(&mut self, source: &str, plan: &Plan) {
        let read: HashSet<&str> = plan.read.iter().map(|reading| reading.found.name.as_str()).collect();
        let rows = self.manifest.sources.get(source).map(|row| &row.files);
        let ignored =
            rows.into_iter().flatten().filter(|(name, row)| is_ignored(row) && !read.contains(name.as_str()));
        let ignored = (ignored.count() as u64).min(plan.unchanged);
        self.counts.files.ignored += ignored;
        self.counts.files.unchanged += plan.unchanged - ignored;
    }

    fn add_tasks(&mut self, plan: Plan) {
        let index = self.sources.len() - 1;
        let source = &self.sources[index];
        let rows = &self.manifest.sources[&source.name].files;
        for reading in plan.read {
            let row = rows.get(&reading.found.name);
            let moved_from = source
                .moves
                .get(&reading.found.name)
                .map(|old| rows.get(old).and_then(|row| row.identity.clone()).unwrap_or_else(|| old.clone()));
            if row.is_some() || moved_from.is_some() {
                self.again.insert(self.manifest.next_number);
            }
            let identity = moved_from.or_else(|| row.and_then(|row| row.identity.clone()));
            self.tasks.push(Task {
                number: self.manifest.next_number,
                source: index,
                known: row.map(|row| (row.stamp.size, row.hash)),
                identity: identity.unwrap_or_else(|| reading.found.name.clone()),
                why: reading.why,
                found: reading.found,
            });
            self.manifest.next_number += 1;
        }
    }

    pub(super) fn tasks(&mut self) -> Vec<Task> {
        std::mem::take(&mut self.tasks)
    }

    pub(super) fn rules(&self, options: &Options, schema: &Schema) -> Vec<SourceRules> {
        let rules = |source: &Source| SourceRules {
            program: options.program.clone(),
            name: source.name.clone(),
            options: source.settings.read_options(source.lessons.day_order()),
            format: source.settings.forced_format().map(str::to_owned),
            language: source.settings.language,
            date_from_mtime: source.settings.date_from_mtime.unwrap_or(false),
            detector: schema.detector().with_prior(&source.lessons.languages),
            lessons: source.lessons.clone(),
        };
        self.sources.iter().map(rules).collect()
    }

    pub(super) fn has_removals(&self) -> bool {
        self.sources.iter().any(|source| !source.gone.is_empty())
    }

    pub(super) fn has_changes(&self) -> bool {
        self.has_changes
    }

    /// Whether a commit would show no article twice: a part of a file beside all of its earlier version.
    pub(super) fn is_consistent(&self) -> bool {
        self.unsealed.is_disjoint(&self.again)
    }

    /// Enters what a thread has done. `numbers` have articles in a segment that was just registered.
    pub(super) fn enter(&mut self, parts: Vec<PartResult>, numbers: &[u64]) {
        self.unsealed.extend(numbers);
        self.has_changes |= !numbers.is_empty();
        for part in parts {
            self.counts.bytes += part.bytes;
            let source = &mut self.sources[part.task.source];
            for (line, count) in &part.furniture {
                *source.furniture.entry(line.clone()).or_default() += count;
            }
            source.kept_apart.add(part.kept_apart);
            self.enter_part(part);
        }
    }

    fn enter_part(&mut self, part: PartResult) {
        let task = part.task;
        for omission in &part.left_out {
            *self.counts.left_out.entry(omission.what).or_default() += 1;
        }
        self.counts.omissions.extend(part.left_out);
        self.sources[task.source].map_use.join(part.map_use);
        let arriving = self.arriving.entry(task.number).or_default();
        arriving.articles.extend(part.articles.iter().map(|it| it.id));
        // Permission to read does not show in the time of the file.
        let unreadable = part.diagnostics.iter().any(|found| found.reason == Reason::Unreadable);
        arriving.racy |= unreadable || self.begin - task.found.stamp.modified < MTIME_GRACE;
        arriving.diagnostics.extend(part.diagnostics);
        self.identities.extend(part.articles);
        match part.outcome {
            Outcome::Part => arriving.done += 1,
            Outcome::End { parts, hash, changed_meanwhile } => {
                arriving.total = Some(parts);
                arriving.hash = hash;
                arriving.racy |= changed_meanwhile;
            }
            Outcome::Failed | Outcome::Ignored | Outcome::SameBytes => arriving.total = Some(0),
        }
        if arriving.total == Some(arriving.done)
            && let Some(arrived) = self.arriving.remove(&task.number)
        {
            self.seal(&task, part.outcome, arrived);
        }
    }

    /// All of a file has arrived.
    fn seal(&mut self, task: &Arc<Task>, outcome: Outcome, mut arrived: Arriving) {
        self.unsealed.remove(&task.number);
        let source = &self.sources[task.source];
        let Some(rows) = self.manifest.sources.get_mut(&source.name).map(|row| &mut row.files) else {
            return;
        };
        let name = &task.found.name;
        arrived.diagnostics.sort();
        if outcome == Outcome::SameBytes {
            if let Some(row) = rows.get_mut(name) {
                self.counts.files.unchanged += 1;
                self.has_changes |= row.stamp != task.found.stamp || row.racy != arrived.racy;
                row.stamp = task.found.stamp;
                row.racy = arrived.racy;
            }
            return;
        }
        self.sources[task.source].unread -= 1;
        let source = &self.sources[task.source];
        match outcome {
            Outcome::Ignored => self.counts.files.ignored += 1,
            _ => self.counts.files.read += 1,
        }
        let moved_from = source.moves.get(name);
        let earlier = rows.get_mut(moved_from.unwrap_or(name));
        if let Some(row) = earlier.filter(|row| row.articles > 0 && has_failed(&arrived)) {
            // It cannot be read now: what is known of it stays, and it is tried again the next time.
            self.has_changes |= row.diagnostics != arrived.diagnostics;
            row.diagnostics = arrived.diagnostics;
            return;
        }
        let earlier = rows.remove(moved_from.unwrap_or(name));
        let replaced = if moved_from.is_some() { rows.remove(name) } else { None };
        self.outdated.extend(earlier.iter().chain(&replaced).map(|row| row.number));
        let before = earlier.as_ref().map_or(0, |row| row.articles);
        let articles = arrived.articles.len() as u64;
        count(&mut self.counts, before, articles, moved_from.is_some());
        self.sealed.extend(arrived.articles);
        self.has_changes = true;
        let identity = (task.identity != *name).then(|| task.identity.clone());
        let row = FileRow {
            number: task.number,
            stamp: task.found.stamp,
            hash: arrived.hash,
            articles,
            identity,
            racy: arrived.racy,
            diagnostics: arrived.diagnostics,
        };
        rows.insert(name.clone(), row);
    }

    /// Takes the vanished files out of the manifest; the next commit removes their articles. Not for an interrupted
    /// run: a moved file may not have been reached yet.
    pub(super) fn remove_vanished(&mut self) {
        for source in &mut self.sources {
            let Some(row) = self.manifest.sources.get_mut(&source.name) else { continue };
            for name in std::mem::take(&mut source.gone) {
                let Some(file) = row.files.remove(&name) else { continue };
                self.outdated.insert(file.number);
                self.counts.removed += file.articles;
                self.counts.files.removed += 1;
                self.has_changes = true;
            }
        }
    }

    /// Gives up on files that will not be completed in this run; their articles are not left half done.
    pub(super) fn abandon_unsealed(&mut self) {
        self.has_changes |= !self.unsealed.is_empty();
        self.outdated.extend(std::mem::take(&mut self.unsealed));
    }

    /// The articles of the files that were completed since this was asked the last time.
    pub(super) fn take_sealed(&mut self) -> Vec<ArticleId> {
        std::mem::take(&mut self.sealed)
    }

    /// The numbers whose articles the next commit must remove.
    pub(super) fn take_outdated(&mut self) -> HashSet<u64> {
        std::mem::take(&mut self.outdated)
    }

    /// The manifest as of now, for a commit.
    pub(super) fn manifest(&mut self, now: &str) -> &Manifest {
        self.manifest.generation += 1;
        self.manifest.open = self.unsealed.iter().copied().collect();
        self.manifest.last_ingest = now.to_owned();
        self.has_changes = false;
        &self.manifest
    }

    /// Memory for what is known of the files, and will be, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let rows: usize = self.manifest.sources.values().map(|row| row.files.len()).sum();
        (rows + self.tasks.len()) * A_ROW + self.tasks.len() * A_TASK
    }

    /// Notes on articles of this run that have the identity of another one; the first place keeps it unremarked.
    fn same_identities(&mut self) -> Vec<Diagnostic> {
        let mut identities = std::mem::take(&mut self.identities);
        identities.sort_unstable();
        let groups = identities.chunk_by(|a, b| a.id == b.id).filter(|group| group.len() > 1);
        let groups: Vec<&[Identity]> = groups.collect();
        let repeated: HashSet<u64> = groups.iter().flat_map(|group| group.iter().map(|it| it.file)).collect();
        let names = self.names(&repeated);
        let mut notes = Vec::new();
        for group in groups {
            // A file that was not read to its end in this run has no name: its articles are not kept either.
            let place = |it: &Identity| {
                let (source, name) = names.get(&it.file)?;
                let member = it.member.as_deref().map(str::to_owned);
                Some((*source, Place { path: (*name).to_owned(), member, record: it.record }))
            };
            let mut places: Vec<(usize, Place)> = group.iter().filter_map(place).collect();
            places.sort();
            let Some(((_, first), others)) = places.split_first() else { continue };
            notes.extend(others.iter().map(|(_, other)| Diagnostic {
                place: other.clone(),
                severity: Severity::Note,
                reason: Reason::SameIdentity,
                message: format!("it has the same identity ({}) as {first}", group[0].id),
                hint: Some("both are found; `show` prints both".to_owned()),
            }));
        }
        notes
    }

    /// The source and the name of each of these files.
    fn names(&self, numbers: &HashSet<u64>) -> HashMap<u64, (usize, &str)> {
        let files = self
            .sources
            .iter()
            .enumerate()
            .filter_map(|(index, source)| Some((index, &self.manifest.sources.get(&source.name)?.files)));
        let names = files.flat_map(|(index, files)| {
            files.iter().map(move |(name, row)| (row.number, (index, name.as_str())))
        });
        names.filter(|(number, _)| numbers.contains(number)).collect()
    }

    /// The report of everything that was entered.
    pub(super) fn report(mut self, options: &Options) -> IngestReport {
        let mut diagnostics: Vec<Diagnostic> = Vec::new();
        for source in &self.sources {
            diagnostics.extend(source.faults.iter().cloned());
            diagnostics.extend(source.remarks());
            let rows = self.manifest.sources.get(&source.name).map(|row| &row.files);
            diagnostics
                .extend(rows.into_iter().flatten().flat_map(|(_, row)| row.diagnostics.iter().cloned()));
        }
        diagnostics.extend(self.same_identities());
        diagnostics.sort();
        for diagnostic in &diagnostics {
            let counts = match diagnostic.severity {
                Severity::Note => &mut self.counts.notes,
                Severity::Skip => &mut self.counts.skipped,
            };
            *counts.entry(diagnostic.reason).or_default() += 1;
        }
        self.counts.omissions.sort();
        let articles = self.manifest.articles();
        IngestReport { articles, diagnostics, dry_run: options.dry_run, ..self.counts }
    }
}

fn nanoseconds_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

/// The name under which the index knows this root, or a new one that no other root has.
fn source_name(root: &Path, manifest: &Manifest) -> String {
    let shown = root.display().to_string();
    if let Some((name, _)) = manifest.sources.iter().find(|(_, row)| row.root == shown) {
        return name.clone();
    }
    let name = if root.is_file() { root.file_stem() } else { root.file_name() };
    let name = name.map_or_else(|| "archive".to_owned(), |name| name.to_string_lossy().into_owned());
    // An archive that was moved as a whole keeps its name.
    let is_free =
        |name: &str| manifest.sources.get(name).is_none_or(|row| !PathBuf::from(&row.root).exists());
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.clone()).chain(numbered).find(|name| is_free(name)).unwrap_or(name)
}

/// Stops before most of an archive is removed because its disk is not there.
fn guard(name: &str, row: &SourceRow, plan: &Plan, removals: Removals) -> Result<(), IngestError> {
    let all: u64 = row.files.values().map(|file| file.articles).sum();
    let gone: u64 = plan.gone.iter().filter_map(|name| row.files.get(name)).map(|file| file.articles).sum();
    if removals == Removals::Guarded && gone * 2 > all {
        return Err(IngestError::Vanished { name: name.to_owned(), root: row.root.clone(), gone, all });
    }
    Ok(())
}

/// A row of a file that holds no article.
fn is_ignored(row: &FileRow) -> bool {
    row.articles == 0 && row.diagnostics.is_empty()
}

/// Whether a file gave nothing because something was wrong with it, not because nothing is in it.
fn has_failed(arrived: &Arriving) -> bool {
    let is_failure = |reason: Reason| match reason {
        Reason::Unreadable
        | Reason::Refused
        | Reason::TooLarge
        | Reason::Broken
        | Reason::Binary
        | Reason::Compressed
        | Reason::ReaderFailed
        | Reason::Changed => true,
        Reason::Empty
        | Reason::Charset
        | Reason::Date
        | Reason::FrontMatter
        | Reason::SameIdentity
        | Reason::NotAFile
        | Reason::Trimmed
        | Reason::Furniture
        | Reason::DayOrder
        | Reason::Map => false,
    };
    arrived.articles.is_empty() && arrived.diagnostics.iter().any(|diagnostic| is_failure(diagnostic.reason))
}

fn count(counts: &mut IngestReport, before: u64, after: u64, moved: bool) {
    if moved {
        counts.files.moved += 1;
        return;
    }
    let replaced = before.min(after);
    counts.replaced += replaced;
    counts.added += after - replaced;
    counts.removed += before - replaced;
}
