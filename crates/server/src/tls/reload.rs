//! Reads the certificate, its key and the truststores again when their files change or SIGHUP asks for it. A pair that
//! cannot be used replaces nothing.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::time::{sleep, timeout};
use vestibule_gateway::Clock;

use super::certificate::{Certificate, Loaded, TlsFiles, Warning};
use super::error::TlsError;
use super::truststore::{self, Roots, TruststoreFile, Truststores};
use crate::limits::{CERTIFICATE_LOOK, PAIR_CONFIRMED, RELOADS_MAX};
use crate::serve::{FilesRead, SystemClock, Watch};
use crate::signal::Hangups;

/// A pair that is in use, and what is needed to replace it.
#[derive(Debug)]
pub(crate) struct Renewals {
    pair: TlsFiles,
    truststore_files: Vec<TruststoreFile>,
    certificate: Arc<Certificate>,
    truststores: Arc<Truststores>,
    clock: Arc<SystemClock>,
    hangups: Hangups,
    /// None when the system does not tell of changes: then they are looked for.
    watch: Option<Watch>,
    /// Those of the last attempt, be it one that failed.
    files: FilesRead,
}

/// A pair as it was read at the start.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) truststores: Arc<Truststores>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) renewals: Renewals,
}

impl Renewals {
    /// Reads the pair for the first time.
    pub(crate) fn open(
        pair: TlsFiles,
        truststore_files: Vec<TruststoreFile>,
        clock: Arc<SystemClock>,
        hangups: Hangups,
    ) -> Result<Opened, TlsError> {
        let mut files = FilesRead::default();
        let Loaded { key, warnings } = pair.load(&mut files, now(&clock))?;
        let certificate = Arc::new(Certificate::new(key));
        let truststores = Arc::new(Truststores::default());
        truststores.replace(truststore::load(&truststore_files, &mut files)?, &certificate)?;
        let config = certificate.server_config().map_err(|error| {
            TlsError::new(&pair.certificate, format!("TLS cannot be set up: {error}"))
        })?;
        let watch = watch(&files);
        let renewals = Renewals {
            pair,
            truststore_files,
            certificate,
            truststores: Arc::clone(&truststores),
            clock,
            hangups,
            watch,
            files,
        };
        Ok(Opened { config: Arc::new(config), truststores, warnings, renewals })
    }

    /// Replaces the certificate as often as there is another.
    pub(crate) async fn follow(mut self) -> Infallible {
        loop {
            let is_asked = tokio::select! {
                () = self.hangups.next() => true,
                () = happened(self.watch.as_ref()) => false,
                () = sleep(CERTIFICATE_LOOK) => false,
            };
            if !is_asked && self.files.changed().is_empty() {
                continue;
            }
            match self.read().await {
                Ok((Loaded { key, warnings }, roots)) => {
                    self.certificate.replace(key);
                    if let Err(error) = self.truststores.replace(roots, &self.certificate) {
                        complain(&error);
                    }
                    let file = self.pair.certificate.display();
                    tracing::info!("the certificate `{file}` was read again");
                    warnings.iter().for_each(warn);
                }
                Err(error) => complain(&error),
            }
            self.watch = watch(&self.files);
        }
    }

    /// Reads until nothing changes in the meantime: two files are never replaced at the same moment.
    async fn read(&mut self) -> Result<(Loaded, Roots), TlsError> {
        let mut reads = 0;
        loop {
            reads += 1;
            let (pair, now) = (self.pair.clone(), now(&self.clock));
            let truststores = self.truststore_files.clone();
            let read = tokio::task::spawn_blocking(move || {
                let mut files = FilesRead::default();
                let loaded = pair
                    .load(&mut files, now)
                    .and_then(|loaded| Ok((loaded, truststore::load(&truststores, &mut files)?)));
                (loaded, files)
            });
            let Ok((loaded, files)) = read.await else {
                return Err(TlsError::new(&self.pair.certificate, "reading it was given up"));
            };
            self.files = files;
            if loaded.is_ok() || reads >= RELOADS_MAX {
                return loaded;
            }
            let is_being_written =
                timeout(PAIR_CONFIRMED, happened(self.watch.as_ref())).await.is_ok();
            if !is_being_written && self.files.changed().is_empty() {
                return loaded;
            }
        }
    }
}

/// Says what is odd about a certificate that is used.
fn warn(warning: &Warning) {
    tracing::warn!("{warning} (help: {})", warning.remedy());
}

fn complain(error: &TlsError) {
    match error.remedy() {
        Some(help) => tracing::error!("the old certificate goes on: {error} (help: {help})"),
        None => tracing::error!("the old certificate goes on: {error}"),
    }
}

fn now(clock: &SystemClock) -> Duration {
    Duration::from_millis(clock.epoch_ms())
}

/// A watch over the folders of the files, also of those that links lead to.
fn watch(files: &FilesRead) -> Option<Watch> {
    let watching = Watch::new().and_then(|mut watch| watch.follow(files).map(|()| watch));
    watching
        .map_err(|error| {
            let seconds = CERTIFICATE_LOOK.as_secs();
            tracing::debug!(%error, "certificates are looked at every {seconds} s alone");
        })
        .ok()
}

/// Waits for a change; without a watch, for ever.
async fn happened(watch: Option<&Watch>) {
    match watch {
        Some(watch) => watch.happened().await,
        None => std::future::pending().await,
    }
}
