//! IAM roles with their policies, and Cognito user pools.
//! AWS docs: aws-resource-iam-role, aws-resource-cognito-userpool.

use super::read::Evaluated;
use crate::definitions::Definitions;
use crate::reader::Reader;
use crate::tree::{Kind, Node};
use vestibule_restapi::{PermissionsBoundary, Place, Role, Sourced, UserPool};

/// Reads roles, then what is attached to them; pools, then their clients.
pub(super) fn read(
    resources: &[Evaluated],
    definitions: &mut Definitions,
    reader: &mut Reader<'_>,
) {
    for resource in resources {
        let (arn, place) = (resource.arn.clone().unwrap_or_default(), resource.place());
        match resource.kind() {
            "AWS::IAM::Role" => {
                let role = role(resource.properties(), arn, place, reader);
                definitions.roles.push(role);
            }
            "AWS::Cognito::UserPool" => {
                let id = resource.name.clone();
                definitions.user_pools.push(UserPool { id, arn, clients: vec![], place });
            }
            _ => {}
        }
    }
    for resource in resources {
        match resource.kind() {
            "AWS::IAM::Policy" | "AWS::IAM::RolePolicy" => attach(resource, definitions, reader),
            "AWS::IAM::ManagedPolicy" => {
                attach(resource, definitions, reader);
                manage(resource, definitions, reader);
            }
            "AWS::Cognito::UserPoolClient" => client(resource, definitions),
            _ => {}
        }
    }
}

fn role(properties: Node<'_>, arn: String, place: Place, reader: &mut Reader<'_>) -> Role {
    let list = |name: &str, reader: &mut Reader<'_>| {
        let node = properties.get(name).filter(|node| !node.is_null());
        node.map_or_else(Vec::new, |node| reader.array(node))
    };
    let policies = list("Policies", reader);
    let managed = list("ManagedPolicyArns", reader);
    let boundary = properties.get("PermissionsBoundary").filter(|node| !node.is_null());
    let boundary = boundary.and_then(|node| reader.text(node));
    Role {
        arn,
        policies: policies.into_iter().filter_map(|node| document(node, reader)).collect(),
        managed_policies: managed.into_iter().filter_map(|node| reader.text(node)).collect(),
        permissions_boundary: boundary.map(PermissionsBoundary::Unknown),
        place,
    }
}

/// `PolicyDocument` as JSON text.
fn document(node: Node<'_>, reader: &mut Reader<'_>) -> Option<Sourced> {
    let document = node.get("PolicyDocument").filter(|node| !node.is_null())?;
    match document.kind() {
        Kind::Object => Some(reader.json(document)),
        Kind::Scalar | Kind::Array => reader.text(document),
    }
}

/// Adds a policy to the roles it names.
fn attach(policy: &Evaluated, definitions: &mut Definitions, reader: &mut Reader<'_>) {
    let properties = policy.properties();
    let listed = properties.get("Roles").into_iter().flat_map(|roles| roles.items());
    let listed: Vec<_> = listed.chain(properties.get("RoleName")).collect();
    if listed.is_empty() {
        return;
    }
    let Some(document) = document(properties, reader) else { return };
    for name in listed.iter().filter_map(|name| name.text()) {
        let is_named = |role: &&mut Role| role.arn.rsplit('/').next() == Some(name);
        if let Some(role) = definitions.roles.iter_mut().find(is_named) {
            role.policies.push(document.clone());
        }
    }
}

/// Adds a managed policy to the roles that name it, also as their boundary.
fn manage(policy: &Evaluated, definitions: &mut Definitions, reader: &mut Reader<'_>) {
    let Some(arn) = policy.arn.as_deref() else { return };
    let Some(document) = document(policy.properties(), reader) else { return };
    for role in &mut definitions.roles {
        let before = role.managed_policies.len();
        role.managed_policies.retain(|named| **named != *arn);
        if role.managed_policies.len() < before {
            role.policies.push(document.clone());
        }
        if let Some(PermissionsBoundary::Unknown(named)) = &role.permissions_boundary
            && **named == *arn
        {
            role.permissions_boundary = Some(PermissionsBoundary::Document(document.clone()));
        }
    }
}

fn client(resource: &Evaluated, definitions: &mut Definitions) {
    let pool = resource.properties().get("UserPoolId").and_then(|node| node.text());
    if let Some(pool) = definitions.user_pools.iter_mut().find(|p| Some(p.id.as_str()) == pool) {
        pool.clients.push(resource.name.clone());
    }
}
