//! The data folder: who may open it, what it holds, what it refuses.
//!
//! Source of all: inferred (the program's own rules).

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use vestibule_dynamodb::{Action, Embedded, Location, Options};

use crate::fixture::{ITEMS, Store, folder};

fn at(path: &Path) -> Options {
    Options::new(Location::Directory(path.to_owned()))
}

fn refusal(path: &Path) -> String {
    Embedded::open(&at(path)).unwrap_err().to_string()
}

#[tokio::test]
async fn items_and_tables_are_there_after_reopening() {
    let folder = folder();
    let path = folder.path().join("new/data");
    let store = Store::open(&at(&path));
    store.tables.ensure_table(ITEMS, None).await.unwrap();
    store.put(r#"{"id":{"S":"1"}}"#).await;
    drop(store);
    let store = Store::open(&at(&path));
    let get = r#"{"TableName":"items","Key":{"id":{"S":"1"}}}"#;
    store.expect(Action::GetItem, get, 200, r#"{"Item":{"id":{"S":"1"}}}"#).await;
}

#[tokio::test]
async fn the_folder_is_0700_and_its_files_are_0600() {
    let folder = folder();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let store = Store::open(&at(folder.path()));
    store.tables.ensure_table(ITEMS, None).await.unwrap();
    assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(
        names
            .iter()
            .filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm"))
            .collect::<Vec<_>>(),
        ["format", "state.db", "tables.db", "vestibule.lock"]
    );
}

// Source: mke2fs(8), which makes `lost+found` in each new file system.
#[test]
fn the_top_folder_of_a_new_disk_is_a_data_folder_and_one_with_other_files_is_not() {
    let folder = folder();
    fs::create_dir(folder.path().join("lost+found")).unwrap();
    fs::write(folder.path().join("letter"), "").unwrap();
    Embedded::open(&at(folder.path())).unwrap_err();
    fs::remove_file(folder.path().join("letter")).unwrap();
    Embedded::open(&at(folder.path())).unwrap();
}

#[test]
fn a_folder_in_use_is_refused_and_named_with_its_holder() {
    let folder = folder();
    let store = Store::open(&at(folder.path()));
    let path = folder.path().display();
    assert_eq!(
        refusal(folder.path()),
        format!(
            "the data folder `{path}` is in use by another process ({}): stop it, or name another folder",
            std::process::id()
        )
    );
    drop(store);
    Embedded::open(&at(folder.path())).unwrap();
}

#[test]
fn a_file_in_place_of_the_folder_is_refused() {
    let folder = folder();
    let file = folder.path().join("data");
    fs::write(&file, "x").unwrap();
    for path in [file.clone(), file.join("below")] {
        assert_eq!(
            refusal(&path),
            format!(
                "the data folder `{}` is not a folder: name another path, or move that file away",
                path.display()
            )
        );
    }
}

#[test]
fn a_folder_of_other_files_is_refused_and_left_alone() {
    let folder = folder();
    fs::write(folder.path().join("letter.txt"), "x").unwrap();
    assert_eq!(
        refusal(folder.path()),
        format!(
            "the data folder `{}` holds files that are not this program's: name an empty or a new folder",
            folder.path().display()
        )
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_that_cannot_be_made_is_refused() {
    let path = Path::new("/proc/vestibule/data");
    assert_eq!(
        refusal(path),
        "cannot make the folder `/proc/vestibule/data`: No such file or directory (os error 2): \
         see that this user may read and write it, and that the disk has room"
    );
}

#[test]
fn a_newer_format_is_refused() {
    let folder = folder();
    fs::write(folder.path().join("format"), "vestibule data format 2\n").unwrap();
    assert_eq!(
        refusal(folder.path()),
        format!(
            "the data folder `{}` was written by a newer version of this program (format 2, this \
             one knows up to 1): run that version, or name another folder",
            folder.path().display()
        )
    );
}

#[test]
fn an_unreadable_format_is_refused() {
    let folder = folder();
    let format = folder.path().join("format");
    fs::write(&format, "something else").unwrap();
    assert_eq!(
        refusal(folder.path()),
        format!(
            "the file `{}` is damaged: it must say `vestibule data format 1`: restore the folder \
             from a backup, or name another folder",
            format.display()
        )
    );
}

#[tokio::test]
async fn a_newer_schema_of_the_state_is_refused() {
    let folder = folder();
    let store = Store::open(&at(folder.path()));
    let put =
        r#"{"TableName":"vestibule.meta","Item":{"name":{"S":"schema"},"version":{"N":"2"}}}"#;
    assert_eq!(store.state_reply(Action::PutItem, put).await.body, "{}");
    drop(store);
    assert_eq!(
        refusal(folder.path()),
        format!(
            "the data folder `{}` was written by a newer version of this program (schema 2, this \
             one knows up to 1): run that version, or name another folder",
            folder.path().display()
        )
    );
}

#[test]
fn a_damaged_file_is_refused_by_name() {
    for name in ["tables.db", "state.db"] {
        let folder = folder();
        drop(Store::open(&at(folder.path())));
        let file = folder.path().join(name);
        let whole = fs::read(&file).unwrap();
        let words = b"not a database, though it is long enough to have a header".repeat(100);
        let mut torn = whole.clone();
        torn[100..4096].fill(0x5a);
        let cases = [(words, "it is not a database"), (torn, "database disk image is malformed")];
        for (bytes, detail) in cases {
            fs::write(&file, bytes).unwrap();
            assert_eq!(
                refusal(folder.path()),
                format!(
                    "the file `{}` is damaged: {detail}: restore the folder from a backup, or \
                     name another folder",
                    file.display()
                )
            );
        }
        fs::write(&file, whole).unwrap();
        Embedded::open(&at(folder.path())).unwrap();
    }
}

#[test]
fn an_ephemeral_folder_is_gone_at_the_end() {
    let store = Store::empty();
    let path = store.tables.folder().unwrap().to_owned();
    assert!(path.is_dir());
    let clone = store.tables.clone();
    drop(store);
    assert!(path.is_dir());
    drop(clone);
    assert!(!path.exists());
}
