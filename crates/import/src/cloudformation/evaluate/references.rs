//! `Ref`: parameters, pseudo parameters, and what names a resource. AWS docs: pseudo-parameter-reference.

use super::call::Call;
use super::{Evaluator, Outcome};
use crate::tree::{Stand, Value, standing_for};
use crate::variables::partition;
use vestibule_restapi::{Code, Diagnostic, Place, Sourced};

/// The pseudo parameters.
const PSEUDO: [&str; 8] = [
    "AWS::AccountId",
    "AWS::NotificationARNs",
    "AWS::NoValue",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

impl<'t> Evaluator<'_, 't, '_, '_> {
    /// `Ref: name`
    pub(super) fn reference(&mut self, call: &Call<'t>) -> Outcome<'t> {
        let Some(name) = call.argument.node.text() else {
            return self.misused(call, "a name");
        };
        match name {
            "AWS::NoValue" => Outcome::Nothing,
            "AWS::NotificationARNs" => {
                Outcome::Is(Value::Array(Stand::Node(call.argument.node), vec![]))
            }
            _ => match self.named_value(name, &call.argument.node.place()) {
                Some(value) => Outcome::Is(value),
                None => Outcome::Same,
            },
        }
    }

    /// The value of a parameter, pseudo parameter or resource; none, with a finding at `place`, when there is none.
    pub(super) fn named_value(&mut self, name: &str, place: &Place) -> Option<Value<'t>> {
        if let Some(text) = self.pseudo(name) {
            return Some(Value::standing(&text, place));
        }
        if let Some(parameter) = self.template.parameter(name) {
            return self.parameter(parameter, place);
        }
        // SAM: `Ref: Api.Stage` names what an API brings with it.
        if let Some((api, made)) = name.split_once('.')
            && self.template.resource(api).is_some_and(|r| &*r.kind == "AWS::Serverless::Api")
        {
            return self.attribute_text(api, made, place).map(Value::Text);
        }
        if let Some(resource) = self.existing(name, place) {
            let text = self.name_of(resource);
            return Some(Value::Text(standing_for(&text, place)));
        }
        if self.template.resource(name).is_none() {
            self.unknown_name(name, place);
        }
        None
    }

    /// The value of a pseudo parameter that is a text.
    fn pseudo(&self, name: &str) -> Option<String> {
        let options = self.reader.options;
        let (account, region) = (options.account.as_str(), options.region.as_str());
        let stack = self.template.stack_name.as_str();
        Some(match name {
            "AWS::AccountId" => account.to_owned(),
            "AWS::Partition" => partition(region).to_owned(),
            "AWS::Region" => region.to_owned(),
            "AWS::StackName" => stack.to_owned(),
            "AWS::StackId" => format!(
                "arn:{}:cloudformation:{region}:{account}:stack/{stack}/{}",
                partition(region),
                "00000000-0000-0000-0000-000000000000"
            ),
            "AWS::URLSuffix" if region.starts_with("cn-") => "amazonaws.com.cn".to_owned(),
            "AWS::URLSuffix" => "amazonaws.com".to_owned(),
            _ => return None,
        })
    }

    fn unknown_name(&mut self, name: &str, place: &Place) {
        let message = format!("there is no parameter or resource `{name}`");
        let finding = Diagnostic::error(Code::UnknownReference, message).at(place.clone());
        let known = self.template.names().chain(PSEUDO);
        self.reader.error(match self.reader.nearest(name, known) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding,
        });
    }

    /// A value as text, for a place inside of one.
    pub(super) fn named_text(&mut self, name: &str, place: &Place) -> Option<Sourced> {
        let value = self.named_value(name, place)?;
        let text = super::as_text(&value);
        if text.is_none() {
            self.wrong(place, format!("`{name}` is a list, and a text is wanted"));
        }
        text
    }
}
