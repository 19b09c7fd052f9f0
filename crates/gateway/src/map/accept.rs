//! Which template a response gets: the one of the first media type of `Accept`, else that of JSON, else the first.

use crate::exchange::media_type;

/// Chooses among templates by media type, as AWS does, and returns its key too; `None` when there is none at all.
pub(crate) fn chosen_by_accept<'t, T>(
    templates: impl Iterator<Item = (&'t str, &'t T)> + Clone,
    accept: Option<&str>,
) -> Option<(&'t str, &'t T)> {
    let wanted = media_type(accept);
    let of = |wanted: &str| templates.clone().find(|(known, _)| known.eq_ignore_ascii_case(wanted));
    of(&wanted).or_else(|| of("application/json")).or_else(|| templates.clone().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_accepted_type_counts_then_json_then_the_first() {
        let chosen = |accept, keys: &'static [&'static str]| {
            let pairs = keys.iter().map(|key| (*key, key));
            chosen_by_accept(pairs, accept).map(|(key, _)| key)
        };
        assert_eq!(
            chosen(Some("text/html, application/json"), &["application/json", "text/html"]),
            Some("text/html")
        );
        assert_eq!(
            chosen(Some("*/*"), &["text/html", "application/json"]),
            Some("application/json")
        );
        assert_eq!(chosen(None, &["text/html"]), Some("text/html"));
        assert_eq!(chosen(None, &[]), None);
    }
}
