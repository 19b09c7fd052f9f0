//! Where each stage answers, when there are several: one alone answers at `/`.

use vestibule_restapi::one_line;

/// A stage and where it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// The API's name.
    pub api: String,
    /// The stage's name.
    pub name: String,
    /// What stands in front of its paths: empty, or `/{api}/{stage}`.
    pub base_path: String,
}

/// Returns a line for each of several stages; nothing for one that answers at the base URL itself.
pub fn stages(base_url: &str, stages: &[Stage]) -> String {
    let below_root = stages.iter().filter(|stage| !stage.base_path.is_empty());
    below_root.map(|stage| line(base_url, stage)).collect()
}

/// Returns what a reload says when stages answer elsewhere than before; nothing when all stay where they are.
pub fn moved(base_url: &str, before: &[Stage], after: &[Stage]) -> String {
    let has_root = |stages: &[Stage]| stages.iter().any(|stage| stage.base_path.is_empty());
    let title = match (has_root(before), has_root(after)) {
        (true, false) => "`/` is not the root of a stage any more, there are several:\n",
        (false, true) => "`/` is the root of the only stage again:\n",
        (true, true) | (false, false) => return String::new(),
    };
    let lines = after.iter().map(|stage| line(base_url, stage));
    format!("{title}{}", lines.collect::<String>())
}

fn line(base_url: &str, stage: &Stage) -> String {
    let Stage { api, name, base_path } = stage;
    format!("  {} {name}: {base_url}{base_path}\n", one_line(api))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_several_stages_has_its_line() {
        let stage = |api: &str, base_path: &str| Stage {
            api: api.to_owned(),
            name: "prod".to_owned(),
            base_path: base_path.to_owned(),
        };
        assert_eq!(
            stages("http://a", &[stage("shop", "/x1/prod"), stage("a\nb", "/x2/prod")]),
            "  shop prod: http://a/x1/prod\n  a\\nb prod: http://a/x2/prod\n"
        );
        assert_eq!(stages("http://a", &[stage("shop", "")]), "");
    }

    #[test]
    fn stages_that_move_are_named() {
        let stage = |api: &str, base_path: &str| Stage {
            api: api.to_owned(),
            name: "prod".to_owned(),
            base_path: base_path.to_owned(),
        };
        let one = [stage("shop", "")];
        let two = [stage("shop", "/x1/prod"), stage("desk", "/x2/prod")];
        assert_eq!(
            moved("http://a", &one, &two),
            "\
`/` is not the root of a stage any more, there are several:
  shop prod: http://a/x1/prod
  desk prod: http://a/x2/prod
"
        );
        assert_eq!(
            moved("http://a", &two, &one),
            "`/` is the root of the only stage again:\n  shop prod: http://a\n"
        );
        assert_eq!(moved("http://a", &one, &one), "");
        assert_eq!(moved("http://a", &two, &two), "");
    }
}
