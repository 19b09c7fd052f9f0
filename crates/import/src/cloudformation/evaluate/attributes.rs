//! What names a resource (`Ref`) and its attributes (`Fn::GetAtt`). Nothing was created, so names and ids are made of what the
//! template says: the same template has the same ones on every start. AWS docs: the return values of each resource type.

use super::call::Call;
use super::{Evaluator, Outcome};
use crate::arn;
use crate::cloudformation::template::Resource;
use crate::tree::standing_for;
use crate::variables::partition;
use vestibule_restapi::{Code, Diagnostic, Place, ResourceId, RestApiId, Sourced};

/// Types with a property that is what `Ref` gives.
const NAMES: [(&str, &str); 13] = [
    ("AWS::ApiGateway::DomainName", "DomainName"),
    ("AWS::ApiGateway::Model", "Name"),
    ("AWS::ApiGateway::Stage", "StageName"),
    ("AWS::Cognito::UserPoolDomain", "Domain"),
    ("AWS::Cognito::UserPoolGroup", "GroupName"),
    ("AWS::Cognito::UserPoolResourceServer", "Identifier"),
    ("AWS::DynamoDB::GlobalTable", "TableName"),
    ("AWS::DynamoDB::Table", "TableName"),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::Lambda::Function", "FunctionName"),
    ("AWS::Logs::LogGroup", "LogGroupName"),
    ("AWS::Serverless::Function", "FunctionName"),
    ("AWS::Serverless::SimpleTable", "TableName"),
];

/// Attributes that resources have, for a suggestion.
const ATTRIBUTES: [&str; 13] = [
    "Arn",
    "ClientId",
    "DistributionDomainName",
    "PolicyArn",
    "ProviderName",
    "ProviderURL",
    "RegionalDomainName",
    "RestApiId",
    "RootResourceId",
    "StreamArn",
    "TopicArn",
    "UserPoolId",
    "Stage",
];

impl<'w, 't> Evaluator<'w, 't, '_, '_> {
    /// `Fn::GetAtt: [resource, attribute]` or `resource.attribute`
    pub(super) fn attribute(&mut self, call: &Call<'t>) -> Outcome<'t> {
        let items = call.argument.items();
        let (resource, attribute) = match *items.as_slice() {
            [one] => {
                let text = one.node.text().and_then(|text| text.split_once('.'));
                let Some((resource, attribute)) = text else {
                    return self.misused(call, "`RESOURCE.ATTRIBUTE`");
                };
                (resource.to_owned(), attribute.to_owned())
            }
            [resource, attribute] => {
                let Some(name) = resource.node.text() else {
                    return self.misused(call, "the name of a resource");
                };
                let Some(attribute) = self.text_of(attribute) else { return Outcome::Same };
                (name.to_owned(), attribute.to_string())
            }
            _ => return self.misused(call, "a resource and an attribute"),
        };
        match self.attribute_text(&resource, &attribute, &call.argument.node.place()) {
            Some(text) => self.computed(text),
            None => Outcome::Same,
        }
    }

    /// An attribute of a resource as text that stands for `place`.
    pub(super) fn attribute_text(
        &mut self,
        resource: &str,
        attribute: &str,
        place: &Place,
    ) -> Option<Sourced> {
        if let Some(given) = self.given(&format!("{resource}.{attribute}")) {
            return Some(standing_for(&given, place));
        }
        let known = self.existing(resource, place);
        let Some(known) = known else {
            if self.template.resource(resource).is_none() {
                self.unknown_resource(resource, place);
            }
            return None;
        };
        if let Some(text) = self.attribute_of(known, attribute) {
            return Some(standing_for(&text, place));
        }
        let near = ATTRIBUTES.into_iter().filter(|name| self.attribute_of(known, name).is_some());
        let near: Vec<&str> = near.collect();
        if let Some(meant) = self.reader.nearest(attribute, near) {
            let message = format!("`{resource}` has no attribute `{attribute}`");
            let finding = Diagnostic::error(Code::UnknownReference, message).at(place.clone());
            self.reader.error(finding.help(format!("did you mean `{resource}.{meant}`?")));
            return None;
        }
        let message = format!("`{resource}.{attribute}` is not known before it is created");
        let finding = Diagnostic::error(Code::UnknownReference, message).at(place.clone());
        let help = format!("give its value with `--parameter {resource}.{attribute}=VALUE`");
        self.reader.error(finding.note(format!("it is of type `{}`", &*known.kind)).help(help));
        None
    }

    fn unknown_resource(&mut self, name: &str, place: &Place) {
        let message = format!("there is no resource `{name}`");
        let finding = Diagnostic::error(Code::UnknownReference, message).at(place.clone());
        let ids = self.template.resources.iter().map(|resource| resource.id);
        self.reader.error(match self.reader.nearest(name, ids) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding,
        });
    }

