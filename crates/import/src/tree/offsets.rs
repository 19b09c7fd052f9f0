//! Byte offsets of characters: the YAML parser counts characters, places count bytes.

/// Characters between two remembered offsets.
const STRIDE: usize = 64;

/// Where the characters of a text start.
#[derive(Debug)]
pub(super) struct Offsets<'t> {
    text: &'t str,
    // Byte offsets of every STRIDE-th character; empty when each character is one byte.
    marks: Vec<usize>,
}

impl<'t> Offsets<'t> {
    pub(super) fn new(text: &'t str) -> Offsets<'t> {
        let marks = if text.is_ascii() {
            vec![]
        } else {
            text.char_indices().step_by(STRIDE).map(|(at, _)| at).collect()
        };
        Offsets { text, marks }
    }

    /// The byte at which the character of this index starts; past the end it is the end.
    pub(super) fn byte(&self, index: usize) -> usize {
        if self.marks.is_empty() {
            return index.min(self.text.len());
        }
        let Some(mark) = self.marks.get(index / STRIDE) else { return self.text.len() };
        let rest = self.text.get(*mark..).unwrap_or("");
        rest.char_indices().nth(index % STRIDE).map_or(self.text.len(), |(at, _)| mark + at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_is_found() {
        let text = "é€x\u{1f600}".repeat(100);
        let offsets = Offsets::new(&text);
        for (index, (at, _)) in text.char_indices().enumerate() {
            assert_eq!(offsets.byte(index), at);
        }
        assert_eq!(offsets.byte(400), text.len());
        assert_eq!(Offsets::new("abc").byte(2), 2);
    }
}
