//! DynamoDB's JSON on the wire: what is written, and what is wrong with what is read.

mod arn_names;
mod draft;
mod fault;
mod members;
mod operands;
mod shape;
mod sorted;
mod table_arn;
mod twins;
mod unreadable;

pub(crate) use arn_names::with_names;
pub(crate) use draft::Draft;
pub(crate) use fault::{Fault, Refused};
pub(crate) use sorted::{Arns, to_sorted_json};
pub(crate) use table_arn::{TableArn, Within, is_arn};
pub(crate) use twins::{Read, read as read_with_twins};
pub(crate) use unreadable::{
    check_item, check_loose_members, check_names, enveloped, explain_unreadable,
    explain_unreadable_item, is_repeated_member, last_of_each_member,
};
