//! The only place that prints: data to stdout, everything else to stderr.

use crate::error::CliError;
use crate::exit::Exit;
use crate::output::{Line, Page, Render, Tone, visible};
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use serde_json::Value;
use std::fmt::Write as _;
use std::io::{BufRead, IsTerminal, Write};
use std::sync::{Arc, Mutex};

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` or `TERM=dumb` says no or `CLICOLOR_FORCE` says yes.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What the person asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner {
    /// One JSON object instead of text.
    pub json: bool,
    /// No notes and hints.
    pub quiet: bool,
    /// More notes.
    pub verbose: bool,
    /// Colour.
    pub color: Color,
}

/// The streams of the process.
pub struct Ui {
    out: AutoStream<Box<dyn Write>>,
    err: AutoStream<Box<dyn Write>>,
    input: Option<Box<dyn BufRead>>,
    manner: Manner,
    progress: bool,
}

/// What a captured run wrote.
#[derive(Debug, Clone, Default)]
pub struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    /// What was written so far.
    pub fn text(&self) -> String {
        let bytes = self.0.lock().map(|bytes| bytes.clone());
        String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if let Ok(mut written) = self.0.lock() {
            written.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Ui {
    /// The process's own streams.
    pub fn of_process() -> Self {
        let (stdout, stderr, stdin) = (std::io::stdout(), std::io::stderr(), std::io::stdin());
        let out = AutoStream::choice(&stdout);
        let err = AutoStream::choice(&stderr);
        let interactive = stdin.is_terminal() && stderr.is_terminal();
        let progress = stderr.is_terminal();
        Self {
            out: AutoStream::new(Box::new(stdout), out),
            err: AutoStream::new(Box::new(stderr), err),
            input: interactive.then(|| Box::new(stdin.lock()) as Box<dyn BufRead>),
            manner: Manner::default(),
            progress,
        }
    }

    /// Streams that keep what is written, without colour; `answers` stands for a person.
    pub fn captured(answers: Option<&str>) -> (Self, Captured, Captured) {
        let (out, err) = (Captured::default(), Captured::default());
        let stream = |captured: &Captured| -> AutoStream<Box<dyn Write>> {
            AutoStream::new(Box::new(captured.clone()), ColorChoice::Never)
        };
        let input = answers.map(|answers| {
            let bytes = answers.as_bytes().to_vec();
            Box::new(std::io::Cursor::new(bytes)) as Box<dyn BufRead>
        });
        let ui = Self {
            out: stream(&out),
            err: stream(&err),
            input,
            manner: Manner::default(),
            progress: false,
        };
        (ui, out, err)
    }

    /// Takes over what the command line asked for.
    pub fn adopt(&mut self, manner: Manner) {
        self.manner = manner;
        let choice = match manner.color {
            Color::Auto => return,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        for stream in [&mut self.out, &mut self.err] {
            let sink: Box<dyn Write> = Box::new(std::io::sink());
            let old = std::mem::replace(stream, AutoStream::never(sink));
            *stream = AutoStream::new(old.into_inner(), choice);
        }
    }

    /// Whether to speak JSON.
    pub const fn is_json(&self) -> bool {
        self.manner.json
    }

    /// Whether a progress bar may be drawn on stderr.
    pub const fn shows_progress(&self) -> bool {
        self.progress && !self.manner.quiet
    }

    /// Shows a report and says how the command ended.
    pub fn report(&mut self, report: &dyn Render) -> Exit {
        if self.manner.json {
            match report.json() {
                Ok(value) => self.print_json(&value),
                Err(error) => return self.error(&error),
            }
        } else {
            self.print(&report.page());
        }
        if !self.manner.json {
            for hint in report.hints() {
                self.hint(&hint);
            }
        }
        report.exit()
    }

    /// One JSON object on a line of its own; for lists that are written as they come.
    pub fn print_json(&mut self, value: &Value) {
        write_out(&mut self.out, &format!("{value}\n"));
    }

    fn print(&mut self, page: &Page) {
        for line in page.lines() {
            match line {
                Line::Raw(text) => write_out(&mut self.out, text),
                Line::Text(pieces) => {
                    let mut text = String::new();
                    for (tone, piece) in pieces {
                        let (style, piece) = (style(*tone), visible(piece));
                        // Writing to a string cannot fail.
                        let _ = write!(text, "{style}{piece}{style:#}");
                    }
                    write_out(&mut self.out, &format!("{}\n", text.trim_end()));
                }
            }
        }
    }

    /// Text of this program on stdout, e.g. help.
    pub fn print_raw(&mut self, text: &str) {
        write_out(&mut self.out, text);
    }

    /// Text of this program on stderr, e.g. a usage error.
    pub fn complain_raw(&mut self, text: &str) {
        write_out(&mut self.err, text);
    }

    /// Shows an error and says how the command ended.
    pub fn error(&mut self, error: &CliError) -> Exit {
        if self.manner.json {
            self.print_json(&error.json());
        }
        let bad = style(Tone::Bad);
        let reason = error.reason().map(|reason| format!(" [{reason}]"));
        let message = visible(error.message());
        let reason = reason.unwrap_or_default();
        write_out(
            &mut self.err,
            &format!("{bad}error:{bad:#} {message}{reason}\n"),
        );
        for cause in error.causes() {
            let cause = visible(cause);
            write_out(&mut self.err, &format!("caused by: {cause}\n"));
        }
        for hint in error.hints() {
            self.hint(hint);
        }
        error.exit()
    }

    /// Something worth knowing, unless quiet.
    pub fn note(&mut self, text: &str) {
        if !self.manner.quiet {
            write_out(&mut self.err, &format!("note: {}\n", visible(text)));
        }
    }

    /// Something only the curious want to know.
    pub fn detail(&mut self, text: &str) {
        if self.manner.verbose {
            write_out(&mut self.err, &format!("{}\n", visible(text)));
        }
    }

    fn hint(&mut self, text: &str) {
        if !self.manner.quiet {
            let faint = style(Tone::Good);
            let text = visible(text);
            write_out(&mut self.err, &format!("{faint}hint:{faint:#} {text}\n"));
        }
    }

    /// Asks a yes-or-no question; `None` when there is nobody to ask.
    pub fn confirm(&mut self, question: &str) -> Option<bool> {
        let input = self.input.as_mut()?;
        write_out(&mut self.err, &format!("{} [y/N] ", visible(question)));
        let mut answer = String::new();
        let read = input.read_line(&mut answer).ok()?;
        Some(read > 0 && matches!(answer.trim(), "y" | "Y" | "yes"))
    }
}

/// A closed pipe is how a reader says it has enough; there is nobody left to tell.
fn write_out(stream: &mut impl Write, text: &str) {
    let _ = stream
        .write_all(text.as_bytes())
        .and_then(|()| stream.flush());
}

const fn style(tone: Tone) -> Style {
    let plain = Style::new();
    match tone {
        Tone::Plain => plain,
        Tone::Strong => plain.bold(),
        Tone::Faint => plain.dimmed(),
        Tone::Good => AnsiColor::Green.on_default(),
        Tone::Warn => AnsiColor::Yellow.on_default(),
        Tone::Bad => AnsiColor::Red.on_default().bold(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_drive_the_terminal() {
        let (mut ui, out, err) = Ui::captured(None);
        let mut page = Page::new();
        page.field("name", "Acme\u{1b}[2J\u{202e}\nsecond\rline");
        ui.print(&page);
        ui.note("a\u{7}b");
        ui.error(&CliError::operational("x\u{1b}y").hint("z\u{9b}"));
        for text in [out.text(), err.text()] {
            assert!(
                text.chars().all(|c| c == '\n' || !c.is_control()),
                "{text:?}"
            );
        }
        assert!(out.text().contains("\\u{1b}[2J\\u{202e}\n"));
    }

    #[test]
    fn colour_is_a_choice_and_text_says_the_same_without() {
        let (mut ui, out, _) = Ui::captured(None);
        let mut page = Page::new();
        page.toned(Tone::Bad, "bad news");
        ui.print(&page);
        assert_eq!(out.text(), "bad news\n");
        ui.adopt(Manner {
            color: Color::Always,
            ..Manner::default()
        });
        ui.print(&page);
        assert!(out.text().contains("\u{1b}["));
    }

    #[test]
    fn nobody_is_asked_without_a_terminal() {
        let (mut ui, _, _) = Ui::captured(None);
        assert_eq!(ui.confirm("Submit?"), None);
        let (mut ui, _, err) = Ui::captured(Some("y\n\n"));
        assert_eq!(ui.confirm("Submit?"), Some(true));
        assert_eq!(ui.confirm("Submit?"), Some(false));
        assert_eq!(ui.confirm("Submit?"), Some(false));
        assert!(err.text().starts_with("Submit? [y/N] "));
    }
}
