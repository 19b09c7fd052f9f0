//! "Did you mean": the known word nearest to a misspelt one.

/// The longest word that is compared, in characters; longer ones have no suggestion.
const WORD_CHARS_MAX: usize = 64;

/// Returns the candidate with the smallest edit distance (a swap of neighbours is one edit) to `word`, when it is near enough to be meant:
/// at most a third of the word's length is different, and never more than three edits.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    if length == 0 || length > WORD_CHARS_MAX {
        return None;
    }
    let allowed = (length / 3).clamp(1, 3);
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| candidate.chars().count() <= WORD_CHARS_MAX)
        .map(|candidate| (strsim::osa_distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(edits, _)| *edits <= allowed)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_what_was_meant_and_nothing_far_off() {
        let actions = ["GetItem", "PutItem", "Query"];
        assert_eq!(closest("GetItm", actions), Some("GetItem"));
        assert_eq!(closest("getitem", actions), Some("GetItem"));
        assert_eq!(closest("Scan", actions), None);
        assert_eq!(closest("", actions), None);
    }
}
