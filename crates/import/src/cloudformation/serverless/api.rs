//! `AWS::Serverless::Api` as it is written: the stage, deployment, domain and usage plan that come with it.
//! AWS docs: sam-resource-api.

use super::globals::Globals;
use super::plan::resource;
use super::{FUNCTION_METHODS, IMPLICIT_API, find, reference};
use crate::assembled::{Member, array, member, object, opened, text};
use crate::cloudformation::evaluate::call;
use crate::reader::Reader;
use crate::tree::{Entry, Kind, Node, Stand, Value};
use vestibule_restapi::Place;

/// Properties that a stage has under the same names.
const STAGE: [&str; 8] = [
    "AccessLogSetting",
    "CacheClusterEnabled",
    "CacheClusterSize",
    "CanarySetting",
    "Description",
    "MethodSettings",
    "TracingEnabled",
    "Variables",
];

/// What a domain takes over from the property `Domain`.
const DOMAIN: [&str; 5] = [
    "CertificateArn",
    "DomainName",
    "EndpointConfiguration",
    "MutualTlsAuthentication",
    "SecurityPolicy",
];

/// An API of SAM, its globals merged in.
#[derive(Debug)]
pub(super) struct ServerlessApi<'t> {
    pub(super) id: String,
    /// What `Ref` calls its stage.
    pub(super) stage_id: String,
    pub(super) properties: Vec<Member<'t>>,
    pub(super) place: Place,
    entry: Option<Entry<'t>>,
}

impl<'t> ServerlessApi<'t> {
    /// The API that an entry of `Resources` defines. The name of its stage is part of the names of what it makes: `stage_name`
    /// tells it where it is known before functions are evaluated.
    pub(super) fn written(
        entry: Entry<'t>,
        globals: &Globals<'t>,
        stage_name: impl Fn(Node<'t>) -> Option<String>,
        reader: &mut Reader<'_>,
    ) -> ServerlessApi<'t> {
        let properties = globals.merged("Api", entry.value.get("Properties"));
        let own = entry.value.get("Properties");
        let written = own.and_then(|own| own.get("StageName"));
        if written.is_none() {
            reader.missing(entry.value, &format!("`{}`", entry.name()), "StageName");
        }
        let name = written.and_then(stage_name).unwrap_or_default();
        let stage_id = format!("{}{}Stage", entry.name(), alphanumeric(&name));
        let place = entry.key.place();
        let (id, entry) = (entry.name().to_owned(), Some(entry));
        ServerlessApi { id, stage_id, properties, place, entry }
    }

