//! Files that a definition names beside itself: found by the caller, bounded and parsed here.

use crate::limits::FILES_MAX;
use crate::reader::Reader;
use crate::source::Source;
use crate::tree::{self, Ground, Tree};
use vestibule_restapi::{Code, Diagnostic, Sourced};

/// Finds the files that definitions name. Knows where they lie; the readers do not.
pub trait Files {
    /// Returns the name to show and the bytes of the file that the definition called `definition` names as `location`: a
    /// path, relative to that definition, or an address such as `s3://bucket/key`, whose bucket does not count. What is not
    /// found under its whole path is looked for under the last part of it.
    ///
    /// # Errors
    /// Why it cannot be read, in words that complete "cannot read `location`: ...".
    fn read(&self, definition: &str, location: &str) -> Result<(String, Vec<u8>), String>;
}

/// No files at all: every one that is asked for is missing.
#[derive(Debug)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _definition: &str, _location: &str) -> Result<(String, Vec<u8>), String> {
        Err("files beside a definition are not read here".to_owned())
    }
}

impl Reader<'_> {
    /// The text of the file that a definition names; none, with a finding, when it cannot be read.
    pub(crate) fn file(&mut self, location: &Sourced) -> Option<Source> {
        self.files_read += 1;
        if self.files_read > FILES_MAX {
            if self.files_read == FILES_MAX + 1 {
                let message = format!("the definitions name more than {FILES_MAX} files");
                let finding = Diagnostic::error(Code::LimitExceeded, message);
                self.error(finding.at(location.whole()));
            }
            return None;
        }
        let place = location.whole();
        match self.files.read(place.document.name(), location) {
            Ok((name, bytes)) => {
                Source::from_bytes(name, bytes).map_err(|finding| self.error(*finding)).ok()
            }
            Err(reason) => {
                let message = format!("cannot read `{}`: {reason}", &**location);
                self.error(Diagnostic::error(Code::Unreadable, message).at(place));
                None
            }
        }
    }

    /// The tree of the file that a definition names.
    pub(crate) fn include(&mut self, location: &Sourced) -> Option<Tree> {
        let source = self.file(location)?;
        let ground = Ground::File(source.document().clone());
        match tree::parse(&ground, self.findings) {
            Ok(Some(tree)) => Some(tree),
            Ok(None) => {
                let message = format!("`{}` is empty", &**location);
                self.error(Diagnostic::error(Code::UnknownKind, message).at(location.whole()));
                None
            }
            Err(finding) => {
                self.error(*finding);
                None
            }
        }
    }
}
