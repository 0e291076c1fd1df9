//! What fuzzing begins with: the cases of the readers and the sample corpus, made ready for each target.

use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use backfile::query::operators::{DATE_FORMS, KEPT_FORMS, NUMBER_FORMS, OPERATORS};

use crate::packed;
use crate::targets::{Seeds, Target};

/// Longer files are cut, in bytes.
const LONGEST: usize = 16 << 10;

/// Writes the seeds of a target, and its dictionary, in a folder: `seeds/` and `words`.
pub(crate) fn write(target: &Target, folder: &Path) {
    let seeds = folder.join("seeds");
    fs::create_dir_all(&seeds).expect("a folder can be made");
    for (number, seed) in of(&target.seeds).into_iter().enumerate() {
        fs::write(seeds.join(format!("{number:04}")), seed).expect("there is room for a seed");
    }
    let quoted = |word: &&str| {
        format!("\"{}\"\n", word.bytes().map(|byte| format!("\\x{byte:02x}")).collect::<String>())
    };
    let words: String = target.words.iter().map(quoted).collect();
    fs::write(folder.join("words"), words).expect("there is room for the dictionary");
}

fn of(seeds: &Seeds) -> Vec<Vec<u8>> {
    match seeds {
        Seeds::Files(readers) => files(readers).into_iter().map(|(_, bytes)| bytes).collect(),
        Seeds::Packages(readers) => {
            files(readers).into_iter().filter_map(|(_, bytes)| taken_apart(&bytes)).collect()
        }
        Seeds::Packed(readers) => {
            let files = files(readers).into_iter().enumerate();
            let packed = files.map(|(number, (name, bytes))| packed::packed(number, &name, &bytes));
            packed.chain([packed::xz()]).collect()
        }
        Seeds::ToPack(readers) => {
            let files = files(readers).into_iter().enumerate();
            files.map(|(number, (_, bytes))| packed::to_pack(number, &bytes)).collect()
        }
        Seeds::Queries => queries().into_iter().map(String::into_bytes).collect(),
        Seeds::Marked => queries().into_iter().map(|query| format!("{query}\n{TEXT}").into_bytes()).collect(),
        Seeds::Texts(texts) => texts.iter().map(|text| text.as_bytes().to_vec()).collect(),
    }
}

/// A text for queries to be marked in.
const TEXT: &str = "Coal policies, and the policy of coal: 3.14 million tons in 1974.\n\nElectric women, e-mail and \
                    Café au lait; the U.S. strike. 日本語の全文検索。 Colour graphs near the miners’ harbour (again).";

/// The cases and samples of some readers, each with its name.
fn files(readers: &[&str]) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = Vec::new();
    for reader in readers {
        let mut cases = Vec::new();
        below(&root.join("tests/readers").join(reader), &mut cases);
        paths.extend(cases.into_iter().filter(|path| path.file_stem().is_some_and(|stem| stem == "input")));
        below(&root.join("sample_corpus").join(reader), &mut paths);
    }
    let read = |path: PathBuf| {
        let name = path.file_name()?.to_str()?.to_owned();
        Some((name, fs::read(path).ok()?))
    };
    paths.into_iter().filter_map(read).map(|(name, bytes)| (name, shortened(bytes))).collect()
}

/// The files below a folder, sorted.
fn below(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() { below(&path, files) } else { files.push(path) }
    }
}

/// The beginning of a long file; of a package nothing would be left.
fn shortened(mut bytes: Vec<u8>) -> Vec<u8> {
    if !bytes.starts_with(b"PK") {
        bytes.truncate(LONGEST);
    }
    bytes
}

fn taken_apart(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let Ok(mut entry) = archive.by_index(index) else { continue };
        let name = entry.name().ok()?.into_owned();
        let mut content = Vec::new();
        entry.by_ref().take(LONGEST as u64).read_to_end(&mut content).ok()?;
        members.push((name, content));
    }
    Some(packed::input_of(&members))
}

/// The examples of the help, and what the transcripts of the command line ask.
fn queries() -> Vec<String> {
    let operators = OPERATORS.iter().flat_map(|operator| [operator.syntax, operator.example]);
    let forms =
        [KEPT_FORMS, DATE_FORMS, NUMBER_FORMS].into_iter().flatten().flat_map(|(forms, _)| forms.split(", "));
    let mut queries: Vec<String> = operators.chain(forms).map(str::to_owned).collect();
    let mut transcripts = Vec::new();
    below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../cli"), &mut transcripts);
    for text in transcripts.into_iter().filter_map(|path| fs::read_to_string(path).ok()) {
        let lines = text.lines().filter(|line| line.contains("backfile "));
        queries.extend(lines.flat_map(|line| line.split('\'').skip(1).step_by(2).map(str::to_owned)));
    }
    queries.sort();
    queries.dedup();
    queries
}
