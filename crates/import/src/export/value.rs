//! A document in the making: objects whose members keep their order.

/// A value of JSON.
#[derive(Debug)]
pub(super) enum Value {
    Object(Object),
    Array(Vec<Value>),
    Text(String),
    /// A number, a truth value or null, as it is written.
    Bare(String),
}

/// Members in the order they were put in.
#[derive(Debug, Default)]
pub(super) struct Object(Vec<(String, Value)>);

impl Object {
    /// Adds a member.
    pub(super) fn put(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.push((name.into(), value.into()));
    }

    /// Adds a member that there may be.
    pub(super) fn put_some(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    /// Adds an object unless it is empty.
    pub(super) fn put_filled(&mut self, name: &str, object: Object) {
        if !object.is_empty() {
            self.put(name, object);
        }
    }

    /// Whether it has a member of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn members(&self) -> &[(String, Value)] {
        &self.0
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Value {
        Value::Object(object)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bare(value.to_string())
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Value {
        Value::Bare(value.to_string())
    }
}

impl FromIterator<Value> for Value {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Value {
        Value::Array(items.into_iter().collect())
    }
}

impl FromIterator<(String, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(members: I) -> Object {
        Object(members.into_iter().collect())
    }
}

impl Value {
    /// An array of texts.
    pub(super) fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Value {
        texts.into_iter().map(Value::from).collect()
    }
}
