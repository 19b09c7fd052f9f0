//! Properties of `read` over arbitrary and damaged definitions, and its limits.
//! Source: inferred (no input may reach a panic; every place lies in its document).

#![expect(clippy::unwrap_used, reason = "the options are constants")]

use proptest::prelude::*;
use vestibule_import::{BasePath, Imported, NoFiles, Options, Source, read};
use vestibule_restapi::{AccountId, Region};

const API: &str = r##"openapi: 3.0.1
info: {title: items, version: "1"}
x-amazon-apigateway-request-validators: {full: {validateRequestBody: true, validateRequestParameters: true}}
x-amazon-apigateway-request-validator: full
x-amazon-apigateway-gateway-responses: {DEFAULT_4XX: {responseParameters: {gatewayresponse.header.A: "'*'"}}}
components:
  schemas: {Item: {type: object, required: [name], properties: {name: {$ref: '#/components/schemas/Item'}}}}
  securitySchemes: {key: {type: apiKey, name: x-api-key, in: header}}
paths:
  /items/{id}: &item
    get: &get
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      security: [{key: []}]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
      responses: {"200": {description: ok}, 400: {description: bad}}
      x-amazon-apigateway-integration:
        type: aws
        uri: arn:${AWS::Partition}:apigateway:us-east-1:dynamodb:action/GetItem
        requestTemplates: {application/json: '{"Key":{"id":"$input.params(''id'')"}}'}
        responses:
          default:
            statusCode: "200"
            responseTemplates:
              application/json: |-
                #set($i = $input.path('$.Item'))
                  {"id":"$i.id.S"}
              text/plain: >
                a
                b

                c
          "4\\d{2}": {statusCode: 400, responseTemplates: {application/json: {a: [1, null, "x\u00e9"]}}}
  /items/{id}/other: {put: {<<: *get}}
"##;

const TABLES: &str = r#"{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Items": {"Type": "AWS::DynamoDB::Table",
"Properties": {"TableName": "items", "BillingMode": "PAY_PER_REQUEST",
"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "c", "AttributeType": "S"}],
"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
"GlobalSecondaryIndexes": [{"IndexName": "byC", "KeySchema": [{"AttributeName": "c", "KeyType": "HASH"}],
"Projection": {"ProjectionType": "ALL"}}], "TimeToLiveSpecification": {"AttributeName": "e", "Enabled": true}}}}}"#;

fn options() -> Options {
    Options {
        account: AccountId::parse("000000000000").unwrap(),
        region: Region::parse("us-east-1").unwrap(),
        base_path: BasePath::Ignore,
        parameters: vec![],
    }
}

/// Reads texts, and looks at each finding and each place of what was read.
fn read_all(texts: &[(&str, &str)]) -> Imported {
    let sources: Vec<Source> = texts.iter().map(|(name, text)| Source::new(*name, *text)).collect();
    let imported = read(&sources, &options(), &NoFiles);
    for finding in &imported.diagnostics {
        let place = finding.place.as_ref();
        let is_inside = place.is_none_or(|p| p.document.text().get(p.span.clone()).is_some());
        assert!(is_inside, "{finding}");
        assert!(!finding.to_string().is_empty());
        assert!(place.is_none_or(|place| place.document.name() != "inline"), "{finding}");
    }
    for api in &imported.definitions.apis {
        let methods = api.resources.iter().flat_map(|resource| &resource.methods);
        for integration in methods.filter_map(|method| method.integration.as_ref()) {
            let responses = integration.responses.iter().flat_map(|r| &r.response_templates);
            for template in integration.request_templates.iter().chain(responses) {
                for (at, character) in template.template.char_indices() {
                    let place = template.template.place(at..at + character.len_utf8());
                    assert_ne!(place.document.name(), "inline");
                    assert!(place.document.text().get(place.span).is_some());
                }
            }
        }
    }
    imported
}

