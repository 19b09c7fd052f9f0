//! What is measured: how each proxy is started, when it is ready, what it is asked.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use vestibule_bench_report::Seats;
use vestibule_bench_serving::{
    Asked, Manner, Process, Requests, command, fetch, get, places::free_address, programs,
};

use crate::Outcome;
use crate::backend::Backend;
use crate::inputs::{Size, filled};

/// Where Debian's package has nginx.
const NGINX: &str = "/usr/sbin/nginx";

/// One of the ways to the backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) enum Subject {
    /// None between: the load asks the backend.
    Direct,
    /// hyper before hyper-util's client: the floor of a proxy.
    Bare,
    /// nginx as a plain reverse proxy.
    Nginx,
    /// An HTTP_PROXY method of the program.
    HttpProxy,
    /// An AWS_PROXY method of the program, to a function that the backend plays.
    AwsProxy,
}

impl Subject {
    /// How it is called in tables.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Subject::Direct => "backend itself",
            Subject::Bare => "bare hyper proxy",
            Subject::Nginx => "nginx",
            Subject::HttpProxy => "HTTP_PROXY",
            Subject::AwsProxy => "AWS_PROXY",
        }
    }

    /// How its files are called.
    pub(crate) fn file_name(self) -> &'static str {
        match self {
            Subject::Direct => "direct",
            Subject::Bare => "bare_proxy",
            Subject::Nginx => "nginx",
            Subject::HttpProxy => "http_proxy",
            Subject::AwsProxy => "aws_proxy",
        }
    }
}

/// Everything a subject needs to start.
#[derive(Debug)]
pub(crate) struct Setting {
    vestibule: PathBuf,
    bare_proxy: PathBuf,
    pub(crate) subjects: Vec<Subject>,
    pub(crate) backend: Backend,
    /// A folder of this run alone.
    pub(crate) folder: PathBuf,
    seats: Seats,
}

/// A subject that runs.
#[derive(Debug)]
pub(crate) struct Running {
    /// Nothing when it is the backend itself.
    process: Option<Process>,
    pub(crate) address: SocketAddr,
}

/// Tells whether nginx is installed.
fn has_nginx() -> bool {
    Command::new(NGINX).arg("-v").output().is_ok_and(|output| output.status.success())
}

impl Setting {
    /// Builds the programs and starts the backend.
    pub(crate) fn new(manner: &Manner, seats: Seats, folder: &Path) -> Outcome<Setting> {
        let (vestibule, bare_proxy) =
            (programs::vestibule(manner)?, programs::of_bench("bare_proxy")?);
        let mut subjects = vec![Subject::Direct, Subject::Bare];
        if has_nginx() {
            subjects.push(Subject::Nginx);
        }
        subjects.push(Subject::HttpProxy);
        if programs::has_flag(&vestibule, "--lambda-endpoint")? {
            subjects.push(Subject::AwsProxy);
        }
        let backend = Backend::start(&programs::of_bench("backend")?, seats, folder)?;
        let folder = folder.to_owned();
        Ok(Setting { vestibule, bare_proxy, subjects, backend, folder, seats })
    }

    /// The subjects that are proxies.
    pub(crate) fn proxies(&self) -> impl Iterator<Item = Subject> + '_ {
        self.subjects.iter().copied().filter(|subject| *subject != Subject::Direct)
    }

    /// Starts a subject, by `wrapper` if there is one, and waits until it is ready.
    pub(crate) fn start(&self, subject: Subject, wrapper: &[OsString]) -> Outcome<Running> {
        let (listen, admin) = (free_address()?, free_address()?);
        let (program, arguments, ready): (&Path, Vec<OsString>, _) = match subject {
            Subject::Direct => {
                return Ok(Running { process: None, address: self.backend.address });
            }
            Subject::Bare => {
                let addresses = [listen, self.backend.address];
                let arguments = addresses.map(|address| OsString::from(address.to_string()));
                (&self.bare_proxy, arguments.into(), (listen, "/small"))
            }
            Subject::Nginx => {
                let settings = filled(&self.folder, "nginx.conf", listen, self.backend.address)?;
                let mut arguments = vec!["-e".into(), "stderr".into()];
                arguments.extend(["-p".into(), self.folder.clone().into()]);
                arguments.extend(["-c".into(), settings.into()]);
                (Path::new(NGINX), arguments, (listen, "/small"))
            }
            Subject::HttpProxy | Subject::AwsProxy => {
                (&self.vestibule, self.serve(subject, listen, admin)?, (admin, "/readyz"))
            }
        };
        let mut command = command(wrapper, program, arguments, &self.folder);
        if subject == Subject::AwsProxy {
            // Those of AWS's documentation, so that calls are signed.
            command.env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
            command.env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        }
        let mut process = Process::start(command, subject.file_name(), self.seats, &self.folder)?;
        let (address, target) = ready;
        process.await_ready(address, target)?;
        Ok(Running { process: Some(process), address: listen })
    }

    fn serve(
        &self,
        subject: Subject,
        listen: SocketAddr,
        admin: SocketAddr,
    ) -> Outcome<Vec<OsString>> {
        let backend = self.backend.address;
        let name = format!("{}.yaml", subject.file_name());
        let definition = filled(&self.folder, &name, listen, backend)?;
        let mut arguments = vec!["serve".into(), definition.into()];
        arguments.extend(["--listen".into(), listen.to_string().into()]);
        arguments.extend(["--admin".into(), admin.to_string().into()]);
        arguments.push("--ephemeral".into());
        if subject == Subject::AwsProxy {
            arguments.extend(["--lambda-endpoint".into(), format!("http://{backend}").into()]);
        }
        Ok(arguments)
    }

    /// What a running subject is asked, after a look at what it answers.
    pub(crate) fn requests(&self, running: &Running, size: Size) -> Outcome<Requests> {
        let target = target(size);
        let (status, body) = fetch(running.address, &target)?;
        if status != 200 || body != size.body()?.into_bytes() {
            let body = String::from_utf8_lossy(&body);
            return Err(format!("{target} is answered with {status} and {body}"));
        }
        let asked = Asked { bytes: get(running.address, &target), body_bytes: body.len() };
        Ok(Requests::beside_a_backend(running.address, vec![asked]))
    }

    /// The process whose costs are a running subject's: the backend's when there is none between.
    pub(crate) fn process<'p>(&'p self, running: &'p Running) -> &'p Process {
        running.process.as_ref().unwrap_or(&self.backend.process)
    }
}

/// The path that an answer is asked for by.
pub(crate) fn target(size: Size) -> String {
    format!("/{}", size.name())
}

impl Running {
    /// Ends it and waits until it is gone; the backend goes on.
    pub(crate) fn stop(self) -> Outcome {
        self.process.map_or(Ok(()), Process::stop)
    }
}
