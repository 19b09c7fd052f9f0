//! Whether SQLite's log (`-wal`) is whole as far as it was synced.
//!
//! SQLite reads a log up to the first frame whose checksum is wrong and takes the rest for a write that a power cut tore. So a bit that
//! the disk turned would silently undo every write after it. Here each transaction is synced before the next one begins: what a power
//! cut tears is the last one alone. Two whole transactions after a torn frame are acknowledged writes, and the log is damaged. The
//! log is emptied at each start, so that nothing is left there of a write that was torn before.
//!
//! The form of the log: SQLite docs, "WAL-mode file format".

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek};
use std::path::{Path, PathBuf};

const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
/// The magic number without its last bit, which says in which order of bytes checksums are made.
const MAGIC: u32 = 0x377f_0682;
const PAGE_BYTES_LEAST: usize = 512;
const PAGE_BYTES_MOST: usize = 65_536;
/// Whole transactions after a torn frame that no power cut leaves.
const COMMITS: u32 = 2;

type Checksum = [u32; 2];

/// The beginning of a log.
struct Header {
    is_big_endian: bool,
    page_bytes: usize,
    salts: [u32; 2],
    checksum: Checksum,
    is_whole: bool,
}

/// The log that lies beside a file of SQLite.
pub(crate) fn log_of(file: &Path) -> PathBuf {
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    PathBuf::from(log)
}

/// Returns what is wrong with the log of a file of SQLite, if anything; one that is not there is whole.
///
/// # Errors
///
/// It cannot be read.
pub(crate) fn log_damage(file: &Path) -> io::Result<Option<&'static str>> {
    let mut log = match File::open(log_of(file)) {
        Ok(log) => log,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = [0; HEADER_BYTES];
    if !filled(&mut log, &mut bytes)? {
        return Ok(None);
    }
    let Some(header) = Header::read(&bytes, page_bytes_of(file)?) else { return Ok(None) };
    let is_damaged = has_commits_after_a_torn_frame(&header, &mut BufReader::new(&log))?;
    // Whoever began the log anew meanwhile has written everything back.
    let mut again = [0; HEADER_BYTES];
    log.rewind()?;
    let is_same = filled(&mut log, &mut again)? && again == bytes;
    let what = "writes that were acknowledged come after a frame that cannot be read";
    Ok((is_damaged && is_same).then_some(what))
}

/// The size of a page as the file itself says it; none in a file that is all in its log.
fn page_bytes_of(file: &Path) -> io::Result<Option<usize>> {
    let mut head = [0; 18];
    let is_there = filled(&mut File::open(file)?, &mut head)?;
    let said = head.last_chunk().map_or(0, |two| usize::from(u16::from_be_bytes(*two)));
    // 65,536 does not fit.
    let bytes = if said == 1 { PAGE_BYTES_MOST } else { said };
    Ok(Some(bytes).filter(|bytes| is_there && is_page_size(*bytes)))
}

fn is_page_size(bytes: usize) -> bool {
    (PAGE_BYTES_LEAST..=PAGE_BYTES_MOST).contains(&bytes) && bytes.is_power_of_two()
}

fn has_commits_after_a_torn_frame(header: &Header, frames: &mut impl Read) -> io::Result<bool> {
    let mut frame = vec![0; FRAME_HEADER_BYTES + header.page_bytes];
    let mut before = header.checksum;
    let mut is_torn = !header.is_whole;
    let mut commits = 0;
    while filled(frames, &mut frame)? {
        let Some((head, page)) = frame.split_at_checked(FRAME_HEADER_BYTES) else { break };
        let stored = [word(head, 16), word(head, 20)];
        let (number, rest) = head.split_at_checked(8).unwrap_or((head, &[]));
        let salts = [word(rest, 0), word(rest, 4)];
        let sum = header.sum(header.sum(before, number), page);
        if sum == stored && header.is_of_this_log(salts) {
            let is_commit = word(number, 4) != 0;
            commits += u32::from(is_torn && is_commit);
        } else {
            is_torn = true;
        }
        if commits >= COMMITS {
            return Ok(true);
        }
        before = stored;
    }
    Ok(false)
}

impl Header {
    /// `None` when a page has no size that one may have: then nothing in the log can be read.
    fn read(bytes: &[u8; HEADER_BYTES], of_file: Option<usize>) -> Option<Header> {
        let magic = word(bytes, 0);
        let own = usize::try_from(word(bytes, 8)).ok().filter(|size| is_page_size(*size));
        let mut header = Header {
            is_big_endian: magic & 1 == 1,
            page_bytes: of_file.or(own)?,
            salts: [word(bytes, 16), word(bytes, 20)],
            checksum: [word(bytes, 24), word(bytes, 28)],
            is_whole: false,
        };
        let summed = bytes.split_at_checked(24)?.0;
        header.is_whole = magic & !1 == MAGIC && header.sum([0, 0], summed) == header.checksum;
        Some(header)
    }

    /// A turned bit is in one salt at most; the salts of an earlier log differ both.
    fn is_of_this_log(&self, salts: [u32; 2]) -> bool {
        match self.is_whole {
            true => salts == self.salts,
            false => salts.iter().zip(self.salts).any(|(of_frame, own)| *of_frame == own),
        }
    }

    fn sum(&self, before: Checksum, bytes: &[u8]) -> Checksum {
        let number = |four: &[u8; 4]| match self.is_big_endian {
            true => u32::from_be_bytes(*four),
            false => u32::from_le_bytes(*four),
        };
        let (words, _) = bytes.as_chunks::<4>();
        let (pairs, _) = words.as_chunks::<2>();
        pairs.iter().fold(before, |[one, other], [first, second]| {
            let one = one.wrapping_add(number(first)).wrapping_add(other);
            [one, other.wrapping_add(number(second)).wrapping_add(one)]
        })
    }
}

/// The number at a place, most significant byte first; 0 past the end.
fn word(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>);
    four.map_or(0, |four| u32::from_be_bytes(*four))
}

/// Fills the buffer; false when the file ends before.
fn filled(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
