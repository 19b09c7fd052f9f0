//! `AWS::ApiGateway::Stage`, and the stage that an `AWS::ApiGateway::Deployment` makes.
//! AWS docs: aws-resource-apigateway-stage, aws-resource-apigateway-deployment.

use super::Item;
use super::settings::{ACCESS_LOG, CANARY, METHOD_SETTING, STAGE_DESCRIPTION};
use crate::reader::Reader;
use crate::tree::Node;
use vestibule_restapi::{
    AccessLogSettings, CanarySettings, Code, Diagnostic, HttpMethod, LoggingLevel, MethodSetting,
    RestApiId, Sourced, Stage, StageName, UnauthorizedCacheControl,
};

/// The longest time an entry is cached, in seconds.
const CACHE_TTL_S_MAX: u32 = 3_600;

/// The stage that a resource defines, if it defines one.
pub(super) fn read(item: &Item<'_>, api: &RestApiId, reader: &mut Reader<'_>) -> Option<Stage> {
    let is_stage = item.kind == "AWS::ApiGateway::Stage";
    let name = if is_stage {
        item.required("StageName", reader)?
    } else {
        reader.text(item.get("StageName")?)?
    };
    let name = stage_name(&name, reader)?;
    let mut stage = Stage::new(name, api.clone());
    stage.place = Some(item.entry.key.place());
    if is_stage {
        stage.deployment = item.text("DeploymentId");
        settings(item.properties(), &mut stage, reader);
    } else if let Some(description) = item.get("StageDescription") {
        reader.properties(description, &STAGE_DESCRIPTION);
        settings(description, &mut stage, reader);
        let of_all = method_setting(description, reader);
        stage.method_settings.insert(0, of_all);
    }
    if !is_stage && let Some(settings) = item.get("DeploymentCanarySettings") {
        stage.canary = Some(canary(settings, reader));
    }
    Some(stage)
}

/// The name of a stage, in the form that AWS asks for.
pub(super) fn stage_name(name: &Sourced, reader: &mut Reader<'_>) -> Option<StageName> {
    match StageName::parse(name) {
        Ok(name) => Some(name),
        Err(invalid) => {
            let message = format!("`{}` is no name of a stage", &**name);
            let finding = Diagnostic::error(Code::InvalidValue, message).at(name.whole());
            reader.error(finding.note(format!("a name is {}", invalid.expected)));
            None
        }
    }
}

/// What both forms say under the same names.
fn settings(node: Node<'_>, stage: &mut Stage, reader: &mut Reader<'_>) {
    let get = |name: &str| node.get(name).filter(|node| !node.is_null());
    stage.description = get("Description").and_then(|n| reader.text(n)).map(|t| t.to_string());
    stage.variables = get("Variables").map_or_else(Vec::new, |node| texts(node, reader));
    stage.client_certificate = get("ClientCertificateId").and_then(|node| reader.text(node));
    if let Some(tracing) = get("TracingEnabled")
        && reader.boolean(tracing) == Some(true)
    {
        stage.tracing = Some(tracing.place());
    }
    if let Some(cluster) = get("CacheClusterEnabled")
        && reader.boolean(cluster) == Some(true)
    {
        let size = get("CacheClusterSize").and_then(|size| reader.text(size));
        stage.cache_cluster = Some((cluster.place(), size.map(|size| size.to_string())));
    }
    if let Some(list) = get("MethodSettings") {
        for item in reader.array(list) {
            reader.properties(item, &METHOD_SETTING);
            stage.method_settings.push(method_setting(item, reader));
        }
    }
    if let Some(node) = get("AccessLogSetting") {
        reader.properties(node, &ACCESS_LOG);
        let mut text = |name: &str| node.get(name).and_then(|node| reader.text(node));
        let (destination, format) = (text("DestinationArn"), text("Format"));
        stage.access_log = Some(AccessLogSettings { destination, format, place: node.place() });
    }
    stage.canary = get("CanarySetting").map(|node| canary(node, reader));
}

/// Texts by name, in the order they are written.
fn texts(node: Node<'_>, reader: &mut Reader<'_>) -> Vec<(String, String)> {
    let entries = reader.object(node);
    let text = |entry: crate::tree::Entry<'_>| {
        Some((entry.name().to_owned(), reader.text(entry.value)?.to_string()))
    };
    entries.into_iter().filter_map(text).collect()
}

fn method_setting(node: Node<'_>, reader: &mut Reader<'_>) -> MethodSetting {
    let get = |name: &str| node.get(name).filter(|node| !node.is_null());
    let path = get("ResourcePath").and_then(|node| reader.text(node));
    let verb = get("HttpMethod").filter(|node| node.text() != Some("*"));
    let levels =
        [("OFF", LoggingLevel::Off), ("ERROR", LoggingLevel::Error), ("INFO", LoggingLevel::Info)];
    MethodSetting {
        resource_path: path.filter(|path| &**path != "/*").map(|path| resource_path(&path)),
        http_method: verb.and_then(|node| {
            let words = HttpMethod::ALL.map(|verb| (verb.as_str(), verb));
            reader.word(node, &words)
        }),
        metrics: get("MetricsEnabled").and_then(|node| reader.boolean(node)),
        logging_level: get("LoggingLevel").and_then(|node| reader.word(node, &levels)),
        data_trace: get("DataTraceEnabled").and_then(|node| reader.boolean(node)),
        rate_per_second: get("ThrottlingRateLimit").and_then(|node| reader.decimal(node)),
        burst_requests: get("ThrottlingBurstLimit").and_then(|node| unlimited(node, reader)),
        caching: get("CachingEnabled").and_then(|node| reader.boolean(node)),
        cache_ttl_s: get("CacheTtlInSeconds").and_then(|n| reader.integer(n, 0..=CACHE_TTL_S_MAX)),
        cache_data_encrypted: get("CacheDataEncrypted").and_then(|node| reader.boolean(node)),
        // Terraform alone can say these two, in its own words.
        require_authorization_for_cache_control: get("require_authorization_for_cache_control")
            .and_then(|node| reader.boolean(node)),
        unauthorized_cache_control: get("unauthorized_cache_control_header_strategy").and_then(
            |node| {
                let words = UnauthorizedCacheControl::ALL.map(|one| (one.as_str(), one));
                reader.word(node, &words)
            },
        ),
        place: node.place(),
    }
}

/// `/*` for every resource; else the path with its slashes as `~1` behind the first, or plain.
fn resource_path(path: &str) -> String {
    let plain = path.replace("~1", "/");
    match plain.strip_prefix("//") {
        Some(rest) => format!("/{rest}"),
        None => plain,
    }
}

/// A number of requests; -1, which takes the limit away, is none.
pub(super) fn unlimited(node: Node<'_>, reader: &mut Reader<'_>) -> Option<u32> {
    if node.text() == Some("-1") { None } else { reader.integer(node, 0..=u32::MAX) }
}

fn canary(node: Node<'_>, reader: &mut Reader<'_>) -> CanarySettings {
    reader.properties(node, &CANARY);
    let get = |name: &str| node.get(name).filter(|node| !node.is_null());
    let overrides = get("StageVariableOverrides");
    CanarySettings {
        deployment: get("DeploymentId").and_then(|node| reader.text(node)),
        percent_traffic: get("PercentTraffic").and_then(|n| reader.decimal(n)).unwrap_or(0.0),
        variable_overrides: overrides.map_or_else(Vec::new, |node| texts(node, reader)),
        uses_stage_cache: get("UseStageCache").and_then(|n| reader.boolean(n)).unwrap_or(false),
        place: node.place(),
    }
}
