//! The shared files of AWS's tools, `~/.aws/config` and `~/.aws/credentials`: their profiles, and how one gives credentials. AWS docs:
//! SDKs and Tools, "Shared config and credentials files".

mod file;
mod plan;

pub(super) use plan::{DEFAULT, Plan};

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use vestibule_sigv4::CredentialsError;

pub(super) use self::file::Kind;
use crate::config::ProfileSettings;
use crate::limits::PROFILE_FILE_BYTES_MAX;

/// What a profile says, by names in lower case.
type Properties = BTreeMap<String, String>;

/// The profiles of both files; of what both say the file with the credentials counts.
#[derive(Default)]
pub(super) struct Profiles {
    profiles: BTreeMap<String, Properties>,
    config: PathBuf,
    credentials: PathBuf,
}

/// What is wrong with the text of such a file.
pub(super) fn check(text: &str, kind: Kind) -> Result<(), String> {
    file::parse(text, kind).map(drop)
}

impl Profiles {
    /// Reads the files; one that is not there is empty.
    pub(super) async fn read(settings: &ProfileSettings) -> Result<Profiles, CredentialsError> {
        let settings = settings.clone();
        let read = tokio::task::spawn_blocking(move || Profiles::read_now(&settings)).await;
        read.unwrap_or_else(|_| {
            let message = "the files of AWS's profiles were not read to their end";
            Err(CredentialsError::new(message, "correct the files"))
        })
    }

    /// The same for whoever may wait for a disk.
    pub(super) fn read_now(settings: &ProfileSettings) -> Result<Profiles, CredentialsError> {
        let home = settings.home.clone().unwrap_or_default();
        let place = |named: &Option<PathBuf>, name: &str| match named {
            Some(path) => at_home(path, &home),
            None => home.join(".aws").join(name),
        };
        let config = place(&settings.config, "config");
        let credentials = place(&settings.credentials, "credentials");
        let mut profiles = Profiles { config, credentials, ..Profiles::default() };
        for (path, kind) in [
            (profiles.config.clone(), Kind::Config),
            (profiles.credentials.clone(), Kind::Credentials),
        ] {
            let named = |why: String| {
                let message = format!("the file `{}` of AWS's profiles: {why}", path.display());
                CredentialsError::new(message, "correct the file")
            };
            let Some(bytes) = read(&path).map_err(named)? else { continue };
            let text = String::from_utf8(bytes).map_err(|_| named("it is no text".to_owned()))?;
            for (name, properties) in file::parse(&text, kind).map_err(named)? {
                profiles.profiles.entry(name).or_default().extend(properties);
            }
        }
        Ok(profiles)
    }

    /// How the profile gives credentials, if it does.
    pub(super) fn plan(&self, name: &str) -> Result<Option<Plan>, CredentialsError> {
        plan::of(&self.profiles, name)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.profiles.contains_key(name)
    }

    /// The files, for whoever looks for a profile in them.
    pub(super) fn files(&self) -> String {
        format!("`{}` or `{}`", self.config.display(), self.credentials.display())
    }
}

fn at_home(path: &Path, home: &Path) -> PathBuf {
    match path.strip_prefix("~") {
        Ok(rest) => home.join(rest),
        Err(_) => path.to_owned(),
    }
}

/// The text of a small file that has to be there.
pub(super) async fn text_of(path: &Path) -> Result<String, String> {
    let path = path.to_owned();
    let bytes = tokio::task::spawn_blocking(move || read(&path)).await;
    let bytes = bytes.unwrap_or_else(|_| Err("it was not read to its end".to_owned()))?;
    String::from_utf8(bytes.ok_or("no such file")?).map_err(|_| "it is no text".to_owned())
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, String> {
    let file = match std::fs::File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(|error| error.to_string())?,
    };
    let mut bytes = Vec::new();
    let bytes_max = PROFILE_FILE_BYTES_MAX as u64 + 1;
    file.take(bytes_max).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    match bytes.len() > PROFILE_FILE_BYTES_MAX {
        true => Err(format!("it is longer than {PROFILE_FILE_BYTES_MAX} bytes")),
        false => Ok(Some(bytes)),
    }
}
