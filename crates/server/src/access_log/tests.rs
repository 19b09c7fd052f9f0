use std::io::Write;
use std::sync::mpsc::{Sender, channel};

use super::*;
use crate::log::captured::{logged, subscribe};

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
    subscribe();
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
    (0..1000).for_each(|number| lines.add(&format!("line {number}")));
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
    (0..offered).for_each(|_| lines.add(&line));
    let lost = lines.lost();
    assert!(lost >= offered as u64 / 2, "{lost} of {offered}");
    let told = |lost| {
        format!(
            "ERROR the access log lost {lost} lines: they come faster than they can be written\n"
        )
    };
    assert_eq!(logged(|| log.report()), told(lost));
    assert_eq!(logged(|| log.report()), "");
    lines.add(&line);
    drop(allow);
    // What was lost since it was told of last is told of at the end.
    assert_eq!(logged(|| log.close()), told(1));
    let written = taken.lock().unwrap().len() / 1024;
    assert_eq!(written as u64 + lines.lost(), offered as u64 + 1);
}

#[test]
fn what_cannot_be_written_is_lost_and_the_next_line_stands_by_itself() {
    let (log, allow, taken) = valve();
    let lines = log.lines();
    allow.send(Err(io::ErrorKind::StorageFull.into())).unwrap();
    lines.add("lost");
    while lines.lost() == 0 {
        std::thread::yield_now();
    }
    drop(allow);
    lines.add("kept");
    log.close();
    assert_eq!(*taken.lock().unwrap(), b"\nkept\n");
    assert_eq!(lines.lost(), 1);
}

/// Fails as often as it is told to, and hands the queue its next line at each write until there is none.
struct Broken {
    queue: Arc<Queue>,
    results: std::vec::IntoIter<io::Result<()>>,
}

impl Write for Broken {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.results.next() {
            Some(result) => {
                Lines(Arc::clone(&self.queue)).add("next");
                self.queue.ask(|waiting| waiting.reopens = true);
                result.map(|()| bytes.len())
            }
            None => {
                self.queue.ask(|waiting| waiting.ends = true);
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_failure_is_said_once_and_its_end_with_what_it_cost() {
    let queue = Arc::new(Queue::default());
    let full = || Err(io::ErrorKind::StorageFull.into());
    let results = vec![Ok(()), full(), full(), full()].into_iter();
    let sink = Broken { queue: Arc::clone(&queue), results };
    Lines(Arc::clone(&queue)).add("first");
    let text = logged(|| writer::write(Sink::Test(Box::new(sink)), &queue));
    assert_eq!(
        text,
        "ERROR the access log cannot be written: lines are lost error=no storage space\n \
         INFO the access log is written again: 3 lines were lost\n"
    );
    assert_eq!(Lines(queue).lost(), 3);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_costs_lines_and_nothing_else() {
    subscribe();
    let path = PathBuf::from("/dev/full");
    let log = AccessLog::open(Destination::File { path, bytes_max: 1000, kept: 1 }).unwrap();
    let lines = log.lines();
    (0..10_000).for_each(|_| lines.add("a line"));
    log.close();
    assert_eq!(lines.lost(), 10_000);
}
