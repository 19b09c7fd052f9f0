//! The process as the system sees it, under the names that Prometheus gives these metrics. Linux tells; elsewhere there are
//! none of them.

use vestibule_gateway::{Family, FamilyKind};

/// What the system tells of this process.
pub(super) fn families() -> Vec<Family> {
    let memory = std::fs::read_to_string("/proc/self/status").ok();
    let memory = memory.as_deref().and_then(resident_bytes).map(|bytes| {
        Family::of_number(
            "process_resident_memory_bytes",
            "Resident memory size in bytes.",
            FamilyKind::Gauge,
            bytes,
        )
    });
    let files = std::fs::read_dir("/proc/self/fd").ok().map(|files| {
        Family::of_number(
            "process_open_fds",
            "Number of open file descriptors.",
            FamilyKind::Gauge,
            files.count() as u64,
        )
    });
    memory.into_iter().chain(files).collect()
}

/// `VmRSS: 5612 kB`, with white space between
fn resident_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory_is_read_in_bytes() {
        assert_eq!(resident_bytes("VmHWM:\t 9 kB\nVmRSS:\t    5612 kB\n"), Some(5_746_688));
        assert_eq!(resident_bytes("VmRSS:\t5612 MB\n"), None);
        assert_eq!(resident_bytes(""), None);
    }
}
