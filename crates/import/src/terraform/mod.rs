//! What `terraform show -json` prints of a plan or of a state: resources of the AWS provider become the CloudFormation
//! resources that say the same, so that one reader decides what each means.
//! Terraform docs: internals/json-format; registry.terraform.io/providers/hashicorp/aws.

mod address;
mod attributes;
mod configuration;
mod join;
mod plan;
mod read;
mod references;
mod table;
mod translate;
mod types;

pub(crate) use read::read;
