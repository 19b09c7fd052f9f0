//! Where the files lie that a definition names, and which of them it may name.
//!
//! A definition may name files in the folder of a definition that the user gave, in the working directory, and below both;
//! links are followed first. So a definition from elsewhere cannot show what lies outside of a project.

use std::path::{Component, Path, PathBuf};

/// The paths that a location may mean, seen from the definition that names it: of an address the key in its bucket; of both
/// the last part alone, which is what a file is called before it is uploaded.
pub(super) fn candidates(definition: &str, location: &str) -> Vec<PathBuf> {
    let folder = Path::new(definition).parent().unwrap_or(Path::new(""));
    names(location).into_iter().map(|name| tidy(&folder.join(name))).collect()
}

/// Whether a file lies in one of the folders or below.
pub(super) fn is_within(path: &Path, folders: &[PathBuf]) -> bool {
    path.canonicalize().is_ok_and(|path| folders.iter().any(|folder| path.starts_with(folder)))
}

/// The working directory, unless that is the root of all folders, which bounds nothing.
pub(super) fn working_directory() -> Option<PathBuf> {
    let folder = std::env::current_dir().ok()?.canonicalize().ok()?;
    folder.parent().is_some().then_some(folder)
}

/// The folder that a file lies in, or would lie in, links followed; none when that is not there.
pub(super) fn folder(file: &Path) -> Option<PathBuf> {
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).canonicalize().ok()
}

fn names(location: &str) -> Vec<&str> {
    let path = match location.split_once("://") {
        Some((_, address)) => {
            let address = address.split(['?', '#']).next().unwrap_or(address);
            address.split_once('/').map_or("", |(_, key)| key)
        }
        None => location,
    };
    let last = path.rsplit('/').next().unwrap_or(path);
    let mut names = vec![path, last];
    names.dedup();
    names.retain(|name| !name.is_empty());
    names
}

/// `a/../b/./c` is `b/c`: the name that its user would write.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for component in path.components() {
        let is_named = matches!(tidy.components().next_back(), Some(Component::Normal(_)));
        match component {
            Component::CurDir => {}
            Component::ParentDir if is_named => {
                tidy.pop();
            }
            component => tidy.push(component),
        }
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_a_path_a_key_or_the_name_alone() {
        assert_eq!(names("./api/get.vtl"), ["./api/get.vtl", "get.vtl"]);
        assert_eq!(names("get.vtl"), ["get.vtl"]);
        assert_eq!(names("s3://bucket/a/api.yaml"), ["a/api.yaml", "api.yaml"]);
        assert_eq!(names("s3://bucket/api.yaml?versionId=1"), ["api.yaml"]);
        assert_eq!(names("https://s3.amazonaws.com/bucket/x.json"), ["bucket/x.json", "x.json"]);
        assert_eq!(names("s3://bucket"), [""; 0]);
    }

    #[test]
    fn names_are_as_their_user_would_write_them() {
        assert_eq!(tidy(Path::new("infra/../api/./a.yaml")), Path::new("api/a.yaml"));
        assert_eq!(tidy(Path::new("../../a.yaml")), Path::new("../../a.yaml"));
    }
}
