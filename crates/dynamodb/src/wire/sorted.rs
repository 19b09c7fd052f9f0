//! Writes the engine's responses as compact JSON with every object's members in byte order.
//!
//! AWS: as far as its answers are on record DynamoDB writes the members of a response in
//! alphabetical order (`Count`, `Items`, `LastEvaluatedKey`, `ScannedCount`). The attributes of
//! an item come in no order one may rely on; here they are sorted too, so that equal items give
//! equal bytes (inferred).
//! The region and account that the engine writes are replaced by the configured ones.

use std::fmt;

use serde::ser::{self, Serialize};

use vestibule_iam::partition_of;

use super::draft::{Draft, OpenMember, OpenObject};
use super::table_arn::{TableArn, Within};

/// What the engine writes for the region.
const ENGINE_REGION: &str = "dynoxide";
/// What the engine writes in every ARN where the region and the account belong.
const ENGINE_OWNER: &str = ":dynoxide:000000000000:";

/// The region and the account in ARNs.
#[derive(Debug, Clone)]
pub(crate) struct Arns {
    partition: &'static str,
    region: String,
    account: String,
    owner: String,
}

impl Arns {
    pub(crate) fn new(region: &str, account: &str) -> Arns {
        Arns {
            partition: partition_of(region),
            region: region.to_owned(),
            account: account.to_owned(),
            owner: format!(":{region}:{account}:"),
        }
    }

    /// The name of the table that an ARN of this region and account names.
    pub(crate) fn table_of<'a>(&self, arn: &'a str) -> Option<&'a str> {
        let arn = self.own(arn)?;
        (arn.within == Within::Table).then_some(arn.table)
    }

    /// The table and the label that the ARN of a stream of this region and account names.
    pub(crate) fn stream_of<'a>(&self, arn: &'a str) -> Option<(&'a str, &'a str)> {
        let arn = self.own(arn)?;
        match arn.within {
            Within::Stream(label) => Some((arn.table, label)),
            Within::Table | Within::Index(_) => None,
        }
    }

    fn own<'a>(&self, arn: &'a str) -> Option<TableArn<'a>> {
        let own = (self.partition, self.region.as_str(), self.account.as_str());
        TableArn::parse(arn).filter(|arn| (arn.partition, arn.region, arn.account) == own)
    }

    /// An ARN as the engine writes it, with the configured owner.
    fn owned(&self, engines: &str) -> String {
        let owned = engines.replacen(ENGINE_OWNER, &self.owner, 1);
        match owned.strip_prefix("arn:aws:") {
            Some(rest) if owned != engines => format!("arn:{}:{rest}", self.partition),
            Some(_) | None => owned,
        }
    }
}

/// Returns `value` as JSON.
pub(crate) fn to_sorted_json<T: Serialize + ?Sized>(
    value: &T,
    arns: &Arns,
) -> Result<Vec<u8>, Unwritable> {
    let mut writer = Writer { draft: Draft::default(), arns, place: Place::Elsewhere };
    writer.draft.out.reserve(512);
    value.serialize(&mut writer)?;
    Ok(writer.draft.out)
}

/// A response that cannot be written as JSON.
#[derive(Debug)]
pub(crate) struct Unwritable(String);

impl fmt::Display for Unwritable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Unwritable {}

impl ser::Error for Unwritable {
    fn custom<T: fmt::Display>(message: T) -> Unwritable {
        Unwritable(message.to_string())
    }
}

struct Writer<'a> {
    draft: Draft,
    arns: &'a Arns,
    place: Place,
}

/// Whether the value being written says whose a resource is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Arn,
    Region,
    Elsewhere,
}

impl Place {
    fn of(member: &str) -> Place {
        match member {
            "awsRegion" => Place::Region,
            _ if member.ends_with("Arn") => Place::Arn,
            _ => Place::Elsewhere,
        }
    }
}

impl Writer<'_> {
    fn scalar<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        serde_json::to_writer(&mut self.draft.out, value).map_err(ser::Error::custom)
    }
}

/// An object that is being written.
struct Object<'w, 'a> {
    writer: &'w mut Writer<'a>,
    object: OpenObject,
    member: Option<OpenMember>,
}

impl<'w, 'a> Object<'w, 'a> {
    fn open(writer: &'w mut Writer<'a>) -> Object<'w, 'a> {
        let object = writer.draft.open();
        Object { writer, object, member: None }
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unwritable> {
        let start = self.writer.draft.next_member(self.object);
        key.serialize(&mut *self.writer)?;
        self.member = Some(self.writer.draft.end_name(start));
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        value.serialize(&mut *self.writer)?;
        if let Some(member) = self.member.take() {
            self.writer.draft.end_member(member);
        }
        Ok(())
    }

    fn close(self) {
        // What the engine answers has each name once.
        self.writer.draft.close(self.object);
    }
}

/// An array that is being written.
struct Array<'w, 'a> {
    writer: &'w mut Writer<'a>,
    is_empty: bool,
}

impl Array<'_, '_> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        if !self.is_empty {
            self.writer.draft.out.push(b',');
        }
        self.is_empty = false;
        value.serialize(&mut *self.writer)
    }
}

impl ser::SerializeMap for Object<'_, '_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unwritable> {
        self.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        self.value(value)
    }

    fn end(self) -> Result<(), Unwritable> {
        self.close();
        Ok(())
    }
}

