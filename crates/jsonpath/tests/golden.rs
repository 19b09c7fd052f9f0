//! Runs the pages of `tests/cases`.
//!
//! A page has a title, a `Source:` line, blocks of documents and blocks of cases. In a block of
//! documents each line is a body, in a block of paths each line is a path on the body above; the
//! lines that follow it are the answer: `= ` what `$input.json` gives, `~ ` what `$input.path`
//! prints, `! ` the error and `? ` its help.

mod input;

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::Path as File;

use input::{Answer, ask};

#[test]
fn parse() {
    run("parse").unwrap_or_else(|wrong| panic!("{wrong}"));
}

#[test]
fn write() {
    run("write").unwrap_or_else(|wrong| panic!("{wrong}"));
}

#[test]
fn path() {
    run("path").unwrap_or_else(|wrong| panic!("{wrong}"));
}

/// Runs the pages of one area; fails with the pages as they would have to read.
fn run(area: &str) -> Result<(), Box<dyn Error>> {
    let folder = File::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(area);
    let mut pages = fs::read_dir(&folder)?.collect::<Result<Vec<_>, _>>()?;
    pages.sort_by_key(fs::DirEntry::path);
    let mut wrong = String::new();
    let mut count = 0;
    for page in &pages {
        let text = fs::read_to_string(page.path())?;
        let mut reader = Reader::default();
        for line in text.lines() {
            reader.line(line)?;
        }
        count += reader.count;
        if !text.starts_with("# ") || !text.contains("\nSource: ") || reader.count == 0 {
            writeln!(wrong, "{}: no title, no source or no case", page.path().display())?;
        }
        if reader.page != text {
            writeln!(wrong, "{} should read:\n{}", page.path().display(), reader.page)?;
        }
    }
    if wrong.is_empty() && count > 0 { Ok(()) } else { Err(wrong.into()) }
}

/// What a block of a page holds.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Block {
    #[default]
    Prose,
    Document,
    Bodies,
    Paths,
}

/// Reads a page and writes it anew with the answers of this crate.
#[derive(Default)]
struct Reader {
    block: Block,
    document: String,
    page: String,
    /// Which kinds of answers the case at hand asks for.
    case: Option<String>,
    asks_printed: bool,
    count: usize,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), Box<dyn Error>> {
        let block = match line {
            "```json document" => Some(Block::Document),
            "```text bodies" => Some(Block::Bodies),
            "```text paths" => Some(Block::Paths),
            "```" => Some(Block::Prose),
            _ => None,
        };
        if let Some(block) = block {
            self.finish()?;
            self.block = block;
            if block == Block::Document {
                self.document.clear();
            }
        } else if self.block == Block::Document {
            self.document.push_str(line);
        } else if self.block != Block::Prose {
            match line.get(..2) {
                Some("= " | "! " | "? ") => return Ok(()),
                Some("~ ") => {
                    self.asks_printed = true;
                    return Ok(());
                }
                _ => {}
            }
            self.finish()?;
            self.case = Some(line.to_owned());
        }
        writeln!(self.page, "{line}")?;
        Ok(())
    }

    /// Answers the case that was read last.
    fn finish(&mut self) -> Result<(), Box<dyn Error>> {
        let asks_printed = std::mem::take(&mut self.asks_printed);
        let Some(case) = self.case.take() else { return Ok(()) };
        self.count += 1;
        let answer = match self.block {
            Block::Bodies => ask(&case, "$")?,
            Block::Paths | Block::Prose | Block::Document => ask(&self.document, &case)?,
        };
        match answer {
            Answer::Found { json, printed } => {
                writeln!(self.page, "= {json}")?;
                if asks_printed {
                    writeln!(self.page, "~ {printed}")?;
                }
            }
            Answer::Document(message) => writeln!(self.page, "! {message}")?,
            Answer::Path(error) => {
                writeln!(self.page, "! {error}\n? {}", error.help())?;
            }
        }
        Ok(())
    }
}
