//! The table of routes: verb, path, what answers, who may call.

use vestibule_restapi::one_line;

/// One route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The verb, or `ANY`.
    pub verb: String,
    /// The resource's path with its parameters: `/items/{id}`.
    pub path: String,
    /// What answers: a DynamoDB action, `MOCK`, `refused`.
    pub action: String,
    /// Who may call: `NONE`, `AWS_IAM`; `-` for a method that is refused.
    pub authorization: String,
    /// Why it is refused, when it is.
    pub refusal: Option<String>,
    /// A path and query that can be called as it stands, where one is known: `/items/1`.
    pub example: Option<String>,
}

/// Returns the table of `rows`, aligned, each line ending with a newline. Empty for no rows.
pub fn routes(rows: &[Row]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let is_refused = rows.iter().any(|row| row.refusal.is_some());
    let why = if is_refused { "refused because" } else { "" };
    let titles = ["verb", "path", "action", "auth", why].map(str::to_owned);
    let cells = rows.iter().map(|row| {
        let why = row.refusal.as_deref().unwrap_or_default();
        [&row.verb, &row.path, &row.action, &row.authorization, why].map(one_line)
    });
    align(std::iter::once(titles).chain(cells).collect())
}

fn align(lines: Vec<[String; 5]>) -> String {
    let mut widths = [0; 5];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut out = String::new();
    for line in &lines {
        let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        let text = cells.collect::<Vec<_>>().join("  ");
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(verb: &str, path: &str, action: &str, authorization: &str) -> Row {
        Row {
            verb: verb.to_owned(),
            path: path.to_owned(),
            action: action.to_owned(),
            authorization: authorization.to_owned(),
            refusal: None,
            example: None,
        }
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [
            row("GET", "/items", "Query", "NONE"),
            row("DELETE", "/items/{id}", "DeleteItem", "AWS_IAM"),
        ];
        assert_eq!(
            routes(&rows),
            "\
verb    path         action      auth
GET     /items       Query       NONE
DELETE  /items/{id}  DeleteItem  AWS_IAM
"
        );
    }

    #[test]
    fn a_refused_method_says_why() {
        let why = "GW405 at api.yaml:7:7: HTTP integrations are not supported yet";
        let mut refused = row("POST", "/items", "refused", "-");
        refused.refusal = Some(why.to_owned());
        assert_eq!(
            routes(&[row("GET", "/items", "Query", "NONE"), refused]),
            "\
verb  path    action   auth  refused because
GET   /items  Query    NONE
POST  /items  refused  -     GW405 at api.yaml:7:7: HTTP integrations are not supported yet
"
        );
    }

    #[test]
    fn a_name_cannot_drive_the_terminal() {
        let rows = [row("GET", "/\u{1b}[2J\n", "", "NONE")];
        assert_eq!(
            routes(&rows),
            "verb  path          action  auth\nGET   /\\u{1b}[2J\\n          NONE\n"
        );
    }

    #[test]
    fn no_rows_are_no_text() {
        assert_eq!(routes(&[]), "");
    }
}
