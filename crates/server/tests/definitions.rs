//! `docs/definitions.md` lists every definition of the end-to-end cases that is written as the world writes them.
//! `GOLDEN=update` writes its two tables again.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

/// Folders of `tests/cases` whose definitions are listed.
const AREAS: [&str; 5] = ["corpus", "sam", "cdk", "cloudformation", "terraform"];

/// How many definitions must be served at least.
const SERVED_MIN: usize = 24;

#[test]
fn the_page_of_definitions_lists_every_case() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = root.join("docs/definitions.md");
    let text = fs::read_to_string(&page).unwrap();
    let (mut served, mut broken) = (vec![], vec![]);
    for case in cases(&root) {
        let steps = fs::read_to_string(case.join("steps.md")).unwrap();
        let is_served = steps.contains("\n```http request\n");
        if is_served { &mut served } else { &mut broken }.push(row(&root, &case, &steps));
    }
    assert!(served.len() >= SERVED_MIN, "{} definitions are served", served.len());
    let expected = with_table(&with_table(&text, "cases", &served), "broken", &broken);
    if std::env::var_os("GOLDEN").is_some_and(|value| value == "update") {
        fs::write(&page, &expected).unwrap();
    }
    assert_eq!(fs::read_to_string(&page).unwrap(), expected);
}

fn cases(root: &Path) -> Vec<PathBuf> {
    let areas = AREAS.iter().map(|area| root.join("tests/cases").join(area));
    areas.filter(|area| area.exists()).flat_map(|area| entries(&area)).collect()
}

/// `| kind | what it shows | case |`
fn row(root: &Path, case: &Path, steps: &str) -> String {
    let title = steps.lines().next().and_then(|line| line.strip_prefix("# ")).expect("a title");
    let path = case.strip_prefix(root).unwrap().display().to_string();
    let name = path.strip_prefix("tests/cases/").unwrap();
    format!("| {} | {title} | [{name}](../{path}) |\n", kind(case, steps))
}

/// What a definition is, told by its content as the program tells it.
fn kind(case: &Path, steps: &str) -> &'static str {
    let block = steps.split("```args\n").nth(1).unwrap_or("");
    let arguments = block.split("```").next().unwrap_or("");
    let named = arguments.split_whitespace().find(|word| case.join(word).exists());
    let file = case.join(named.unwrap_or("api.yaml"));
    if file.is_dir() {
        return "CDK folder";
    }
    let text = fs::read_to_string(&file).expect("a definition");
    let name = file.file_name().unwrap().to_str().unwrap();
    let has = |word: &str| text.contains(word);
    match name {
        _ if has("\"planned_values\"") || has("\"terraform_version\"") => "Terraform plan",
        _ if has("AWS::Serverless") => "SAM",
        _ if name.ends_with(".template.json") => "CDK template",
        _ if has("AWS::") && has("Resources") => "CloudFormation",
        _ if has("swagger") => "Swagger 2.0",
        _ if has("openapi: 3.1") => "OpenAPI 3.1",
        _ => "OpenAPI 3.0",
    }
}

/// The page with the rows between the two marks of a table.
fn with_table(page: &str, name: &str, rows: &[String]) -> String {
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = page.split_once(&start).expect("where the table starts");
    let (_, after) = rest.split_once(&end).expect("where the table ends");
    let rows = rows.concat();
    format!("{before}{start}| kind | what it shows | case |\n|---|---|---|\n{rows}{end}{after}")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
