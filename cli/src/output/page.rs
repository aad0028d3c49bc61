//! What a person reads: lines with a little style, made from a report.

/// How a piece of text is meant; colour is an addition, never the only sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As any text.
    Plain,
    /// A heading or the answer.
    Strong,
    /// Beside the point.
    Faint,
    /// Good.
    Good,
    /// Needs a look.
    Warn,
    /// Bad.
    Bad,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// Pieces of text, each with its tone; escaped when printed.
    Text(Vec<(Tone, String)>),
    /// Printed byte for byte: only for what this program itself wrote (templates, scripts).
    Raw(String),
}

/// Lines for a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    lines: Vec<Line>,
}

/// Columns of a field's name.
const LABEL: usize = 14;

impl Page {
    /// An empty page.
    pub const fn new() -> Self {
        Self { lines: Vec::new() }
    }

    /// A plain line; a text of several lines becomes several.
    pub fn line(&mut self, text: impl AsRef<str>) {
        self.toned(Tone::Plain, text);
    }

    /// A line in one tone.
    pub fn toned(&mut self, tone: Tone, text: impl AsRef<str>) {
        for line in text.as_ref().split('\n') {
            self.pieces([(tone, line.to_owned())]);
        }
    }

    /// A line of several pieces.
    pub fn pieces(&mut self, pieces: impl IntoIterator<Item = (Tone, String)>) {
        self.lines.push(Line::Text(pieces.into_iter().collect()));
    }

    /// A name and its value; further lines of the value are indented.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "values are small, and reports read better without borrows"
    )]
    pub fn field(&mut self, name: &str, value: impl ToString) {
        let value = value.to_string();
        let mut lines = value.trim_end().split('\n');
        let first = lines.next().unwrap_or_default().to_owned();
        self.pieces([
            (Tone::Faint, format!("{name:<LABEL$} ")),
            (Tone::Plain, first),
        ]);
        for line in lines {
            self.line(format!("{:LABEL$} {line}", ""));
        }
    }

    /// A name and its value, if there is one.
    pub fn field_if(&mut self, name: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.field(name, value);
        }
    }

    /// An empty line.
    pub fn gap(&mut self) {
        self.lines.push(Line::Text(Vec::new()));
    }

    /// Text of this program itself, byte for byte.
    pub fn raw(&mut self, text: impl Into<String>) {
        self.lines.push(Line::Raw(text.into()));
    }

    /// The words alone.
    pub(crate) fn words(&self) -> String {
        let line = |line: &Line| match line {
            Line::Text(pieces) => pieces.iter().map(|(_, text)| text.as_str()).collect(),
            Line::Raw(text) => text.clone(),
        };
        let lines: Vec<String> = self.lines.iter().map(line).collect();
        lines.join("\n")
    }

    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }
}

/// A text in lines of at most `columns` characters, broken at spaces; a word that is longer stands
/// alone.
///
/// ```
/// use fairtrail_cli::output::wrap;
/// assert_eq!(wrap("one two three", 8), ["one two", "three"]);
/// ```
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut room = 0;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        match lines.last_mut() {
            Some(line) if width < room => {
                line.push(' ');
                line.push_str(word);
                room -= width + 1;
            }
            _ => {
                lines.push(word.to_owned());
                room = columns.saturating_sub(width);
            }
        }
    }
    lines
}
