use std::io::Write;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use super::*;

/// Takes bytes as often as it is allowed to: without a word it waits, with an error it fails.
struct Valve {
    allowed: Receiver<io::Result<()>>,
    taken: Arc<Mutex<Vec<u8>>>,
}

impl Write for Valve {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.allowed.recv().unwrap_or(Ok(()))?;
        self.taken.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A log, what lets it write, and what was written.
type Valved = (AccessLog, Sender<io::Result<()>>, Arc<Mutex<Vec<u8>>>);

fn valve() -> Valved {
    let (allow, allowed) = channel();
    let taken = Arc::new(Mutex::new(Vec::new()));
    let valve = Valve { allowed, taken: Arc::clone(&taken) };
    (AccessLog::over(Sink::Test(Box::new(valve))).unwrap(), allow, taken)
}

#[test]
fn lines_are_written_in_their_order() {
    let (log, allow, taken) = valve();
    drop(allow);
    let lines = log.lines();
    (0..1000).for_each(|number| lines.add(format!("line {number}")));
    log.close();
    let expected: String = (0..1000).map(|number| format!("line {number}\n")).collect();
    assert_eq!(String::from_utf8(taken.lock().unwrap().clone()).unwrap(), expected);
    assert_eq!(lines.lost(), 0);
}

#[test]
fn a_reader_that_takes_nothing_costs_lines_and_nobody_waits() {
    let (log, allow, taken) = valve();
    let lines = log.lines();
    let line = "x".repeat(1023);
    let offered = 3 * ACCESS_LOG_QUEUE_BYTES_MAX / line.len();
    (0..offered).for_each(|_| lines.add(line.clone()));
    let lost = lines.lost();
    assert!(lost >= offered as u64 / 2, "{lost} of {offered}");
    assert_eq!(log.report(lost), lost);
    drop(allow);
    log.close();
    let written = taken.lock().unwrap().len() / 1024;
    assert_eq!(written as u64 + lines.lost(), offered as u64);
}

#[test]
fn what_cannot_be_written_is_lost_and_the_next_line_stands_by_itself() {
    let (log, allow, taken) = valve();
    let lines = log.lines();
    allow.send(Err(io::ErrorKind::StorageFull.into())).unwrap();
    lines.add("lost".to_owned());
    while lines.lost() == 0 {
        std::thread::yield_now();
    }
    drop(allow);
    lines.add("kept".to_owned());
    log.close();
    assert_eq!(*taken.lock().unwrap(), b"\nkept\n");
    assert_eq!(lines.lost(), 1);
}
