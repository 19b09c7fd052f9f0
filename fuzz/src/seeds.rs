//! Inputs to begin with: the corpora of `corpus/`, and the cases of the crates brought into the form of each target.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use vestibule_import::{BasePath, NoFiles, Options, Source, read};
use vestibule_restapi::{AccountId, Region};

/// The oracle has far more templates than a start needs: one of so many is taken.
const ORACLE_STEP: usize = 60;

/// A body to read with templates and schemas that come without one.
const BODY: &str = r#"{"id": "a", "name": "é 'b'", "n": 1.5, "list": [1, {"b": null}]}"#;

/// An input and where it comes from.
#[derive(Clone, Debug)]
pub struct Seed {
    /// The file, and for a file of several inputs which.
    pub origin: String,
    /// What the target is given.
    pub data: Vec<u8>,
}

/// Returns the inputs of a target: those of its corpus first, then those of the cases.
///
/// # Errors
/// A file cannot be read, or the target is unknown.
pub fn of(target: &str) -> io::Result<Vec<Seed>> {
    let mut seeds = corpus(target)?;
    seeds.extend(match target {
        "vtl_parse" | "vtl_render" => oracle_templates()?,
        "json" => paths_and_documents("crates/jsonpath/tests/cases/parse", false)?,
        "jsonpath" => paths_and_documents("crates/jsonpath/tests/cases/path", true)?,
        "openapi" | "definition" => definitions("yaml")?,
        "cloudformation" => definitions("yaml")?.into_iter().filter(is_table).collect(),
        "terraform" => definitions("json")?.into_iter().filter(is_plan).collect(),
        "mapping_template" => parts_of_definitions(Part::Templates)?,
        "json_schema" => parts_of_definitions(Part::Schemas)?,
        "policy" => policies()?,
        "request" => blocks("tests/cases", "http request")?,
        "seed" => files("tests/cases", "seed.json")?,
        "settings" => blocks("crates/server/tests/cases", "toml file vestibule.toml")?,
        "sigv4" => blocks("crates/sigv4/tests/cases/sign", "request")?,
        "sigv4_verify" => blocks("crates/sigv4/tests/cases/verify", "request")?,
        "credentials" => profiles()?,
        "access" | "authorizer_result" | "guard" | "tables_call" | "preamble" | "forwarded"
        | "token" => Vec::new(),
        _ => return Err(io::Error::other(format!("no target `{target}`"))),
    });
    Ok(seeds)
}

