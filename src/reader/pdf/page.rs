//! The glyphs of a page and where they stand: the operators of its content stream that concern text (ISO 32000-2,
//! chapter 9), and nothing else of it.

use std::ops::Range;

use hayro_font::hayro_cmap::BfString;
use hayro_font::kurbo::{Affine, Point, Vec2};
use hayro_font::{CMapResolverFn, Font, FontCache, FontGlyph, FontQuery, FontResolverFn, StandardFont};
use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::{Array, Dict, Name, Object};
use hayro_syntax::page::{Page, Resources};

/// Forms within forms are followed so deep.
const MAX_DEPTH: usize = 12;
/// Saved graphics states beyond this are not kept.
const MAX_STATES: usize = 1_024;
/// Fonts measure in thousandths of their size.
const UNITS: f64 = 1_000.0;

/// The way a line of text runs on the page, in quarters of a turn to the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    Upright,
    Right,
    UpsideDown,
    Left,
}

/// All turns.
pub(super) const TURNS: [Turn; 4] = [Turn::Upright, Turn::Right, Turn::UpsideDown, Turn::Left];

/// A glyph, in a system in which its line runs to the right and the next line stands below.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    /// Where its text is in [`Glyphs::text`].
    text: Range<u32>,
    /// Its origin on the baseline.
    pub(super) x: f32,
    /// The baseline.
    pub(super) y: f32,
    /// To where the next one would stand.
    pub(super) width: f32,
    /// The size of its font as it stands on the page.
    pub(super) size: f32,
    /// The way its line runs.
    pub(super) turn: Turn,
}

/// The glyphs of a page in the order in which it paints them.
#[derive(Debug, Default)]
pub(super) struct Glyphs {
    text: String,
    /// The glyphs.
    pub(super) list: Vec<Glyph>,
    /// Glyphs whose characters the document does not tell.
    pub(super) unknown: usize,
}

impl Glyphs {
    /// Upright glyphs: text, origin, width and size.
    #[cfg(test)]
    pub(super) fn of<'t>(glyphs: impl IntoIterator<Item = (&'t str, [f32; 4])>) -> Glyphs {
        let mut made = Glyphs::default();
        for (text, [x, y, width, size]) in glyphs {
            let start = made.text.len() as u32;
            made.text.push_str(text);
            let text = start..made.text.len() as u32;
            made.list.push(Glyph { text, x, y, width, size, turn: Turn::Upright });
        }
        made
    }

    /// The characters that a glyph stands for.
    pub(super) fn text(&self, glyph: &Glyph) -> &str {
        self.text.get(glyph.text.start as usize..glyph.text.end as usize).unwrap_or_default()
    }
}

/// What all pages of a document share.
pub(super) struct Fonts<'a> {
    cache: FontCache<'a>,
    programs: FontResolverFn,
    cmaps: CMapResolverFn,
    /// Operators that may still be looked at: forms may show each other many times.
    pub(super) budget: u64,
}

impl Fonts<'_> {
    pub(super) fn new(budget: u64) -> Self {
        Fonts {
            cache: FontCache::new(),
            // Only encodings and widths are asked for, never outlines.
            programs: std::sync::Arc::new(|query| match query {
                FontQuery::Standard(font) => Some(font.get_font_data()),
                FontQuery::Fallback(font) => Some(font.pick_standard_font().get_font_data()),
            }),
            cmaps: std::sync::Arc::new(hayro_font::hayro_cmap::load_embedded),
            budget,
        }
    }
}

/// The glyphs of a page, as far as its crop box shows them.
pub(super) fn glyphs<'a>(page: &Page<'a>, fonts: &mut Fonts<'a>) -> Glyphs {
    let (width, height) = page.render_dimensions();
    let mut reading = Reading {
        fonts,
        glyphs: Glyphs::default(),
        size: (f64::from(width), f64::from(height)),
        hidden: 0,
        marked: Vec::new(),
        replacement: None,
    };
    let state = State::new(Affine::new(page.initial_transform(true).as_coeffs()));
    reading.run(page.typed_operations(), page.resources(), state, 0);
    reading.glyphs
}

/// The parameters of text, and the transformation to the page.
#[derive(Clone)]
struct State<'a> {
    transform: Affine,
    font: Option<Font<'a>>,
    size: f64,
    character_space: f64,
    word_space: f64,
    scale: f64,
    leading: f64,
    rise: f64,
}

