//! What a policy says that its author hardly meant.

use super::statement::ResourcePattern;
use super::{Policy, PolicyKind, Statement};
use crate::arn::{ApiArn, Owner, Reach};
use crate::fault::{Fault, quoted};
use crate::limits::IDENTITY_POLICY_CHARS_MAX;

/// The keys of AWS that hold for all services, in lower case. Source: AWS docs (IAM user guide,
/// "AWS global condition context keys").
const GLOBAL_KEYS: [&str; 58] = [
    "aws:AssumedRoot",
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:ChatbotSourceArn",
    "aws:CurrentTime",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:Ec2InstanceSourceVpc",
    "aws:EpochTime",
    "aws:FederatedProvider",
    "aws:IsMcpServiceAction",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgMasterAccountId",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalType",
    "aws:Referer",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:SecureTransport",
    "aws:SignInSessionArn",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIdentity",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:TagKeys",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:ViaAWSMCPService",
    "aws:ViaAWSService",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:VpcSourceIp",
    "aws:userid",
    "aws:username",
    // What follows the slash is the name of a tag.
    "aws:PrincipalTag/",
    "aws:RequestTag/",
    "aws:ResourceTag/",
    // Of older documents.
    "aws:FromBrowser",
    "aws:InstanceId",
    "aws:RoleSessionName",
    "aws:SourceInstanceARN",
    "aws:ARN",
];

pub(crate) fn faults(policy: &Policy, api: &ApiArn) -> Vec<Fault> {
    let mut faults = Vec::new();
    if policy.kind == PolicyKind::Identity && policy.chars > IDENTITY_POLICY_CHARS_MAX {
        let chars = policy.chars;
        let message = format!(
            "the policy has {chars} characters, of {IDENTITY_POLICY_CHARS_MAX} at most in one that \
             is not AWS's own"
        );
        faults.push(Fault::new(0..0, message));
    }
    for statement in &policy.statements {
        early_variables(statement, &mut faults);
        unreachable_resources(statement, api, &mut faults);
        for condition in &statement.conditions {
            unknown_key(condition, &mut faults);
        }
    }
    faults
}

pub(crate) fn faults_of_service(
    policy: &Policy,
    service: &str,
    region: &str,
    account: &str,
) -> Vec<Fault> {
    let owner = Owner { region, account };
    let mut faults = Vec::new();
    for resource in policy.statements.iter().flat_map(resources) {
        let Some(Reach::Other(part)) = resource.pattern.reach_in(service, &owner) else { continue };
        let written = quoted(&resource.written);
        let message = format!(
            "{written} never matches a resource of `{service}` here: its {part} is another"
        );
        let help = format!("here are the region `{region}` and the account `{account}`");
        faults.push(Fault::new(resource.range.clone(), message).with_help(help));
    }
    faults
}

fn resources(statement: &Statement) -> impl Iterator<Item = &ResourcePattern> {
    statement.resources.iter().flat_map(|resources| &resources.of)
}

/// AWS: one of its own policies has them, its pages do not.
fn early_variables(statement: &Statement, faults: &mut Vec<Fault>) {
    for resource in resources(statement).filter(|one| one.pattern.has_early_variable()) {
        let written = quoted(&resource.written);
        let message = format!("{written} has a policy variable before the resource");
        let help = "AWS documents them after the fifth colon of an ARN";
        faults.push(Fault::new(resource.range.clone(), message).with_help(help));
    }
}

/// Only what is about invocations: an ARN of another service stands for what that service has.
fn unreachable_resources(statement: &Statement, api: &ApiArn, faults: &mut Vec<Fault>) {
    for resource in resources(statement) {
        let why = match resource.pattern.reach(api) {
            Reach::Some => continue,
            Reach::Other(part) => format!("its {part} is another"),
            Reach::Short => "no stage, verb and path follow the API".to_owned(),
        };
        let written = quoted(&resource.written);
        let message = format!("{written} never matches a request to this API: {why}");
        let help = format!("invocations are `{}/STAGE/VERB/PATH`", api.as_str());
        faults.push(Fault::new(resource.range.clone(), message).with_help(help));
    }
}

fn unknown_key(condition: &crate::condition::Condition, faults: &mut Vec<Fault>) {
    let lower = condition.key.lower();
    if !lower.starts_with("aws:") {
        return;
    }
    let is_known = |known: &str| {
        let known = known.to_ascii_lowercase();
        if known.ends_with('/') { lower.starts_with(&known) } else { lower == known }
    };
    if !GLOBAL_KEYS.iter().any(|known| is_known(known)) {
        let written = &condition.key.written;
        let message = format!("{} is not a context key that AWS documents", quoted(written));
        let fault = Fault::new(condition.range.clone(), message);
        faults.push(fault.with_nearest(written, GLOBAL_KEYS));
    }
}
