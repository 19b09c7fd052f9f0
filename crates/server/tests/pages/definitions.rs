//! `docs/definitions.md` lists every definition of the end-to-end cases that is written as the world writes them.

use super::{entries, expect_page, root, title, with_table};
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of `tests/cases` whose definitions are listed.
const AREAS: [&str; 5] = ["corpus", "sam", "cdk", "cloudformation", "terraform"];

/// How many definitions must be served at least.
const SERVED_MIN: usize = 24;

#[test]
fn the_page_of_definitions_lists_every_case() {
    let root = root();
    let page = root.join("docs/definitions.md");
    let text = fs::read_to_string(&page).unwrap();
    let (mut served, mut broken) = (vec![], vec![]);
    for case in cases(&root) {
        let steps = fs::read_to_string(case.join("steps.md")).unwrap();
        let is_served = steps.contains("\n```http request\n");
        if is_served { &mut served } else { &mut broken }.push(row(&root, &case, &steps));
    }
    assert!(served.len() >= SERVED_MIN, "{} definitions are served", served.len());
    let expected = with_table(&text, "cases", &table(&served));
    expect_page(&page, &with_table(&expected, "broken", &table(&broken)));
}

fn cases(root: &Path) -> Vec<PathBuf> {
    let areas = AREAS.iter().map(|area| root.join("tests/cases").join(area));
    areas.filter(|area| area.exists()).flat_map(|area| entries(&area)).collect()
}

/// `| kind | what it shows | case |`
fn row(root: &Path, case: &Path, steps: &str) -> String {
    let path = case.strip_prefix(root).unwrap().display().to_string();
    let name = path.strip_prefix("tests/cases/").unwrap();
    format!("| {} | {} | [{name}](../{path}) |\n", kind(case, steps), title(steps))
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

fn table(rows: &[String]) -> String {
    format!("| kind | what it shows | case |\n|---|---|---|\n{}", rows.concat())
}