impl State<'_> {
    fn new(transform: Affine) -> Self {
        State {
            transform,
            font: None,
            size: 1.0,
            character_space: 0.0,
            word_space: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
        }
    }
}

/// What a sequence of marked content means for its text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Marked {
    Text,
    /// A running head, a page number, a watermark: not part of the text (14.8.2.2).
    Artifact,
    /// Glyphs that stand together for another text (14.9.4).
    Replaced,
}

struct Reading<'p, 'a> {
    fonts: &'p mut Fonts<'a>,
    glyphs: Glyphs,
    size: (f64, f64),
    /// Depth of artifacts.
    hidden: usize,
    marked: Vec<Marked>,
    /// The text that the next glyph stands for; empty once it was given.
    replacement: Option<String>,
}

impl<'a> Reading<'_, 'a> {
    fn run(
        &mut self,
        mut operators: TypedIter<'_>,
        resources: &Resources<'a>,
        mut state: State<'a>,
        depth: usize,
    ) {
        let mut saved = Vec::new();
        let mut line = Affine::IDENTITY;
        let mut here = Affine::IDENTITY;
        while let Some(operator) = operators.next() {
            self.fonts.budget = self.fonts.budget.saturating_sub(1);
            if self.fonts.budget == 0 {
                return;
            }
            match operator {
                TypedInstruction::SaveState(_) if saved.len() < MAX_STATES => saved.push(state.clone()),
                TypedInstruction::RestoreState(_) => state = saved.pop().unwrap_or(state),
                TypedInstruction::Transform(m) => {
                    state.transform *= affine([&m.0, &m.1, &m.2, &m.3, &m.4, &m.5]);
                }
                TypedInstruction::BeginText(_) => {
                    line = Affine::IDENTITY;
                    here = line;
                }
                TypedInstruction::SetTextMatrix(m) => {
                    line = affine([&m.0, &m.1, &m.2, &m.3, &m.4, &m.5]);
                    here = line;
                }
                TypedInstruction::TextFont(font) => {
                    state.font = self.font(resources, font.0);
                    state.size = font.1.as_f64();
                }
                TypedInstruction::CharacterSpacing(space) => state.character_space = space.0.as_f64(),
                TypedInstruction::WordSpacing(space) => state.word_space = space.0.as_f64(),
                TypedInstruction::HorizontalScaling(scale) => state.scale = scale.0.as_f64() / 100.0,
                TypedInstruction::TextLeading(leading) => state.leading = leading.0.as_f64(),
                TypedInstruction::TextRise(rise) => state.rise = rise.0.as_f64(),
                TypedInstruction::NextLine(by) => {
                    line *= Affine::translate((by.0.as_f64(), by.1.as_f64()));
                    here = line;
                }
                TypedInstruction::NextLineAndSetLeading(by) => {
                    state.leading = -by.1.as_f64();
                    line *= Affine::translate((by.0.as_f64(), by.1.as_f64()));
                    here = line;
                }
                TypedInstruction::NextLineUsingLeading(_) => {
                    line *= Affine::translate((0.0, -state.leading));
                    here = line;
                }
                TypedInstruction::NextLineAndShowText(text) => {
                    line *= Affine::translate((0.0, -state.leading));
                    here = line;
                    self.show(&mut state, &mut here, text.0.as_bytes());
                }
                TypedInstruction::ShowTextWithParameters(text) => {
                    state.word_space = text.0.as_f64();
                    state.character_space = text.1.as_f64();
                    line *= Affine::translate((0.0, -state.leading));
                    here = line;
                    self.show(&mut state, &mut here, text.2.as_bytes());
                }
                TypedInstruction::ShowText(text) => self.show(&mut state, &mut here, text.0.as_bytes()),
                TypedInstruction::ShowTexts(texts) => self.show_all(&mut state, &mut here, texts.0),
                TypedInstruction::XObject(name) => self.form(resources, name.0, &state, depth),
                TypedInstruction::BeginMarkedContent(mark) => self.begin_marked(mark.0, None),
                TypedInstruction::BeginMarkedContentWithProperties(mark) => match mark.1 {
                    Object::Dict(properties) => self.begin_marked(mark.0, Some(properties)),
                    Object::Name(name) => {
                        let properties = resources.properties.get::<Dict<'a>>(name);
                        self.begin_marked(mark.0, properties.as_ref());
                    }
                    // Nothing else is allowed.
                    _ => self.begin_marked(mark.0, None),
                },
                TypedInstruction::EndMarkedContent(_) => self.end_marked(),
                // Paths, colours, images and their states draw no text.
                _ => {}
            }
        }
    }

    fn font(&mut self, resources: &Resources<'a>, name: &Name<'_>) -> Option<Font<'a>> {
        let fonts = &self.fonts;
        let stated = resources.get_font(name);
        let found = stated.and_then(|font| fonts.cache.font(&font, &fonts.programs, &fonts.cmaps));
        // What shows text without a font is shown in Helvetica by all viewers.
        found.or_else(|| fonts.cache.standard_font(StandardFont::Helvetica, &fonts.programs))
    }

    fn form(&mut self, resources: &Resources<'a>, name: &Name<'_>, state: &State<'a>, depth: usize) {
        let Some(stream) = resources.get_x_object(name).filter(|_| depth < MAX_DEPTH) else { return };
        let form: &Dict<'a> = stream.dict();
        if form.get::<Name<'_>>(b"Subtype").is_none_or(|kind| kind.as_ref() != b"Form") {
            return;
        }
        let Ok(content) = stream.decoded_data() else { return };
        let own = form.get::<Dict<'a>>(b"Resources").map(Resources::new);
        let mut state = state.clone();
        if let Some(matrix) = form.get::<[f64; 6]>(b"Matrix") {
            state.transform *= Affine::new(matrix);
        }
        // Marks that a form leaves open end with it.
        let (marked, hidden) = (self.marked.len(), self.hidden);
        self.run(TypedIter::new(&content), own.as_ref().unwrap_or(resources), state, depth + 1);
        self.marked.truncate(marked);
        self.hidden = hidden;
    }

    fn begin_marked(&mut self, tag: &Name<'_>, properties: Option<&Dict<'_>>) {
        let kind = match (tag.as_ref(), properties) {
            (b"Artifact", Some(properties)) if is_furniture(properties) => Marked::Artifact,
            (_, Some(properties)) => match replacement(properties) {
                Some(text) if self.replacement.is_none() => {
                    self.replacement = Some(text);
                    Marked::Replaced
                }
                Some(_) | None => Marked::Text,
            },
            (_, None) => Marked::Text,
        };
        self.hidden += usize::from(kind == Marked::Artifact);
        if self.marked.len() < MAX_STATES {
            self.marked.push(kind);
        }
    }

    fn end_marked(&mut self) {
        match self.marked.pop() {
            Some(Marked::Artifact) => self.hidden = self.hidden.saturating_sub(1),
            Some(Marked::Replaced) => self.replacement = None,
            Some(Marked::Text) | None => {}
        }
    }

    fn show_all(&mut self, state: &mut State<'a>, here: &mut Affine, texts: &Array<'_>) {
        for item in texts.iter::<Object<'_>>() {
            match item {
                Object::Number(by) => {
                    let by = -by.as_f64() / UNITS * state.size;
                    let is_horizontal = state.font.as_ref().is_none_or(Font::is_horizontal);
                    *here *= if is_horizontal {
                        Affine::translate((by * state.scale, 0.0))
                    } else {
                        Affine::translate((0.0, by))
                    };
                }
                Object::String(text) => self.show(state, here, text.as_bytes()),
                Object::Null(_)
                | Object::Boolean(_)
                | Object::Name(_)
                | Object::Dict(_)
                | Object::Array(_)
                | Object::Stream(_) => {}
            }
        }
    }

    fn show(&mut self, state: &mut State<'a>, here: &mut Affine, codes: &[u8]) {
        if state.font.is_none() {
            let fonts = &self.fonts;
            state.font = fonts.cache.standard_font(StandardFont::Helvetica, &fonts.programs);
        }
        let Some(font) = state.font.clone() else { return };
        let mut at = 0;
        while at < codes.len() {
            let (code, length) = font.read_code(codes, at);
            at += length.max(1);
            let advance = font.code_advance(code);
            self.add(&font, code, advance, state, *here);
            let word_space = if code == 32 && length == 1 { state.word_space } else { 0.0 };
            let space = state.character_space + word_space;
            *here *= if font.is_horizontal() {
                Affine::translate(((advance.x / UNITS * state.size + space) * state.scale, 0.0))
            } else {
                Affine::translate((0.0, advance.y / UNITS * state.size + space))
            };
        }
    }

    fn add(&mut self, font: &Font<'a>, code: u32, advance: Vec2, state: &State<'a>, here: Affine) {
        if self.hidden > 0 {
            return;
        }
        let to_page = state.transform * here;
        let origin = to_page * Point::new(0.0, state.rise);
        let vector = |x: f64, y: f64| to_page * Point::new(x, y) - to_page * Point::ORIGIN;
        let run = if font.is_horizontal() { vector(state.scale, 0.0) } else { vector(0.0, -1.0) };
        let advance = if font.is_horizontal() {
            vector(advance.x / UNITS * state.size * state.scale, 0.0)
        } else {
            vector(0.0, advance.y / UNITS * state.size)
        };
        let size = vector(0.0, state.size).hypot();
        let is_shown = self.is_on_page(origin) && size.is_finite() && advance.is_finite();
        let Some(turn) = turn(run * state.size.signum()).filter(|_| is_shown) else { return };
        let start = self.glyphs.text.len();
        self.push_text(font, code);
        let text = start as u32..self.glyphs.text.len() as u32;
        let (x, y) = match turn {
            Turn::Upright => (origin.x, origin.y),
            Turn::Right => (origin.y, -origin.x),
            Turn::UpsideDown => (-origin.x, -origin.y),
            Turn::Left => (-origin.y, origin.x),
        };
        self.glyphs.list.push(Glyph {
            text,
            x: x as f32,
            y: y as f32,
            width: advance.hypot() as f32,
            size: size as f32,
            turn,
        });
    }

    fn is_on_page(&self, at: Point) -> bool {
        (0.0..=self.size.0).contains(&at.x) && (0.0..=self.size.1).contains(&at.y)
    }

    fn push_text(&mut self, font: &Font<'a>, code: u32) {
        if let Some(replacement) = &mut self.replacement {
            self.glyphs.text.push_str(&std::mem::take(replacement));
            return;
        }
        let characters = match font.glyph(font.map_code(code), code) {
            FontGlyph::Outline(glyph) => glyph.as_unicode(),
            FontGlyph::Type3(glyph) => glyph.as_unicode(),
        };
        match characters {
            Some(BfString::Char(character)) => self.push_character(character),
            Some(BfString::String(text)) => text.chars().for_each(|character| self.push_character(character)),
            None => self.glyphs.unknown += 1,
        }
    }

    fn push_character(&mut self, character: char) {
        match LIGATURES.iter().find(|(ligature, _)| *ligature == character) {
            Some((_, letters)) => self.glyphs.text.push_str(letters),
            None if is_private(character) => self.glyphs.unknown += 1,
            None if character.is_control() => {}
            None => self.glyphs.text.push(character),
        }
    }
}