    /// The resource of this logical id; none, with a finding, when its condition is false.
    pub(super) fn existing(&mut self, id: &str, place: &Place) -> Option<&'w Resource<'t>> {
        let resource = self.template.resource(id)?;
        let Some(condition) = resource.node.get("Condition") else { return Some(resource) };
        if self.holds(condition) {
            return Some(resource);
        }
        let name = condition.text().unwrap_or("");
        let message = format!("`{id}` does not exist here: its condition `{name}` is false");
        self.reader.error(Diagnostic::error(Code::UnknownReference, message).at(place.clone()));
        None
    }

    /// What `Ref` gives for a resource: the name or id that AWS would have given it.
    pub(in crate::cloudformation) fn name_of(&mut self, resource: &Resource<'t>) -> String {
        let id = resource.id;
        match &*resource.kind {
            "AWS::ApiGateway::RestApi" | "AWS::Serverless::Api" => {
                self.api_id(resource).as_str().to_owned()
            }
            "AWS::ApiGateway::ApiKey" | "AWS::ApiGateway::UsagePlan" => {
                RestApiId::of(id).as_str().to_owned()
            }
            "AWS::Cognito::UserPool" => arn::user_pool_id(self.reader.options, id),
            "AWS::IAM::ManagedPolicy" => self.iam_arn("policy", resource, "ManagedPolicyName"),
            kind => {
                let property = NAMES.iter().find(|(known, _)| *known == kind);
                let named = property.and_then(|(_, name)| self.property(resource, name));
                named.unwrap_or_else(|| id.to_owned())
            }
        }
    }

    /// The ARN that AWS would have given a resource; none of a type without one.
    pub(in crate::cloudformation) fn arn_of(&mut self, resource: &Resource<'t>) -> Option<String> {
        let attribute = match &*resource.kind {
            "AWS::IAM::ManagedPolicy" => "PolicyArn",
            _ => "Arn",
        };
        self.attribute_of(resource, attribute)
    }

    /// The id of an API: its tag `_custom_id_`, else a hash of its name, else of its logical id.
    pub(in crate::cloudformation) fn api_id(&mut self, resource: &Resource<'t>) -> RestApiId {
        if let Some(id) = self.custom_id(resource).and_then(|id| RestApiId::parse(&id).ok()) {
            return id;
        }
        let name = self.property(resource, "Name");
        RestApiId::of(&name.unwrap_or_else(|| resource.id.to_owned()))
    }

    fn custom_id(&mut self, resource: &Resource<'t>) -> Option<String> {
        let tags = resource.property("Tags")?;
        let tag = tags
            .items()
            .find(|tag| tag.get("Key").and_then(|key| key.text()) == Some("_custom_id_"));
        let value = match tag {
            Some(tag) => tag.get("Value")?,
            // `AWS::Serverless::Api` has tags as an object.
            None => tags.get("_custom_id_")?,
        };
        self.text(value).map(|text| text.to_string())
    }

    /// A property that is a text.
    fn property(&mut self, resource: &Resource<'t>, name: &str) -> Option<String> {
        let node = resource.property(name)?;
        self.text(node).map(|text| text.to_string())
    }

