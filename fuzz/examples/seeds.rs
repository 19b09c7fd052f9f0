//! Writes the seeds of one target, a file each: `seeds TARGET FOLDER`.

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(target), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: seeds TARGET FOLDER".into());
    };
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder)?;
    for (number, seed) in vestibule_fuzz::seeds::of(&target)?.into_iter().enumerate() {
        std::fs::write(folder.join(format!("{number:04}")), seed.data)?;
    }
    Ok(())
}