/// Typographic forms of letter sequences (Unicode, Alphabetic Presentation Forms).
const LIGATURES: &[(char, &str)] = &[
    ('\u{fb00}', "ff"),
    ('\u{fb01}', "fi"),
    ('\u{fb02}', "fl"),
    ('\u{fb03}', "ffi"),
    ('\u{fb04}', "ffl"),
    ('\u{fb05}', "st"),
    ('\u{fb06}', "st"),
];

/// Whether a character only means something in its font.
fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. | '\u{fffd}')
}

/// The quarter turn of a direction, `None` if it is askew, as watermarks are.
fn turn(direction: Vec2) -> Option<Turn> {
    /// The sine of about ten degrees: scans are a little askew.
    const ASKEW: f64 = 0.18;
    let length = direction.hypot();
    if !(length > 0.0 && length.is_finite()) {
        return None;
    }
    let (x, y) = (direction.x / length, direction.y / length);
    match (x.abs() < ASKEW, y.abs() < ASKEW) {
        (false, true) => Some(if x > 0.0 { Turn::Upright } else { Turn::UpsideDown }),
        (true, false) => Some(if y > 0.0 { Turn::Right } else { Turn::Left }),
        (true, true) | (false, false) => None,
    }
}

fn affine(numbers: [&hayro_syntax::object::Number; 6]) -> Affine {
    Affine::new(numbers.map(|number| number.as_f64()))
}

fn is_furniture(properties: &Dict<'_>) -> bool {
    properties.get::<Name<'_>>(b"Type").is_some_and(|kind| kind.as_ref() == b"Pagination")
}

fn replacement(properties: &Dict<'_>) -> Option<String> {
    let text = properties.get::<hayro_syntax::object::String<'_>>(b"ActualText")?;
    Some(super::document::text_string(text.as_bytes()))
}
