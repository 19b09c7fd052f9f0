//! The pages under `tests/lint/`: each `##` section is a template and what is found in it, exact.
//!
//! A section holds a `vtl request`, `vtl response` or `vtl alone` block, behind which may stand a path (default `/items`), or a
//! `pattern` block (a selection pattern, the default response being there too), a `gateway-response` block, or a
//! `mapping` block (of a response header), or a
//! `cached` block with a verb and a path (a method that its stage caches); at most one `json` block (a model of the
//! API), and at most one `binary` block (a media type, of which bodies are bytes, and content handlings of requests and of
//! responses) before it; and a `findings` block, which is missing when nothing is found. `GOLDEN=update` rewrites the findings.

use crate::definition::{api, dynamodb, json, line, method, text, throttled};
use std::path::{Path, PathBuf};
use vestibule_gateway::{lint, lint_cache, lint_template};
use vestibule_restapi::{
    AuthorizationType, Code, ContentHandling, Diagnostic, GatewayResponse, GatewayResponseType,
    HttpMethod, Integration, IntegrationType, MethodSetting, Model, ParameterLocation,
    RequestParameter, RestApi, Sourced, Stage, StageName,
};

#[test]
fn every_page_finds_what_it_says_and_nothing_else() {
    let mut pages: Vec<PathBuf> =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    let mut wrong = Vec::new();
    for page in pages {
        let written = std::fs::read_to_string(&page).unwrap();
        let found = with_findings(&written);
        if std::env::var_os("GOLDEN").is_some_and(|value| value == "update") {
            std::fs::write(&page, found).unwrap();
        } else if found != written {
            wrong.push(format!("{}\n-- expected\n{written}\n-- found\n{found}", page.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_lint_has_a_case_that_fires_and_one_that_does_not() {
    let lints = Code::ALL.iter().map(|code| code.id()).filter(|id| ("GW308".."GW327").contains(id));
    for id in lints {
        let page = folder().join(format!("{}.md", id.to_lowercase()));
        let page = std::fs::read_to_string(&page).unwrap_or_default();
        let sections: Vec<&str> = page.split("\n## ").skip(1).collect();
        let fires = |section: &&&str| section.contains(&format!("[{id}]"));
        assert_ne!(sections.iter().filter(fires).count(), 0, "{id}: no case fires");
        let is_quiet = |section: &&&str| !section.contains("```findings");
        assert_ne!(sections.iter().filter(is_quiet).count(), 0, "{id}: no case is quiet");
    }
}

/// Every loop and variable here would double what there is to follow, were it followed each time.
#[test]
fn templates_that_want_to_hang_are_judged_at_once() {
    let loops = format!("{}x{}", "#foreach($i in $l){\"a\":1}".repeat(40), "#end".repeat(40));
    let appended =
        "#set($x = \"$x, $input.path('$.a')\")".repeat(500) + "{\"a\": \"$x\"}#if($x)#end";
    let woven: String = (0..500).map(|_| "#set($a = $b)#set($b = $c)#set($c = $a)").collect();
    let woven = woven + "{\"a\": \"$a$b$c\"}#if($a)#end$a.get(1)$b.size()";
    let defined: String = (0..30).map(|n| format!("#define($d{n})$d{0}$d{0}#end", n + 1)).collect();
    for template in [loops, appended, woven, defined + "$d0"] {
        lint(&served("/items", "request", &template));
        let alone = lint_template(&Sourced::inline("template.vtl", &template));
        assert!(alone.iter().all(|finding| finding.code != Code::TemplateSyntax), "{alone:?}");
    }
}

/// Source: `tests/java_surface`, what the oracle answers to every member of Java's values.
#[test]
fn no_member_that_answers_is_called_unknown() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/java_surface/surface.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines =
        text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let mut first = lines.next().unwrap();
    let mut given = |name: &str| first[name].take().as_str().unwrap().to_owned();
    let (prelude, seen) = (given("prelude"), given("seen"));
    let mut count = 0;
    for case in lines {
        let (Some(template), Some(output)) = (case["t"].as_str(), case["o"].as_str()) else {
            continue;
        };
        if output.starts_with("[]|") || output.starts_with("[-]") {
            continue;
        }
        count += 1;
        let findings =
            lint_template(&Sourced::inline("case", &format!("{prelude}{template}{seen}")));
        let unknown = findings.iter().find(|finding| finding.code == Code::UnknownTemplateMember);
        assert!(unknown.is_none(), "{template}: {unknown:?}");
    }
    assert!(count > 1000, "only {count} cases");
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint")
}

/// Returns the page with the findings there are.
fn with_findings(page: &str) -> String {
    let mut sections = page.split("\n## ");
    let mut whole = sections.next().unwrap_or_default().to_owned();
    for section in sections {
        let kept = match section.split_once("\n```findings\n") {
            Some((before, _)) => before,
            None => section.trim_end(),
        };
        whole.push_str(&format!("\n## {kept}"));
        let found: Vec<String> = findings(kept).iter().map(ToString::to_string).collect();
        if !found.is_empty() {
            whole.push_str(&format!("\n```findings\n{}\n```", found.join("\n\n")));
        }
        whole.push('\n');
    }
    whole
}

fn findings(section: &str) -> Vec<Diagnostic> {
    let (mut findings, mut model, mut binary) = (Vec::new(), None, String::new());
    let mut lines = section.lines();
    let mut blocks = Vec::new();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let content: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push((info, content.join("\n")));
        }
    }
    for (info, content) in &blocks {
        let mut words = info.split(' ');
        let kind = (words.next(), words.next());
        let path = words.next().unwrap_or("/items");
        match kind {
            (Some("json"), _) => model = Some(content.clone()),
            (Some("binary"), _) => binary.clone_from(content),
            (Some("vtl"), Some("alone")) => {
                findings = lint_template(&Sourced::inline("template.vtl", content));
            }
            (Some("vtl"), Some(role)) => {
                let mut defined = served(path, role, content);
                defined.models.extend(model.as_deref().map(|schema| Model {
                    name: "Item".to_owned(),
                    content_type: "application/json".to_owned(),
                    schema: text(schema),
                }));
                handle(&mut defined, &binary);
                findings = lint(&defined);
            }
            (Some("pattern"), _) => findings = lint(&answering_to(content)),
            (Some("mapping"), _) => {
                let mut defined = answering_to("4\\d{2}");
                let response = integration_of(&mut defined);
                response.responses[0].response_parameters =
                    vec![line("method.response.header.X-Value", content)];
                findings = lint(&defined);
            }
            (Some("cached"), Some(verb)) => {
                let defined = cached(verb, path, content);
                findings = lint(&defined);
                findings.extend(lint_cache(&defined, [&caching(&defined)]));
            }
            (Some("gateway-response"), _) => {
                let mut defined = api([]);
                defined.gateway_responses = vec![GatewayResponse {
                    kind: GatewayResponseType::Default4xx,
                    status_code: None,
                    response_parameters: Vec::new(),
                    response_templates: json(content),
                    place: text("gateway response").whole(),
                }];
                findings = lint(&defined);
            }
            _ => assert_eq!(*info, "findings", "an unknown block"),
        }
    }
    Diagnostic::sort(&mut findings);
    findings
}

/// `PutItem` with the template on the side of its role. An answer to errors is there, so that the default is none.
fn served(path: &str, role: &str, template: &str) -> RestApi {
    let (request, response) = match role {
        "request" => (template, "{}"),
        "response" => (r#"{"TableName": "items"}"#, template),
        _ => panic!("`{role}` is no role"),
    };
    let mut integration = dynamodb("PutItem", request);
    integration.responses[0].response_templates = json(response);
    let mut errors = integration.responses[0].clone();
    errors.selection_pattern = Some(text("4\\d{2}"));
    integration.responses.push(errors);
    if role == "response" {
        integration.responses[1].response_templates.clear();
    }
    api([(path, method(HttpMethod::Post, integration))])
}

/// Sets what a `binary` block says: `TYPE [REQUEST [RESPONSE]]`.
fn handle(defined: &mut RestApi, binary: &str) {
    let mut words = binary.split(' ').filter(|word| !word.is_empty());
    defined.binary_media_types = words.next().map(text).into_iter().collect();
    let mut handling = || {
        let word = words.next()?;
        let all = [ContentHandling::ConvertToBinary, ContentHandling::ConvertToText];
        let handling = all.into_iter().find(|handling| handling.as_str() == word)?;
        Some((handling, text(word).whole()))
    };
    let integration = integration_of(defined);
    integration.content_handling = handling();
    integration.responses[0].content_handling = handling();
}

/// A stage with a cache for all its methods, which counts for GET alone.
fn caching(defined: &RestApi) -> Stage {
    let all = MethodSetting {
        rate_per_second: None,
        burst_requests: None,
        caching: Some(true),
        ..throttled(None, None, 0.0, 0)
    };
    // A page names other verbs by their path.
    let resource = &defined.resources[0];
    let exact = MethodSetting {
        resource_path: Some(resource.path.as_str().to_owned()),
        http_method: Some(resource.methods[0].http_method),
        ..all.clone()
    };
    let is_exact = !resource.path.contains("unnamed");
    Stage {
        method_settings: std::iter::once(all).chain(is_exact.then_some(exact)).collect(),
        cache_cluster: Some((text("cluster").whole(), Some("0.5".to_owned()))),
        ..Stage::new(StageName::parse("prod").unwrap(), defined.id.clone())
    }
}

/// A method over DynamoDB of which a `cached` block says, a line each, `key NAME`, `map DESTINATION SOURCE`, `declare LOCATION NAME`, `request
/// TEMPLATE`, `response TEMPLATE`, `function` and `authorized`.
fn cached(verb: &str, path: &str, content: &str) -> RestApi {
    let verb = HttpMethod::ALL.into_iter().find(|known| known.as_str() == verb).unwrap();
    let mut integration = dynamodb("GetItem", r#"{"TableName": "items"}"#);
    let mut errors = integration.responses[0].clone();
    errors.selection_pattern = Some(text("4\\d{2}"));
    integration.responses.push(errors);
    let mut made = method(verb, integration);
    for written in content.lines() {
        let (word, rest) = written.split_once(' ').unwrap_or((written, ""));
        let integration = made.integration.as_mut().unwrap();
        let (first, second) = rest.split_once(' ').unwrap_or((rest, ""));
        match word {
            "key" => integration.cache_key_parameters.push(text(rest)),
            "map" => integration.request_parameters.push(line(first, second)),
            "request" => integration.request_templates = json(rest),
            "response" => integration.responses[0].response_templates = json(rest),
            "function" => integration.kind = IntegrationType::AwsProxy,
            "authorized" => made.authorization.kind = AuthorizationType::AwsIam,
            "declare" => made.request_parameters.push(RequestParameter {
                location: [
                    ParameterLocation::Header,
                    ParameterLocation::Path,
                    ParameterLocation::Querystring,
                ]
                .into_iter()
                .find(|location| location.as_str() == first)
                .unwrap(),
                name: second.to_owned(),
                is_required: false,
            }),
            _ => panic!("`{word}` is no word of a cached method"),
        }
    }
    api([(path, made)])
}

fn integration_of(defined: &mut RestApi) -> &mut Integration {
    defined.resources[0].methods[0].integration.as_mut().unwrap()
}

fn answering_to(pattern: &str) -> RestApi {
    let mut integration = dynamodb("PutItem", r#"{"TableName": "items"}"#);
    if !pattern.is_empty() {
        let mut errors = integration.responses[0].clone();
        errors.selection_pattern = Some(text(pattern));
        integration.responses.push(errors);
    }
    api([("/items", method(HttpMethod::Post, integration))])
}
