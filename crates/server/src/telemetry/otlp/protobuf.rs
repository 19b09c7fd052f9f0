//! Protocol Buffers as they go over the wire, of which OTLP needs writing alone: what has its default value is left out.
//! protobuf.dev, "Encoding".

/// A message that is being written, field by field.
#[derive(Debug, Default)]
pub(super) struct Message(Vec<u8>);

impl Message {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// An integer, a flag or a word of an enumeration.
    pub(super) fn number(mut self, field: u64, value: u64) -> Message {
        if value != 0 {
            self.varint(field << 3);
            self.varint(value);
        }
        self
    }

    /// An integer of 8 bytes, also when it is 0: those of OTLP stand where there may be none.
    pub(super) fn fixed(mut self, field: u64, value: u64) -> Message {
        self.varint(field << 3 | 1);
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }

    pub(super) fn bytes(mut self, field: u64, value: &[u8]) -> Message {
        if !value.is_empty() {
            self.piece(field, value);
        }
        self
    }

    pub(super) fn text(self, field: u64, value: &str) -> Message {
        self.bytes(field, value.as_bytes())
    }

    /// A message in this one, also when it is empty.
    pub(super) fn message(mut self, field: u64, value: Message) -> Message {
        self.piece(field, &value.0);
        self
    }

    /// Messages in this one, in their order.
    pub(super) fn messages(self, field: u64, values: impl Iterator<Item = Message>) -> Message {
        values.fold(self, |message, value| message.message(field, value))
    }

    /// Integers or numbers of 8 bytes, packed.
    pub(super) fn packed(self, field: u64, values: impl Iterator<Item = [u8; 8]>) -> Message {
        let bytes: Vec<u8> = values.flatten().collect();
        self.bytes(field, &bytes)
    }

    fn piece(&mut self, field: u64, bytes: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.0.push((value & 0x7f) as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: protobuf.dev, "Encoding": 150 as a varint, `testing`, a message in a message.
    #[test]
    fn fields_are_written_as_documented() {
        assert_eq!(Message::default().number(1, 150).into_bytes(), [0x08, 0x96, 0x01]);
        assert_eq!(
            Message::default().text(2, "testing").into_bytes(),
            [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]
        );
        let inner = Message::default().number(1, 150);
        assert_eq!(
            Message::default().message(3, inner).into_bytes(),
            [0x1a, 0x03, 0x08, 0x96, 0x01]
        );
        assert_eq!(Message::default().number(1, 0).text(2, "").into_bytes(), Vec::<u8>::new());
        assert_eq!(Message::default().fixed(1, 1).into_bytes(), [0x09, 1, 0, 0, 0, 0, 0, 0, 0]);
    }
}
