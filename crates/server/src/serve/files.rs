//! The files that definitions are read from: those that the settings name and those that they name themselves. What was read is
//! kept as a hash, so that a change can be told from a file that was only touched.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use vestibule_import::Files;

use crate::limits::DEFINITION_FILE_BYTES_MAX;

/// Reads definition files and remembers them.
#[derive(Debug, Default)]
pub(crate) struct DefinitionFiles {
    read: RefCell<FilesRead>,
}

/// Files as they were when they were read.
#[derive(Clone, Debug, Default)]
pub(crate) struct FilesRead(BTreeMap<PathBuf, Option<u64>>);

impl DefinitionFiles {
    /// Reads a file that the settings name.
    pub(crate) fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let bytes = read(path);
        // What is no file, such as a pipe, says its content once.
        if path.metadata().is_ok_and(|metadata| metadata.is_file()) || bytes.is_err() {
            self.read.borrow_mut().0.insert(path.to_owned(), bytes.as_deref().ok().map(hash));
        }
        bytes
    }

    /// Everything that was read.
    pub(crate) fn into_read(self) -> FilesRead {
        self.read.into_inner()
    }
}

impl Files for DefinitionFiles {
    /// A path counts from the folder of the definition; of an address such as `s3://bucket/key/name` the last part is the name
    /// of a file beside it.
    fn read(&self, definition: &str, location: &str) -> Result<(String, Vec<u8>), String> {
        let location = match location.split_once("://") {
            Some((_, address)) => address.rsplit('/').next().unwrap_or(address),
            None => location,
        };
        let folder = Path::new(definition).parent().unwrap_or(Path::new(""));
        let path = folder.join(location);
        // A definition names files, and no device that never ends.
        let bytes = match path.metadata() {
            Ok(metadata) if !metadata.is_file() => Err(io::Error::other("it is no file")),
            Ok(_) | Err(_) => DefinitionFiles::read(self, &path),
        };
        let bytes = bytes.map_err(|error| error.to_string())?;
        Ok((path.display().to_string(), bytes))
    }
}

impl FilesRead {
    /// The files whose content is not what was read, among them those that are gone or have come.
    pub(crate) fn changed(&self) -> Vec<PathBuf> {
        let is_changed = |(path, known): &(&PathBuf, &Option<u64>)| {
            read(path).ok().as_deref().map(hash) != **known
        };
        self.0.iter().filter(is_changed).map(|(path, _)| path.clone()).collect()
    }

    /// The folders that the files lie in, of a link also that of the file it leads to.
    pub(crate) fn folders(&self) -> BTreeSet<PathBuf> {
        let real = self.0.keys().filter_map(|path| path.canonicalize().ok());
        let folder = |path: PathBuf| match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            Some(_) | None => PathBuf::from("."),
        };
        self.0.keys().cloned().chain(real).map(folder).collect()
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(DEFINITION_FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > DEFINITION_FILE_BYTES_MAX {
        let mb = DEFINITION_FILE_BYTES_MAX / (1024 * 1024);
        return Err(io::Error::other(format!("it has more than {mb} MB")));
    }
    Ok(bytes)
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_from_a_touch() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("api.yaml");
        let missing = folder.path().join("missing.yaml");
        std::fs::write(&path, "a").unwrap();
        let files = DefinitionFiles::default();
        assert_eq!(DefinitionFiles::read(&files, &path).unwrap(), b"a");
        assert_eq!(
            DefinitionFiles::read(&files, &missing).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
        let read = files.into_read();
        std::fs::write(&path, "a").unwrap();
        assert_eq!(read.changed(), Vec::<PathBuf>::new());
        std::fs::write(&path, "b").unwrap();
        std::fs::write(&missing, "").unwrap();
        assert_eq!(read.changed(), [path, missing]);
    }

    #[test]
    fn a_definition_names_files_from_its_own_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("below")).unwrap();
        std::fs::write(folder.path().join("below/get.vtl"), "$x").unwrap();
        std::fs::write(folder.path().join("body.yaml"), "a: 1").unwrap();
        let definition = folder.path().join("api.yaml").display().to_string();
        let files = DefinitionFiles::default();
        let read =
            |location: &str| Files::read(&files, &definition, location).map(|(_, bytes)| bytes);
        assert_eq!(read("below/get.vtl").unwrap(), b"$x");
        assert_eq!(read("s3://bucket/any/body.yaml").unwrap(), b"a: 1");
        assert_eq!(read("below").unwrap_err(), "it is no file");
        assert_eq!(read("/dev/zero").unwrap_err(), "it is no file");
        assert_eq!(read("none.vtl").unwrap_err(), "No such file or directory (os error 2)");
        assert_eq!(files.into_read().0.len(), 3);
    }

    #[test]
    fn a_huge_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("huge");
        File::create(&path).unwrap().set_len(DEFINITION_FILE_BYTES_MAX + 1).unwrap();
        let refused = DefinitionFiles::default().read(&path).unwrap_err();
        assert_eq!(refused.to_string(), "it has more than 32 MB");
    }
}
