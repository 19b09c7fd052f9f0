//! Runs the pages of `tests/cases` against the real program: files, environment and arguments in;
//! standard output, standard error and exit code out, exact.
//! `GOLDEN=update` rewrites the answers of pages whose source is `inferred`, and the pages made
//! from the table of settings.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// A part of a page.
enum Part {
    Text(String),
    Block { info: String, content: String },
}

struct Answer {
    stdout: String,
    stderr: String,
    exit: String,
}

#[test]
fn every_page_of_the_cases_is_true() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut pages: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    assert!(!pages.is_empty(), "no case found");
    let wrong: Vec<String> = pages.iter().filter_map(|page| check(page)).collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), pages.len(), wrong.join("\n"));
}

#[test]
fn the_page_of_settings_is_made_from_their_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let expected = vestibule_server::config::document();
    if is_update() {
        std::fs::write(&path, &expected).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
}

#[test]
fn the_sample_settings_file_is_accepted() {
    let page = vestibule_server::config::document();
    let sample = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    reread(sample, "vestibule config");
}

#[test]
fn what_config_prints_is_a_settings_file() {
    reread("version = 1\n", "vestibule config");
    reread("version = 1\ndata = \"d\"\n", "vestibule config --ephemeral --stage-variable a=b");
}

#[test]
fn the_readme_shows_what_check_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(folder.join("tests/cases/check-template.md")).unwrap();
    let readme = std::fs::read_to_string(folder.join("../../README.md")).unwrap();
    assert!(readme.contains(block(&parse(&page), "stdout").trim_end()));
}

/// Runs `line` with a settings file, and again with what it printed as the settings file.
fn reread(settings: &str, line: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vestibule.toml");
    std::fs::write(&file, settings).unwrap();
    let answer = run(folder.path(), line, "");
    assert_eq!((answer.stderr.as_str(), answer.exit.as_str()), ("", "0\n"));
    std::fs::write(&file, &answer.stdout).unwrap();
    let again = run(folder.path(), "vestibule config", "");
    let values = |text: &str| -> toml::Table { text.parse().unwrap() };
    assert_eq!(values(&again.stdout), values(&answer.stdout));
}

/// Returns what is wrong with the page, if anything.
fn check(page: &Path) -> Option<String> {
    let text = std::fs::read_to_string(page).unwrap();
    let mut lines = text.lines();
    let is_headed = lines.next().is_some_and(|line| line.starts_with("# "));
    let source = lines.next().and_then(|line| line.strip_prefix("Source: "));
    let (true, Some(source)) = (is_headed, source) else {
        return Some(format!("{}: no title or no source", page.display()));
    };
    let mut parts = parse(&text);
    let folder = tempfile::tempdir().unwrap();
    for part in &parts {
        if let Part::Block { info, content } = part
            && let Some((_, name)) = info.split_once(" file ")
        {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
    }
    let answer = run(folder.path(), block(&parts, "console").trim(), &block(&parts, "env"));
    let seen = [("stdout", &answer.stdout), ("stderr", &answer.stderr), ("exit", &answer.exit)];
    if is_update() && source.starts_with("inferred") {
        seen.iter().for_each(|(info, text)| set(&mut parts, info, text));
        std::fs::write(page, render(&parts)).unwrap();
        return None;
    }
    let wrong: Vec<String> = seen
        .iter()
        .filter(|(info, text)| block(&parts, info) != **text)
        .map(|(info, text)| {
            format!(
                "{}: {info}\n-- expected\n{}-- seen\n{text}",
                page.display(),
                block(&parts, info)
            )
        })
        .collect();
    (!wrong.is_empty()).then(|| wrong.join("\n"))
}

fn run(folder: &Path, line: &str, environment: &str) -> Answer {
    let mut words = line.split(' ');
    assert_eq!(words.next(), Some("vestibule"), "a case runs `vestibule`: {line}");
    let output = Command::new(env!("CARGO_BIN_EXE_vestibule"))
        .args(words)
        .current_dir(folder)
        .env_clear()
        .envs(environment.lines().map(|line| line.split_once('=').expect("NAME=VALUE")))
        .output()
        .unwrap();
    Answer {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        exit: output
            .status
            .code()
            .map_or_else(|| "signal\n".to_owned(), |code| format!("{code}\n")),
    }
}

fn is_update() -> bool {
    std::env::var_os("GOLDEN").is_some_and(|value| value == "update")
}

fn parse(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            parts.push(Part::Text(line.to_owned()));
            continue;
        };
        let mut content = String::new();
        for line in lines.by_ref().take_while(|line| *line != "```") {
            content.push_str(line);
            content.push('\n');
        }
        parts.push(Part::Block { info: info.to_owned(), content });
    }
    parts
}

fn render(parts: &[Part]) -> String {
    parts
        .iter()
        .map(|part| match part {
            Part::Text(line) => format!("{line}\n"),
            Part::Block { info, content } => format!("```{info}\n{content}```\n"),
        })
        .collect()
}

fn block(parts: &[Part], wanted: &str) -> String {
    parts
        .iter()
        .find_map(|part| match part {
            Part::Block { info, content } if info == wanted => Some(content.clone()),
            Part::Block { .. } | Part::Text(_) => None,
        })
        .unwrap_or_default()
}

fn set(parts: &mut Vec<Part>, wanted: &str, text: &str) {
    let found = parts.iter_mut().find_map(|part| match part {
        Part::Block { info, content } if info == wanted => Some(content),
        Part::Block { .. } | Part::Text(_) => None,
    });
    match found {
        Some(content) => text.clone_into(content),
        None if text.is_empty() => {}
        None => parts.push(Part::Block { info: wanted.to_owned(), content: text.to_owned() }),
    }
}
