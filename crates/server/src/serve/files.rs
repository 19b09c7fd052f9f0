//! The files that definitions are read from: those that the settings name and those that they name themselves. What was read is
//! kept as a hash, so that a change can be told from a file that was only touched.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use vestibule_import::Files;

use super::location;
use crate::limits::DEFINITION_FILE_BYTES_MAX;

/// Reads definition files and remembers them.
#[derive(Debug, Default)]
pub(crate) struct DefinitionFiles {
    read: RefCell<FilesRead>,
    /// The folders of the definitions that the settings name.
    folders: RefCell<Vec<PathBuf>>,
}

/// Files as they were when they were read.
#[derive(Clone, Debug, Default)]
pub(crate) struct FilesRead(BTreeMap<PathBuf, Option<u64>>);

impl DefinitionFiles {
    /// Reads a file that the settings name.
    pub(crate) fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let bytes = self.read.borrow_mut().read(path);
        self.folders.borrow_mut().extend(location::folder(path));
        bytes
    }

    /// Begins with files that were read already.
    pub(crate) fn after(read: FilesRead) -> DefinitionFiles {
        DefinitionFiles { read: RefCell::new(read), ..DefinitionFiles::default() }
    }

    /// Everything that was read.
    pub(crate) fn into_read(self) -> FilesRead {
        self.read.into_inner()
    }
}

impl Files for DefinitionFiles {
    fn read(&self, definition: &str, location: &str) -> Result<(String, Vec<u8>), String> {
        let candidates = location::candidates(definition, location);
        let found = candidates.iter().find(|path| path.exists());
        let Some(path) = found else {
            // One that comes later is a change; it can be seen coming in a folder that is there.
            let is_seen = |path: &PathBuf| location::folder(path).is_some();
            let missing = candidates.into_iter().filter(is_seen).map(|path| (path, None));
            self.read.borrow_mut().0.extend(missing);
            return Err("there is no such file".to_owned());
        };
        let mut folders = self.folders.borrow().clone();
        folders.extend(location::working_directory());
        if !location::is_within(path, &folders) {
            let reason = "it is outside of the definition's folder and of the working directory";
            return Err(reason.to_owned());
        }
        // A definition names files, and no device that never ends.
        if !path.is_file() {
            return Err("it is no file".to_owned());
        }
        let bytes = read(path);
        let hash = bytes.as_deref().ok().map(hash);
        self.read.borrow_mut().0.insert(path.clone(), hash);
        Ok((path.display().to_string(), bytes.map_err(|error| error.to_string())?))
    }
}

impl FilesRead {
    /// Files as they are now. Those that are known stay as they were.
    pub(crate) fn note(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        for path in paths {
            if !self.0.contains_key(&path) {
                // What cannot be read is known as that.
                let _ = self.read(&path);
            }
        }
    }

    /// Takes in what later reads found.
    pub(crate) fn update(&mut self, later: FilesRead) {
        self.0.extend(later.0);
    }

    /// Reads a file and remembers it.
    pub(crate) fn read(&mut self, path: &Path) -> io::Result<Vec<u8>> {
        let bytes = read(path);
        // What is no file, such as a pipe, says its content once.
        if path.metadata().is_ok_and(|metadata| metadata.is_file()) || bytes.is_err() {
            self.0.insert(path.to_owned(), bytes.as_deref().ok().map(hash));
        }
        bytes
    }

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
        let root = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| std::fs::write(root.path().join(name), text).unwrap();
        std::fs::create_dir_all(root.path().join("in/below")).unwrap();
        file("in/api.yaml", "");
        file("in/below/get.vtl", "$x");
        file("in/body.yaml", "a: 1");
        file("secret", "s");
        let link = root.path().join("in/link");
        std::os::unix::fs::symlink(root.path().join("secret"), link).unwrap();
        let files = DefinitionFiles::default();
        let definition = root.path().join("in/api.yaml");
        assert_eq!(DefinitionFiles::read(&files, &definition).unwrap(), b"");
        let definition = definition.display().to_string();
        let read =
            |location: &str| Files::read(&files, &definition, location).map(|(_, bytes)| bytes);
        assert_eq!(read("below/get.vtl").unwrap(), b"$x");
        assert_eq!(read("build/body.yaml").unwrap(), b"a: 1");
        assert_eq!(read("s3://bucket/any/body.yaml").unwrap(), b"a: 1");
        assert_eq!(read("s3://bucket/below/get.vtl").unwrap(), b"$x");
        assert_eq!(read("below").unwrap_err(), "it is no file");
        let outside = "it is outside of the definition's folder and of the working directory";
        for location in ["/dev/zero", "../secret", "link"] {
            assert_eq!(read(location).unwrap_err(), outside, "{location}");
        }
        assert_eq!(read("x/none.vtl").unwrap_err(), "there is no such file");
        let paths = files
            .into_read()
            .0
            .into_keys()
            .map(|path| path.strip_prefix(root.path()).unwrap().display().to_string());
        let expected = ["in/api.yaml", "in/below/get.vtl", "in/body.yaml", "in/none.vtl"];
        assert_eq!(paths.collect::<Vec<_>>(), expected);
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