    /// The API of events that name none.
    pub(super) fn implicit(globals: &Globals<'t>, place: &Place) -> ServerlessApi<'t> {
        let mut properties = globals.merged("Api", None);
        properties.push(member("StageName", place, text("Prod", place)));
        let (id, stage_id) = (IMPLICIT_API.to_owned(), format!("{IMPLICIT_API}ProdStage"));
        ServerlessApi { id, stage_id, properties, place: place.clone(), entry: None }
    }

    /// The API and what it makes, as entries of `Resources`. `methods` are those of functions.
    pub(super) fn resources(&self, methods: Vec<Value<'t>>) -> Vec<Member<'t>> {
        let place = &self.place;
        let deployment = format!("{}Deployment", self.id);
        let rest_api = || member("RestApiId", place, reference(&self.id, place));
        let mut stage =
            vec![rest_api(), member("DeploymentId", place, reference(&deployment, place))];
        let name = find(&self.properties, "StageName").cloned();
        let is_named = name.is_some();
        stage.extend(name.map(|name| member("StageName", place, name)));
        let of_stage = self
            .properties
            .iter()
            .filter(|(key, _)| STAGE.iter().any(|name| key.scalar_text().as_deref() == Some(name)));
        stage.extend(of_stage.cloned());
        let deployment =
            resource(&deployment, "AWS::ApiGateway::Deployment", vec![rest_api()], place);
        // A stage without a name was found already: what is made of it would be found again.
        let stage = resource(&self.stage_id, "AWS::ApiGateway::Stage", stage, place);
        let made = std::iter::once(deployment).chain(is_named.then_some(stage));
        let made = made.chain(self.domain());
        let made = made.map(|(key, value)| (key, self.conditional(value)));
        std::iter::once(self.itself(methods)).chain(made).collect()
    }

    /// A resource that exists where the API does.
    pub(super) fn conditional(&self, resource: Value<'t>) -> Value<'t> {
        let condition = self.entry.and_then(|entry| entry.value.entry("Condition"));
        match (condition, opened(resource.clone())) {
            (Some(condition), Some((stand, mut members))) => {
                members.push((Value::Copy(condition.key), Value::Copy(condition.value)));
                Value::Object(stand, members)
            }
            _ => resource,
        }
    }

    fn itself(&self, methods: Vec<Value<'t>>) -> Member<'t> {
        let place = &self.place;
        let mut properties = self.properties.clone();
        let has = |name: &str| find(&self.properties, name).is_some();
        let is_made = !has("DefinitionBody") && !has("DefinitionUri");
        let merges = find(&self.properties, "MergeDefinitions");
        let merges = merges.and_then(Value::scalar_text).as_deref() == Some("true");
        if is_made {
            properties.push(member("DefinitionBody", place, self.empty_definition()));
        }
        // AWS: a definition of its own says all, unless it is to be merged.
        if is_made || merges {
            properties.push(member(FUNCTION_METHODS, place, array(place, methods)));
        }
        let Some(entry) = self.entry else {
            return resource(&self.id, "AWS::Serverless::Api", properties, place);
        };
        let mut members = vec![];
        for Entry { key, value } in entry.value.entries() {
            if key.text() != Some("Properties") {
                members.push((Value::Copy(key), Value::Copy(value)));
            }
        }
        members.push(member("Properties", place, object(place, properties)));
        (Value::Copy(entry.key), Value::Object(Stand::Node(entry.value), members))
    }

    /// What SAM begins with when there is no definition: it is named as the stack.
    fn empty_definition(&self) -> Value<'t> {
        let place = &self.place;
        let version = find(&self.properties, "OpenApiVersion").cloned();
        let is_3 =
            version.as_ref().and_then(Value::scalar_text).is_some_and(|v| v.starts_with('3'));
        let version = match version.filter(|_| is_3) {
            Some(version) => member("openapi", place, version),
            None => member("swagger", place, text("2.0", place)),
        };
        let info = vec![
            member("version", place, text("1.0", place)),
            member("title", place, reference("AWS::StackName", place)),
        ];
        let members = vec![
            version,
            member("info", place, object(place, info)),
            member("paths", place, object(place, vec![])),
        ];
        object(place, members)
    }

    /// `Domain`: a domain, and a mapping for each base path.
    fn domain(&self) -> Vec<Member<'t>> {
        let domain = find(&self.properties, "Domain").cloned().and_then(opened);
        let Some((_, domain)) = domain else { return vec![] };
        let place = &self.place;
        let id = format!("{}DomainName", self.id);
        let properties = domain.iter().filter(|(key, _)| {
            DOMAIN.iter().any(|name| key.scalar_text().as_deref() == Some(name))
        });
        let mut resources = vec![resource(
            &id,
            "AWS::ApiGateway::DomainName",
            properties.cloned().collect(),
            place,
        )];
        let normalizes = find(&domain, "NormalizeBasePath").and_then(Value::scalar_text);
        let normalizes = normalizes.as_deref() != Some("false");
        let paths = match find(&domain, "BasePath").cloned() {
            None => vec![None],
            Some(Value::Copy(list)) if list.kind() == Kind::Array && call::of(list).is_none() => {
                list.items().map(|item| Some(Value::Copy(item))).collect()
            }
            Some(Value::Array(_, items)) => items.into_iter().map(Some).collect(),
            Some(one) => vec![Some(one)],
        };
        for path in paths {
            let written = path.as_ref().and_then(Value::scalar_text).unwrap_or_default();
            let mut mapping = vec![
                member("DomainName", place, reference(&id, place)),
                member("RestApiId", place, reference(&self.id, place)),
                member("Stage", place, reference(&self.stage_id, place)),
            ];
            let path = path.map(|path| match path.scalar_text() {
                Some(written) if normalizes => text(&alphanumeric(&written), &path.place()),
                _ => path,
            });
            mapping.extend(path.map(|path| member("BasePath", place, path)));
            let id = format!("{}{}BasePathMapping", self.id, alphanumeric(&written));
            resources.push(resource(&id, "AWS::ApiGateway::BasePathMapping", mapping, place));
        }
        resources
    }
}

/// Letters and digits alone, as SAM has them in names.
fn alphanumeric(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}