/// The files of AWS's own cases of its profile parser, and a text of each other form.
fn profiles() -> io::Result<Vec<Seed>> {
    let path = root().join("crates/server/src/credentials/profile/parser-tests.json");
    let cases: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
    let cases = cases.pointer("/tests").and_then(serde_json::Value::as_array);
    let inputs = cases.into_iter().flatten().flat_map(|case| {
        ["/input/configFile", "/input/credentialsFile"].map(|file| case.pointer(file)?.as_str())
    });
    let seed = |(index, text): (usize, &str)| Seed {
        origin: format!("{} {index}", origin(&path)),
        data: text.as_bytes().to_vec(),
    };
    Ok(inputs.flatten().enumerate().map(seed).collect())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A file as it is named from the root of the repository.
fn origin(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn corpus(target: &str) -> io::Result<Vec<Seed>> {
    let mut seeds = Vec::new();
    for path in walk(&root().join("fuzz/corpus").join(target))? {
        seeds.push(Seed { origin: origin(&path), data: fs::read(&path)? });
    }
    Ok(seeds)
}

/// All files below a folder, sorted.
fn walk(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn files(folder: &str, name: &str) -> io::Result<Vec<Seed>> {
    let mut seeds = Vec::new();
    for path in walk(&root().join(folder))? {
        if path.file_name().is_some_and(|file| file == name) {
            seeds.push(Seed { origin: origin(&path), data: fs::read(&path)? });
        }
    }
    Ok(seeds)
}

/// A fenced block of a page.
struct Block {
    info: String,
    text: String,
}

/// The fenced blocks of every page below a folder, with the page they are in.
fn pages(folder: &str) -> io::Result<Vec<(String, Block)>> {
    let mut blocks = Vec::new();
    for path in walk(&root().join(folder))? {
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let mut open: Option<Block> = None;
        for line in fs::read_to_string(&path)?.split_inclusive('\n') {
            match (line.strip_prefix("```"), &mut open) {
                (Some(info), None) => {
                    open = Some(Block { info: info.trim().to_owned(), text: String::new() });
                }
                (Some(_), Some(_)) => {
                    blocks.extend(open.take().map(|block| (origin(&path), block)));
                }
                (None, Some(block)) => block.text.push_str(line),
                (None, None) => {}
            }
        }
    }
    Ok(blocks)
}

fn blocks(folder: &str, info: &str) -> io::Result<Vec<Seed>> {
    let pages = pages(folder)?.into_iter().filter(|(_, block)| block.info == info);
    Ok(pages.map(|(origin, block)| Seed { origin, data: block.text.into_bytes() }).collect())
}

/// The policies of the cases, each asked about an invocation by a user.
fn policies() -> io::Result<Vec<Seed>> {
    let pages = pages("crates/iam/tests/cases")?.into_iter();
    let seeds = pages.filter_map(|(origin, Block { info, text })| {
        let kind = info.strip_prefix("json ")?;
        let resource = "arn:aws:execute-api:us-east-1:123456789012:abcde12345/prod/GET/music";
        let facts = "aws:SourceIp=192.0.2.77 a:k=x|y aws:TokenIssueTime=2026-01-01T00:00:00Z";
        let data = format!("{kind} user execute-api:Invoke {resource} {facts}\n{text}");
        Some(Seed { origin, data: data.into_bytes() })
    });
    Ok(seeds.collect())
}

/// Each case line of the pages of a folder: a body alone, or a path with the document it is read from.
fn paths_and_documents(folder: &str, with_document: bool) -> io::Result<Vec<Seed>> {
    let mut seeds = Vec::new();
    let mut document = String::new();
    for (origin, block) in pages(folder)? {
        if block.info.contains("document") {
            document = block.text;
            continue;
        }
        let cases = block.text.lines().filter(|line| !line.starts_with(['=', '~', '!', '?']));
        seeds.extend(cases.map(|case| {
            let text = if with_document { format!("{case}\n{document}") } else { case.to_owned() };
            Seed { origin: origin.clone(), data: text.into_bytes() }
        }));
    }
    Ok(seeds)
}

fn oracle_templates() -> io::Result<Vec<Seed>> {
    let path = root().join("crates/vtl/tests/oracle/answers.jsonl");
    let text = fs::read_to_string(&path)?;
    let mut seeds = Vec::new();
    for (number, line) in text.lines().enumerate().step_by(ORACLE_STEP) {
        let case: serde_json::Value = serde_json::from_str(line)?;
        if let Some(template) = case.get("template").and_then(|template| template.as_str()) {
            let origin = format!("{}:{}", origin(&path), number + 1);
            seeds.push(Seed { origin, data: template.as_bytes().to_owned() });
        }
    }
    Ok(seeds)
}

/// The definition files of the examples, of the end-to-end cases and in the pages of the readers.
fn definitions(extension: &str) -> io::Result<Vec<Seed>> {
    let mut seeds = Vec::new();
    for folder in ["examples", "tests/cases"] {
        for path in walk(&root().join(folder))? {
            if path.extension().is_some_and(|known| known == extension) {
                seeds.push(Seed { origin: origin(&path), data: fs::read(&path)? });
            }
        }
    }
    for (origin, block) in pages("crates/import/tests/cases")? {
        if block.info.contains(' ') {
            seeds.push(Seed { origin, data: block.text.into_bytes() });
        }
    }
    Ok(seeds)
}

fn is_table(seed: &Seed) -> bool {
    String::from_utf8_lossy(&seed.data).contains("Resources")
}

fn is_plan(seed: &Seed) -> bool {
    String::from_utf8_lossy(&seed.data).contains("format_version")
}

#[derive(Clone, Copy)]
enum Part {
    Templates,
    Schemas,
}

/// The templates or schemas of all definitions, each once, below a line with a body.
fn parts_of_definitions(part: Part) -> io::Result<Vec<Seed>> {
    let invalid = |error: vestibule_restapi::InvalidId| io::Error::other(error.to_string());
    let options = Options {
        account: AccountId::parse("000000000000").map_err(invalid)?,
        region: Region::parse("us-east-1").map_err(invalid)?,
        base_path: BasePath::Ignore,
        parameters: vec![],
    };
    let mut seeds: Vec<Seed> = Vec::new();
    for seed in definitions("yaml")? {
        let text = String::from_utf8_lossy(&seed.data).into_owned();
        let imported = read(&[Source::new("api.yaml", text)], &options, &NoFiles);
        let mut texts = Vec::new();
        for api in &imported.definitions.apis {
            match part {
                Part::Schemas => texts.extend(api.models.iter().map(|model| &model.schema)),
                Part::Templates => {
                    let methods = api.resources.iter().flat_map(|resource| &resource.methods);
                    for integration in methods.filter_map(|method| method.integration.as_ref()) {
                        let responses = &integration.responses;
                        let of_responses = responses.iter().flat_map(|r| &r.response_templates);
                        let templates = integration.request_templates.iter().chain(of_responses);
                        texts.extend(templates.map(|template| &template.template));
                    }
                }
            }
        }
        for text in texts {
            let data = format!("{BODY}\n{}", text.as_str()).into_bytes();
            if seeds.iter().all(|known| known.data != data) {
                seeds.push(Seed { origin: seed.origin.clone(), data });
            }
        }
    }
    Ok(seeds)
}