impl ser::SerializeStruct for Object<'_, '_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        self.key(name)?;
        self.writer.place = Place::of(name);
        let written = self.value(value);
        self.writer.place = Place::Elsewhere;
        written
    }

    fn end(self) -> Result<(), Unwritable> {
        self.close();
        Ok(())
    }
}

impl ser::SerializeSeq for Array<'_, '_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        self.element(value)
    }

    fn end(self) -> Result<(), Unwritable> {
        self.writer.draft.out.push(b']');
        Ok(())
    }
}

impl ser::SerializeTuple for Array<'_, '_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        self.element(value)
    }

    fn end(self) -> Result<(), Unwritable> {
        self.writer.draft.out.push(b']');
        Ok(())
    }
}

macro_rules! scalars {
    ($($method:ident $type:ty),+ $(,)?) => {
        $(fn $method(self, value: $type) -> Result<(), Unwritable> {
            self.scalar(&value)
        })+
    };
}

impl<'w, 'a> ser::Serializer for &'w mut Writer<'a> {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = Array<'w, 'a>;
    type SerializeTuple = Array<'w, 'a>;
    type SerializeTupleStruct = ser::Impossible<(), Unwritable>;
    type SerializeTupleVariant = ser::Impossible<(), Unwritable>;
    type SerializeMap = Object<'w, 'a>;
    type SerializeStruct = Object<'w, 'a>;
    type SerializeStructVariant = ser::Impossible<(), Unwritable>;

    scalars! {
        serialize_bool bool, serialize_char char, serialize_f32 f32, serialize_f64 f64,
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64,
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64,
    }

    fn serialize_str(self, value: &str) -> Result<(), Unwritable> {
        match self.place {
            Place::Arn => self.scalar(&self.arns.owned(value)),
            Place::Region if value == ENGINE_REGION => self.scalar(&self.arns.region),
            Place::Region | Place::Elsewhere => self.scalar(value),
        }
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Unwritable> {
        self.scalar(value)
    }

    fn serialize_none(self) -> Result<(), Unwritable> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unwritable> {
        self.draft.out.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Unwritable> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), Unwritable> {
        self.scalar(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        let mut object = Object::open(self);
        object.key(variant)?;
        object.value(value)?;
        object.close();
        Ok(())
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Array<'w, 'a>, Unwritable> {
        self.draft.out.push(b'[');
        Ok(Array { writer: self, is_empty: true })
    }

    fn serialize_tuple(self, _length: usize) -> Result<Array<'w, 'a>, Unwritable> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleStruct, Unwritable> {
        Err(Unwritable(format!("no JSON for the tuple `{name}`")))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleVariant, Unwritable> {
        Err(Unwritable(format!("no JSON for the tuple `{name}`")))
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Object<'w, 'a>, Unwritable> {
        Ok(Object::open(self))
    }

    fn serialize_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<Object<'w, 'a>, Unwritable> {
        Ok(Object::open(self))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeStructVariant, Unwritable> {
        Err(Unwritable(format!("no JSON for the variant `{name}`")))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::json;

    use super::*;

    fn written(value: &impl Serialize) -> String {
        let arns = Arns::new("eu-west-1", "123456789012");
        String::from_utf8(to_sorted_json(value, &arns).unwrap()).unwrap()
    }

    // Source: inferred (see the file's header).
    #[test]
    fn members_are_sorted_at_every_depth() {
        let value =
            json!({"b": [{"z": 1, "a": {"y": null, "x": true}}], "a": {}, "": [], "B": 1.5});
        assert_eq!(
            written(&value),
            r#"{"":[],"B":1.5,"a":{},"b":[{"a":{"x":true,"y":null},"z":1}]}"#
        );
    }

    // Source: inferred (see the file's header).
    #[test]
    fn equal_maps_give_equal_bytes() {
        let names = (0..200).map(|n| (format!("name{n}"), n));
        let map: HashMap<String, i32> = names.clone().collect();
        let mut sorted: Vec<_> = names.collect();
        sorted.sort();
        let members: Vec<String> = sorted.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
        assert_eq!(written(&map), format!("{{{}}}", members.join(",")));
    }

    // Source: AWS docs: Actions, resources, and condition keys for DynamoDB (ARN formats).
    #[test]
    fn the_arns_of_a_response_have_the_configured_owner() {
        #[derive(serde::Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Description {
            table_name: &'static str,
            table_arn: &'static str,
            item: HashMap<&'static str, &'static str>,
        }
        let arn = "arn:aws:dynamodb:dynoxide:000000000000:table/t";
        let item = HashMap::from([("TableArn", arn)]);
        let description = Description { table_name: "t", table_arn: arn, item };
        assert_eq!(
            written(&description),
            format!(
                "{{\"Item\":{{\"TableArn\":\"{arn}\"}},\
                 \"TableArn\":\"arn:aws:dynamodb:eu-west-1:123456789012:table/t\",\
                 \"TableName\":\"t\"}}"
            )
        );
    }

    // Source: RFC 8259, section 7.
    #[test]
    fn strings_are_escaped() {
        assert_eq!(written(&"a\"\\\n\u{1}é"), "\"a\\\"\\\\\\n\\u0001é\"");
    }
}
