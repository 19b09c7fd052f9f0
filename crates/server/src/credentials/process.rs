//! The command of a profile's `credential_process`. Its error output is not shown: nobody knows what stands in it.

use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncReadExt;
use tokio::process::Command;

use super::document;
use super::kept::Lent;
use crate::limits::CREDENTIALS_BYTES_MAX;

/// Runs the command in the system's shell, as AWS's SDKs do, and reads what it prints. It is killed with all that it started when it is given up.
pub(super) async fn run(command: &str) -> Result<Lent, String> {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command).kill_on_drop(true).process_group(0);
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = shell.spawn().map_err(|error| format!("it does not run: {error}"))?;
    let mut group = Group(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)));
    let mut printed = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        let bytes_max = CREDENTIALS_BYTES_MAX as u64 + 1;
        let read = stdout.take(bytes_max).read_to_end(&mut printed).await;
        read.map_err(|error| format!("what it prints cannot be read: {error}"))?;
    }
    if printed.len() > CREDENTIALS_BYTES_MAX {
        return Err(format!("it prints more than {CREDENTIALS_BYTES_MAX} bytes"));
    }
    let status = child.wait().await.map_err(|error| error.to_string())?;
    // Its number is free from here on.
    group.0 = None;
    if !status.success() {
        return Err(format!("it ended with {status}"));
    }
    document::printed(&printed).map_err(|why| format!("what it prints is not right: {why}"))
}

/// A shell and what it started, which end when it is given up.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(shell) = self.0 {
            // Of one that has ended nobody is left to be killed.
            let _gone = kill_process_group(shell, Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn why(command: &str) -> String {
        run(command).await.unwrap_err()
    }

    // Source: inferred (ours).
    #[tokio::test]
    async fn a_command_that_does_not_do_says_why_and_nothing_of_its_output() {
        assert_eq!(why("echo secret; exit 3").await, "it ended with exit status: 3");
        assert_eq!(why("echo secret").await, "what it prints is not right: it is no JSON object");
        assert_eq!(why("head -c 70000 /dev/zero").await, "it prints more than 65536 bytes");
        assert_eq!(why("no-such-command-here").await, "it ended with exit status: 127");
    }

    #[tokio::test]
    async fn a_command_prints_credentials() {
        let command = r#"printf '{"Version":1,"AccessKeyId":"AK","SecretAccessKey":"s%s"}' 3"#;
        let lent = run(command).await.unwrap();
        let expected = vestibule_sigv4::Credentials::new("AK".to_owned(), "s3".to_owned(), None);
        assert_eq!(lent.credentials, expected);
    }
}
