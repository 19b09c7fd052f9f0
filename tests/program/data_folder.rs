//! What keeps the program from running at all: addresses and folders that it cannot have. One line, exit 2.

use super::{API, Test, durable, equal, folder};
use crate::harness::{Ended, Folder, Outcome, Program};
use std::os::unix::fs::PermissionsExt;

pub(super) const TESTS: &[(&str, Test)] = &[
    ("a_port_in_use_is_named", a_port_in_use_is_named),
    ("an_admin_port_in_use_is_named", an_admin_port_in_use_is_named),
    ("a_folder_in_use_is_named", a_folder_in_use_is_named),
    ("a_file_is_no_folder", a_file_is_no_folder),
    ("a_folder_that_cannot_be_made_is_named", a_folder_that_cannot_be_made_is_named),
    ("a_folder_of_others_is_left_alone", a_folder_of_others_is_left_alone),
    ("a_newer_store_is_refused", a_newer_store_is_refused),
    ("a_damaged_store_is_refused", a_damaged_store_is_refused),
    ("a_table_that_differs_is_refused", a_table_that_differs_is_refused),
    ("the_folder_is_for_its_owner_alone", the_folder_is_for_its_owner_alone),
];

const DATA: [&str; 4] = ["api.yaml", "tables.yaml", "--data", "data"];

/// It ends with 2 and this line, and prints nothing else.
fn refused(folder: &Folder, arguments: &[&str], line: &str) -> Outcome {
    let expected = Ended { code: Some(2), stdout: String::new(), stderr: format!("{line}\n") };
    equal("the end", Program::run(folder, arguments)?, expected)
}

fn a_port_in_use_is_named() -> Outcome {
    let folder = folder()?;
    let address = Program::serve(&folder, &["api.yaml"])?;
    let taken = address.address().to_string();
    refused(
        &folder,
        &["api.yaml", "--listen", &taken],
        &format!(
            "error: cannot listen on {taken}: address in use \
             (help: another program listens there: stop it or choose another port with `--listen`)"
        ),
    )
}

fn an_admin_port_in_use_is_named() -> Outcome {
    let folder = folder()?;
    let program = Program::serve(&folder, &["api.yaml"])?;
    let taken = program.address().to_string();
    refused(
        &folder,
        &["api.yaml", "--admin", &taken],
        &format!(
            "error: cannot listen on {taken}: address in use \
             (help: another program listens there: stop it or choose another port with `--admin`)"
        ),
    )
}

fn a_folder_in_use_is_named() -> Outcome {
    let folder = folder()?;
    let program = durable(&folder)?;
    let line = format!(
        "error: the data folder `data` is in use by another process ({}): stop it, or name another folder",
        program.id()
    );
    refused(&folder, &DATA, &line)
}

fn a_file_is_no_folder() -> Outcome {
    let folder = folder()?;
    folder.write("data", "a file")?;
    refused(
        &folder,
        &DATA,
        "error: the data folder `data` is not a folder: name another path, or move that file away",
    )
}

/// No user may make a folder there, not even root.
fn a_folder_that_cannot_be_made_is_named() -> Outcome {
    refused(
        &folder()?,
        &["api.yaml", "--data", "/proc/vestibule"],
        "error: cannot make the folder `/proc/vestibule`: No such file or directory (os error 2): \
         see that this user may read and write it, and that the disk has room",
    )
}

fn a_folder_of_others_is_left_alone() -> Outcome {
    let folder = folder()?;
    refused(
        &folder,
        &["api.yaml", "--data", "."],
        "error: the data folder `.` holds files that are not this program's: name an empty or a new folder",
    )?;
    let kept = std::fs::read_to_string(folder.path("api.yaml"));
    equal("the file that was there", kept.map_err(|error| error.to_string())?, API.to_owned())
}

fn a_newer_store_is_refused() -> Outcome {
    let folder = folder()?;
    equal("exit", durable(&folder)?.stop()?.code, Some(0))?;
    folder.write("data/format", "vestibule data format 2\n")?;
    refused(
        &folder,
        &DATA,
        "error: the data folder `data` was written by a newer version of this program \
         (format 2, this one knows up to 1): run that version, or name another folder",
    )
}

fn a_damaged_store_is_refused() -> Outcome {
    let folder = folder()?;
    equal("exit", durable(&folder)?.stop()?.code, Some(0))?;
    folder.write("data/format", "something else\n")?;
    refused(
        &folder,
        &DATA,
        "error: the file `data/format` is damaged: it must say `vestibule data format 1`: \
         restore the folder from a backup, or name another folder",
    )
}

fn a_table_that_differs_is_refused() -> Outcome {
    let folder = folder()?;
    equal("exit", durable(&folder)?.stop()?.code, Some(0))?;
    folder
        .write("tables.yaml", &super::TABLES.replace("AttributeName: id", "AttributeName: key"))?;
    refused(
        &folder,
        &DATA,
        "error: the table `things` in the store differs from its definition: \
         KeySchema: `key` HASH S here, `id` HASH S in the store \
         (help: name another store or table, or change the definition back)",
    )
}

fn the_folder_is_for_its_owner_alone() -> Outcome {
    let folder = folder()?;
    let _program = durable(&folder)?;
    let failed = |error: std::io::Error| error.to_string();
    let mode = |path: &std::path::Path| -> Outcome<u32> {
        Ok(std::fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777)
    };
    equal("the folder's mode", mode(&folder.path("data"))?, 0o700)?;
    for entry in std::fs::read_dir(folder.path("data")).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        equal(&format!("mode of {}", path.display()), mode(&path)?, 0o600)?;
    }
    Ok(())
}