#[test]
fn the_whole_definitions_read_without_findings() {
    let imported = read_all(&[("api.yaml", API), ("tables.json", TABLES)]);
    let findings: Vec<String> = imported.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(findings, Vec::<String>::new());
    assert_eq!(imported.definitions.apis.len(), 1);
    assert_eq!(imported.definitions.tables.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_texts_are_read_or_refused(text in any::<String>()) {
        for name in ["a.yaml", "a.json", "a"] {
            let imported = read_all(&[(name, &text)]);
            prop_assert!(imported.has_errors());
        }
    }

    /// Definitions with bytes cut out, doubled or replaced.
    #[test]
    fn damaged_definitions_are_read_or_refused(
        damages in prop::collection::vec((any::<prop::sample::Index>(), 0usize..40, "[-{}:\\[\\]'\"|>&*!<#,$a1\n\t ]{0,4}"), 1..4),
    ) {
        for (name, original) in [("a.yaml", API), ("t.json", TABLES), ("t.yaml", TABLES)] {
            let mut text: Vec<char> = original.chars().collect();
            for (index, length, replacement) in &damages {
                let start = index.index(text.len());
                let end = (start + length).min(text.len());
                text.splice(start..end, replacement.chars());
            }
            let text: String = text.into_iter().collect();
            read_all(&[(name, &text)]);
        }
    }
}

#[test]
fn findings_past_their_limit_are_counted() {
    let mut text = String::from("openapi: 3.0.1\ninfo: {title: t}\npaths:\n");
    (0..1_500).for_each(|n| text.push_str(&format!("  p{n}: {{}}\n")));
    let imported = read_all(&[("api.yaml", &text)]);
    assert_eq!(imported.diagnostics.len(), 1_001);
    assert_eq!(
        imported.diagnostics.last().map(ToString::to_string).as_deref(),
        Some(
            "error[GW106]: 500 more findings are not listed\n    = help: mend the first ones, many follow from them"
        )
    );
}

#[test]
fn a_path_past_its_bytes_is_refused() {
    let api = |path: &str| {
        format!("openapi: 3.0.1\ninfo: {{title: t}}\npaths: {{? \"{path}\" : {{}}}}\n")
    };
    let path = "/a".repeat(4_097);
    let imported = read_all(&[("api.yaml", &api(&path))]);
    let first = imported.diagnostics.first().map(|finding| finding.message.clone());
    assert_eq!(first.as_deref(), Some("a path has 8194 bytes, it may have 8192"));
    let imported = read_all(&[("api.yaml", &api(path.trim_start_matches("/a/a")))]);
    assert!(imported.diagnostics.iter().all(|finding| finding.code.id() != "GW106"));
}

#[test]
fn a_long_key_is_cut_in_pointers() {
    let key = "k".repeat(200);
    let imported = read_all(&[("api.json", &format!("{{\"openapi\": \"3.0.1\", \"{key}\": 1}}"))]);
    let places = imported.diagnostics.iter().filter_map(|finding| finding.place.as_ref());
    assert_eq!(places.map(|place| place.pointer.len()).max(), Some(129));
}

#[test]
fn suggestions_stop_after_so_many_words() {
    let with = |count: usize| {
        let mut text = String::from(
            "openapi: 3.0.1\ninfo: {title: t}\npaths: {}\nx-amazon-apigateway-request-validator: wnated\nx-amazon-apigateway-request-validators:\n",
        );
        (0..count).for_each(|n| text.push_str(&format!("  v{n}: {{}}\n")));
        text.push_str("  wanted: {}\n");
        let imported = read_all(&[("api.yaml", &text)]);
        imported.diagnostics.iter().find(|f| f.code.id() == "GW104").and_then(|f| f.help.clone())
    };
    assert_eq!(with(999).as_deref(), Some("did you mean `wanted`?"));
    assert_eq!(
        with(1_000).as_deref(),
        Some("define it under `x-amazon-apigateway-request-validators`")
    );
}

/// Reads with `basepath=prepend`: the path, or the first finding.
fn prepended(head: &str) -> String {
    let options = Options { base_path: BasePath::Prepend, ..options() };
    let text = format!("{head}\ninfo: {{title: t}}\npaths: {{/e: {{get: {{responses: {{}}}}}}}}\n");
    let imported = read(&[Source::new("api.yaml", text)], &options, &NoFiles);
    let resources = imported.definitions.apis.iter().flat_map(|api| &api.resources);
    let paths: Vec<String> = resources.map(|resource| resource.path.to_string()).collect();
    imported.diagnostics.first().map_or(paths.concat(), |finding| finding.message.clone())
}

#[test]
fn a_base_path_past_its_bytes_is_refused() {
    let swagger = |count: usize| format!("swagger: '2.0'\nbasePath: {}", "/a".repeat(count));
    assert_eq!(prepended(&swagger(2)), "/a/a/e");
    assert_eq!(prepended(&swagger(4_097)), "the base path has 8194 bytes, it may have 8192");
}

#[test]
fn variables_of_a_server_past_their_number_stay() {
    let server = |before: usize| {
        let others: String = (0..before).map(|n| format!("v{n}: {{default: x}}, ")).collect();
        format!(
            "openapi: 3.0.1\nservers: [{{url: 'https://h/{{last}}', variables: {{{others}last: {{default: v1}}}}}}]"
        )
    };
    assert_eq!(prepended(&server(15)), "/v1/e");
    assert_eq!(prepended(&server(16)), "/{last}/e");
}

/// Loops in loops cannot make more than a template may have, whatever their bodies are.
#[test]
fn loops_are_bounded() {
    let items = vec!["a"; 2_000].join(",");
    let long = vec!["${A}"; 10_000].join("");
    let start = "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::A:\n  - A\n";
    let bodies = [
        format!("{{Fn::ForEach::B: [B, [{items}], {{}}], Fn::ForEach::C: [C, [{items}], {{}}]}}"),
        format!("{{x: '{long}'}}"),
        format!(
            "{{Fn::ForEach::B: [B, ['{long}'], {{Fn::ForEach::C: [C, ['{long}'], {{x: '${{C}}'}}]}}]}}"
        ),
    ];
    for body in bodies {
        let text = format!("{start}  - [{items}]\n  - {body}\n");
        let source = Source::new("t.yaml", text);
        let imported = read(&[source], &options(), &NoFiles);
        let messages: Vec<_> = imported.diagnostics.iter().map(|f| f.message.as_str()).collect();
        assert_eq!(
            messages.first(),
            Some(&"the loops of the template make more than 200000 values")
        );
    }
}

/// What SAM adds takes time in proportion: many events, paths and global properties at once.
#[test]
fn functions_with_many_events_are_read() {
    let number = 2_000;
    let events = (0..number).map(|n| {
        format!("        E{n}: {{Type: Api, Properties: {{Path: /p{n}, Method: get}}}}\n")
    });
    let variables = (0..number).map(|n| format!("      v{n}: x\n"));
    let text = format!(
        "Transform: AWS::Serverless-2016-10-31\nGlobals:\n  Api:\n    Variables:\n{}Resources:\n  F:\n    Type: \
         AWS::Serverless::Function\n    Properties:\n      Events:\n{}",
        variables.collect::<String>(),
        events.collect::<String>()
    );
    let imported = read(&[Source::new("t.yaml", text)], &options(), &NoFiles);
    let apis = &imported.definitions.apis;
    assert_eq!(apis.iter().map(|api| api.resources.len()).collect::<Vec<_>>(), [number]);
}