    /// What `Fn::GetAtt` gives; none when it cannot be known.
    fn attribute_of(&mut self, resource: &Resource<'t>, attribute: &str) -> Option<String> {
        let region = self.reader.options.region.as_str().to_owned();
        let options = self.reader.options;
        let arn = |service: &str, rest: String| arn::of(options, service, &rest);
        let kind = &*resource.kind;
        if let Some(family) = kind.strip_prefix("AWS::ApiGateway::") {
            return match attribute {
                "RootResourceId" => Some(ResourceId::of("/").as_str().to_owned()),
                "RegionalDomainName" | "DistributionDomainName" if family == "DomainName" => {
                    Some(self.name_of(resource))
                }
                "Id" => Some(self.name_of(resource)),
                _ if attribute == format!("{family}Id") || attribute == "APIKeyId" => {
                    Some(self.name_of(resource))
                }
                _ => None,
            };
        }
        Some(match (kind, attribute) {
            ("AWS::Serverless::Api", "RootResourceId") => ResourceId::of("/").as_str().to_owned(),
            ("AWS::Serverless::Api", "RestApiId") => self.name_of(resource),
            ("AWS::Serverless::Api", "Stage") => self.property(resource, "StageName")?,
            ("AWS::Serverless::Api", "Deployment") => format!("{}Deployment", resource.id),
            (
                "AWS::DynamoDB::Table"
                | "AWS::DynamoDB::GlobalTable"
                | "AWS::Serverless::SimpleTable",
                "Arn",
            ) => arn("dynamodb", format!("table/{}", self.name_of(resource))),
            ("AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable", "StreamArn") => {
                let name = self.name_of(resource);
                arn("dynamodb", format!("table/{name}/stream/2012-08-10T00:00:00.000"))
            }
            ("AWS::IAM::Role", "Arn") => self.iam_arn("role", resource, "RoleName"),
            ("AWS::IAM::User", "Arn") => self.iam_arn("user", resource, "UserName"),
            ("AWS::IAM::ManagedPolicy", "PolicyArn") => {
                self.iam_arn("policy", resource, "ManagedPolicyName")
            }
            ("AWS::Lambda::Function" | "AWS::Serverless::Function", "Arn") => {
                arn("lambda", format!("function:{}", self.name_of(resource)))
            }
            ("AWS::Logs::LogGroup", "Arn") => {
                arn("logs", format!("log-group:{}:*", self.name_of(resource)))
            }
            ("AWS::Cognito::UserPool", "Arn") => {
                arn("cognito-idp", format!("userpool/{}", self.name_of(resource)))
            }
            ("AWS::Cognito::UserPool", "UserPoolId") => self.name_of(resource),
            ("AWS::Cognito::UserPool", "ProviderName") => {
                format!("cognito-idp.{region}.amazonaws.com/{}", self.name_of(resource))
            }
            ("AWS::Cognito::UserPool", "ProviderURL") => {
                format!("https://cognito-idp.{region}.amazonaws.com/{}", self.name_of(resource))
            }
            ("AWS::Cognito::UserPoolClient", "ClientId") => self.name_of(resource),
            ("AWS::KMS::Key", "Arn") => arn("kms", format!("key/{}", resource.id)),
            ("AWS::CertificateManager::Certificate", "Arn") => {
                arn("acm", format!("certificate/{}", resource.id))
            }
            ("AWS::SQS::Queue", "Arn") => arn("sqs", self.name_of(resource)),
            ("AWS::SNS::Topic", "TopicArn") => arn("sns", self.name_of(resource)),
            ("AWS::S3::Bucket", "Arn") => {
                format!("arn:{}:s3:::{}", partition(&region), self.name_of(resource))
            }
            _ => return None,
        })
    }

    fn iam_arn(&mut self, what: &str, resource: &Resource<'t>, name: &str) -> String {
        let path = self.property(resource, "Path").unwrap_or_else(|| "/".to_owned());
        let name = self.property(resource, name).unwrap_or_else(|| resource.id.to_owned());
        arn::of_iam(self.reader.options, what, &path, &name)
    }
}
