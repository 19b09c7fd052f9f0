//! The keys of the local issuer: two files of the data folder. `vestibule token` makes them and signs with them while another process
//! may have the store open, so they are no table of it; whoever serves reads the public half alone.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use vestibule_identity::{IssuerKeys, KeysError};
use vestibule_jwt::KEY_SET_BYTES_MAX;
use zeroize::Zeroizing;

/// Bytes of a file of keys: two of 2,048 bits have about 3,400.
const KEYS_BYTES_MAX: u64 = 16 * 1024;

/// Why the issuer has no keys.
#[derive(Debug)]
pub(crate) enum IssuerError {
    /// A file or folder cannot be used.
    File { doing: &'static str, path: PathBuf, reason: String },
    /// The keys are no keys, or none could be made.
    Keys { path: PathBuf, error: KeysError },
}

impl std::fmt::Display for IssuerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            IssuerError::File { doing, path, reason } => {
                write!(f, "cannot {doing} `{}`: {reason}", path.display())
            }
            IssuerError::Keys { path, error } => write!(f, "`{}`: {error}", path.display()),
        }
    }
}

/// The file of the public keys.
pub(crate) fn public_file(data: &Path) -> PathBuf {
    folder(data).join("jwks.json")
}

/// The folder with the keys, if there are any.
pub(crate) fn kept_in(data: &Path) -> Option<PathBuf> {
    let folder = folder(data);
    folder.join("keys.json").exists().then_some(folder)
}

fn folder(data: &Path) -> PathBuf {
    data.join("issuer")
}

/// Returns the keys of a data folder that exists; makes them once. Of two that make them at one time one has made them.
pub(crate) fn keys(data: &Path) -> Result<IssuerKeys, IssuerError> {
    let path = folder(data).join("keys.json");
    let keys = match fs::metadata(&path) {
        Ok(_) => read(&path)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(data, &path)?,
        Err(error) => return Err(failed("read", &path)(error)),
    };
    publish(data, &keys)?;
    Ok(keys)
}

fn make(data: &Path, path: &Path) -> Result<IssuerKeys, IssuerError> {
    let folder = folder(data);
    create_folder(&folder).map_err(failed("make the folder", &folder))?;
    let of_path = |error| IssuerError::Keys { path: path.to_owned(), error };
    let keys = IssuerKeys::generate().map_err(of_path)?;
    let text = keys.write().map_err(of_path)?;
    let draft = draft(path);
    write(&draft, text.as_bytes()).map_err(failed("write", &draft))?;
    // Unlike a renaming it never replaces keys that somebody else has made meanwhile.
    let linked = fs::hard_link(&draft, path);
    let removed = fs::remove_file(&draft);
    match linked {
        Ok(()) => removed.map(|()| keys).map_err(failed("remove", &draft)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => read(path),
        Err(error) => Err(failed("write", path)(error)),
    }
}

/// Writes the public keys, unless they are written already.
fn publish(data: &Path, keys: &IssuerKeys) -> Result<(), IssuerError> {
    let (path, text) = (public_file(data), keys.public());
    if fs::read(&path).is_ok_and(|found| found == text.as_bytes()) {
        return Ok(());
    }
    let draft = draft(&path);
    write(&draft, text.as_bytes()).map_err(failed("write", &draft))?;
    fs::rename(&draft, &path).map_err(failed("write", &path))
}

/// A name that nobody else uses.
fn draft(path: &Path) -> PathBuf {
    path.with_extension(format!("json.{:016x}", fastrand::u64(..)))
}

fn read(path: &Path) -> Result<IssuerKeys, IssuerError> {
    let mut text = Zeroizing::new(String::new());
    let read =
        File::open(path).and_then(|file| file.take(KEYS_BYTES_MAX).read_to_string(&mut text));
    read.map_err(failed("read", path))?;
    IssuerKeys::read(&text).map_err(|error| IssuerError::Keys { path: path.to_owned(), error })
}

/// Reads a file of public keys; says in words why it cannot be read.
pub(crate) fn read_public(path: &Path) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    let limit = KEY_SET_BYTES_MAX as u64 + 1;
    let read = File::open(path).and_then(|file| file.take(limit).read_to_end(&mut text));
    read.map(|_| text).map_err(|error| reason(&error))
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> IssuerError {
    let path = path.to_owned();
    move |error| IssuerError::File { doing, path, reason: reason(&error) }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_published() {
        let data = tempfile::tempdir().unwrap();
        let first = keys(data.path()).unwrap().public();
        assert_eq!(keys(data.path()).unwrap().public(), first);
        assert_eq!(read_public(&public_file(data.path())).unwrap(), first.as_bytes());
        fs::write(public_file(data.path()), "damaged").unwrap();
        assert_eq!(keys(data.path()).unwrap().public(), first);
        assert_eq!(read_public(&public_file(data.path())).unwrap(), first.as_bytes());
        let mut names: Vec<_> = fs::read_dir(folder(data.path()))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["jwks.json", "keys.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_them() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        keys(data.path()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder(data.path())), 0o700);
        assert_eq!(mode(&folder(data.path()).join("keys.json")), 0o600);
    }

    #[test]
    fn damaged_keys_are_never_replaced() {
        let data = tempfile::tempdir().unwrap();
        keys(data.path()).unwrap();
        let path = folder(data.path()).join("keys.json");
        fs::write(&path, "{}").unwrap();
        let error = keys(data.path()).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("`{}`: these are no keys of an issuer", path.display())
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "{}");
    }

    #[test]
    fn makers_at_one_time_have_the_same_keys() {
        let data = tempfile::tempdir().unwrap();
        let makers: Vec<_> = (0..4)
            .map(|_| {
                let data = data.path().to_owned();
                std::thread::spawn(move || {
                    let path = folder(&data).join("keys.json");
                    make(&data, &path).map(|keys| keys.public()).map_err(|error| error.to_string())
                })
            })
            .collect();
        let made: Vec<_> = makers.into_iter().map(|maker| maker.join().unwrap()).collect();
        let settled = keys(data.path()).unwrap().public();
        assert_eq!(made, vec![Ok(settled); 4]);
    }
}
