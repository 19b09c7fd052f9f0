//! `Auth.UsagePlan` of an API: a plan, a key and their connection, for one API or for all that share them.
//! AWS docs: sam-property-api-apiusageplan.

use super::api::ServerlessApi;
use super::{find, reference};
use crate::assembled::{Member, array, member, object, opened, text};
use crate::reader::Reader;
use crate::tree::Value;
use vestibule_restapi::{Code, Diagnostic, Place};

const WORDS: [&str; 3] = ["PER_API", "SHARED", "NONE"];

/// What a plan takes over from the property.
const PROPERTIES: [&str; 5] = ["Description", "Quota", "Tags", "Throttle", "UsagePlanName"];

/// The plan that several APIs share.
#[derive(Debug, Default)]
pub(super) struct Shared<'t> {
    stages: Vec<(String, String)>,
    properties: Vec<Member<'t>>,
    place: Option<Place>,
}

/// Adds the resources of an API's own plan, or notes it down for the shared one.
pub(super) fn add<'t>(
    api: &ServerlessApi<'t>,
    shared: &mut Shared<'t>,
    resources: &mut Vec<Member<'t>>,
    reader: &mut Reader<'_>,
) {
    let auth = find(&api.properties, "Auth").cloned().and_then(opened);
    let plan = auth.as_ref().and_then(|(_, auth)| find(auth, "UsagePlan")).cloned();
    let Some((_, plan)) = plan.clone().and_then(opened) else { return };
    let Some(word) = find(&plan, "CreateUsagePlan") else {
        let message = "a usage plan of `Auth` has no `CreateUsagePlan`";
        reader.error(Diagnostic::error(Code::Missing, message).at(api.place.clone()));
        return;
    };
    let properties = plan.iter().filter(|(key, _)| {
        PROPERTIES.iter().any(|name| key.scalar_text().as_deref() == Some(name))
    });
    let properties: Vec<_> = properties.cloned().collect();
    let stage = (api.id.to_owned(), api.stage_id.clone());
    let place = word.place();
    match word.scalar_text().as_deref() {
        Some("PER_API") => {
            resources.extend(plan_of(&api.id, &[stage], properties, &place, api));
        }
        Some("SHARED") => {
            shared.stages.push(stage);
            if shared.place.is_none() {
                (shared.properties, shared.place) = (properties, Some(place));
            }
        }
        Some("NONE") => {}
        _ => {
            let found = word.scalar_text().unwrap_or_default();
            let message = format!("`CreateUsagePlan` cannot be `{found}`");
            let finding = Diagnostic::error(Code::InvalidValue, message).at(place);
            reader.error(finding.help(format!("it is one of {}", crate::reader::list(&WORDS))));
        }
    }
}

impl<'t> Shared<'t> {
    /// The resources of the shared plan, when an API has asked for it.
    pub(super) fn into_resources(self) -> Vec<Member<'t>> {
        let Some(place) = self.place else { return vec![] };
        resources("Serverless", &self.stages, self.properties, &place)
    }
}

fn plan_of<'t>(
    id: &str,
    stages: &[(String, String)],
    properties: Vec<Member<'t>>,
    place: &Place,
    api: &ServerlessApi<'t>,
) -> Vec<Member<'t>> {
    let resources = resources(id, stages, properties, place);
    resources.into_iter().map(|(key, value)| (key, api.conditional(value))).collect()
}

fn resources<'t>(
    prefix: &str,
    stages: &[(String, String)],
    properties: Vec<Member<'t>>,
    place: &Place,
) -> Vec<Member<'t>> {
    let list = |api_name: &str, stage_name: &str| {
        let one = |(api, stage): &(String, String)| {
            let api = member(api_name, place, reference(api, place));
            object(place, vec![api, member(stage_name, place, reference(stage, place))])
        };
        array(place, stages.iter().map(one).collect())
    };
    let (plan, key) = (format!("{prefix}UsagePlan"), format!("{prefix}ApiKey"));
    let mut plan_properties = vec![member("ApiStages", place, list("ApiId", "Stage"))];
    plan_properties.extend(properties);
    let key_properties = vec![
        member("Enabled", place, text("true", place)),
        member("StageKeys", place, list("RestApiId", "StageName")),
    ];
    let connection = vec![
        member("KeyId", place, reference(&key, place)),
        member("KeyType", place, text("API_KEY", place)),
        member("UsagePlanId", place, reference(&plan, place)),
    ];
    vec![
        resource(&plan, "AWS::ApiGateway::UsagePlan", plan_properties, place),
        resource(&key, "AWS::ApiGateway::ApiKey", key_properties, place),
        resource(
            &format!("{prefix}UsagePlanKey"),
            "AWS::ApiGateway::UsagePlanKey",
            connection,
            place,
        ),
    ]
}

/// A resource that SAM makes.
pub(super) fn resource<'t>(
    id: &str,
    kind: &str,
    properties: Vec<Member<'t>>,
    place: &Place,
) -> Member<'t> {
    let members: Vec<(Value<'t>, Value<'t>)> = vec![
        member("Type", place, text(kind, place)),
        member("Properties", place, object(place, properties)),
    ];
    member(id, place, object(place, members))
}
