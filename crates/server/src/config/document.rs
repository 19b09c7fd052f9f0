//! `docs/configuration.md`, made from the settings' entries.

use super::raw::{Flag, SETTINGS, Setting, Shape};
use super::sections::{SECTIONS, Section};

const HEAD: &str = "\
# Configuration

The definition says what the API is; the settings say where it runs.
This page is made from the program's own table of settings.

A setting is looked up in this order, and the first place that names it decides the whole of it:

1. the flag,
2. the environment: `VESTIBULE_<NAME>`, then AWS's own variable where AWS has one; an empty variable
   counts as absent,
3. the settings file `vestibule.toml`,
4. the default.

`vestibule config` takes the same flags as `vestibule serve` and prints each setting with its value
and its origin.

A settings file begins with `version = 1`. A key that is no setting is refused. Paths in it begin at
the file's own folder; all others begin at the working folder. The file may have 1 MiB.

A variable that begins with `VESTIBULE_` and is no setting is warned about. Those that Kubernetes
makes for a service named `vestibule` (`VESTIBULE_PORT...`, `VESTIBULE_SERVICE_...`) are left alone.
";

const SECTIONS_HEAD: &str = "
## Sections of the settings file

These have no flag and no variable. Secrets in them need not be written down: with `_env` behind its
name a key names a variable of the environment, with `_file` a file, whose text the secret then is.
`vestibule config` shows them as `***`.
";

/// Returns the page.
pub fn document() -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n## A settings file\n\n```toml\nversion = 1\n");
    for setting in SETTINGS.iter().filter(|setting| setting.in_file) {
        page.push_str(&format!("{} = {}\n", setting.name, setting.example));
    }
    // `ephemeral` and `data` contradict each other in one file.
    let page = page.replace("ephemeral = true\n", "# ephemeral = true\n");
    let mut page = format!("{page}```\n\n## Settings\n");
    for setting in SETTINGS {
        page.push_str(&section(setting));
    }
    page.push_str(SECTIONS_HEAD);
    for Section { name, summary, detail, example } in SECTIONS {
        page.push_str(&format!("\n### {name}\n\n{summary}. {detail}\n\n```toml\n{example}\n```\n"));
    }
    page
}

fn section(setting: &Setting) -> String {
    let flag = match setting.flag {
        Flag::Long { flag, value } if setting.shape == Shape::Switch => {
            format!("`{flag}`, `{flag}={value}`")
        }
        Flag::Long { flag, value } => format!("`{flag} {value}`"),
        Flag::Positional { value } => format!("`{value}...`"),
    };
    let flag = match (setting.shape, &setting.flag) {
        (Shape::Paths | Shape::Names | Shape::Pairs, Flag::Long { .. }) => {
            format!("{flag}, may be repeated")
        }
        _ => flag,
    };
    let variables: Vec<_> = setting.variables().map(|name| format!("`{name}`")).collect();
    let separator = match setting.shape {
        Shape::Text | Shape::Switch | Shape::Number | Shape::Path => "",
        Shape::Paths => ", entries separated as in `PATH`",
        Shape::Names | Shape::Pairs => ", entries separated by white space",
    };
    let key = if setting.in_file {
        format!("`{} = {}`", setting.name, setting.example)
    } else {
        "not in the file".to_owned()
    };
    let default = match setting.default {
        "" => "none".to_owned(),
        default => format!("`{default}`"),
    };
    format!(
        "\n### {}\n\n{}. {}\n\n- flag: {flag}\n- environment: {}{separator}\n- file: {key}\n- default: {default}\n",
        setting.name,
        setting.summary,
        setting.detail,
        variables.join(", then "),
    )
}
