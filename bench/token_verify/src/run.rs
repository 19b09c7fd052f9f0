//! One run from the token to the file.

use std::io::Write;

use vestibule_bench_report::{Machine, Seats, Spread, keep, note, sit, today};
use vestibule_jwt::SigningKey;

use crate::Outcome;
use crate::bare::Bare;
use crate::gateway::Guarded;
use crate::report::Report;
use crate::signature::Signature;

/// The form of the files that are written.
const VERSION: u32 = 2;

pub(crate) const ISSUER: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool";

/// Measures what tokens of user pools cost
#[derive(Debug, clap::Parser)]
pub struct Arguments {
    /// Few rounds, to see that it works; writes no file
    #[arg(long)]
    quick: bool,
    /// The day in the name of the file, as `date -I` prints it [default: today]
    #[arg(long)]
    date: Option<String>,
}

/// Measures, prints to `out` and, unless it is quick, writes `bench/runs/DATE-MACHINE-token_verify.json`.
///
/// # Errors
///
/// What could not be made or measured, in one line.
pub fn run(arguments: &Arguments, out: &mut impl Write) -> Outcome {
    let key = SigningKey::generate().map_err(|error| error.to_string())?;
    let token = key.sign(&claims()).map_err(|error| error.to_string())?;
    let guarded = Guarded::new(SigningKey::key_set(&[&key]), token.clone())?;
    let signature = Signature::new(&key, token.clone())?;
    let date = match &arguments.date {
        Some(date) => date.clone(),
        None => today()?,
    };
    let machine = Machine::here()?;
    let seats = Seats::choose()?;
    let bare_server = Bare::start(&token, seats)?;
    let (rounds, passes) = if arguments.quick { (5, 500) } else { (101, 1_000) };
    let mut costs = Vec::new();
    // The first round is the warm-up.
    for round in 0..=rounds {
        sit(seats.client)?;
        let bare = bare_server.cpu_ns(passes)?;
        // Where the bare server had its turn.
        sit(seats.server)?;
        let (closed, open) = guarded.cpu_ns(passes)?;
        let (unknown, library) = signature.cpu_ns(passes)?;
        if round > 0 {
            costs.push([bare, open, closed, unknown, library]);
        }
    }
    let spread = |of: fn(&[f64; 5]) -> f64| Spread::of(costs.iter().map(of));
    let report = Report {
        version: VERSION,
        date,
        machine,
        seat: seats.server,
        rounds,
        passes,
        token_bytes: token.len(),
        bare_ns: spread(|[bare, ..]| *bare),
        open_ns: spread(|[_, open, ..]| *open),
        guarded_ns: spread(|[_, _, closed, ..]| *closed),
        known_ns: spread(|[_, open, closed, ..]| closed - open),
        known_over_bare: spread(|[bare, open, closed, ..]| (closed - open) / bare),
        library_ns: spread(|[.., library]| *library),
        unknown_ns: spread(|[.., unknown, _]| *unknown),
        unknown_over_library: spread(|[.., unknown, library]| unknown / library),
    };
    note(out, &report.page())?;
    if arguments.quick {
        return Ok(());
    }
    let path = keep(&format!("{}-{}-token_verify", report.date, report.machine.slug()), &report)?;
    note(out, &format!("written to {}", path.display()))
}

/// Those of an ID token of Cognito's, until the year 2100.
fn claims() -> String {
    format!(
        r#"{{"sub":"d71c45c2-0eb5-4d65-994b-75fadbe9ef07","cognito:groups":["admin","users"],"email_verified":true,"iss":"{ISSUER}","cognito:username":"alice","origin_jti":"e631c807-1bce-4a52-8144-8fd9cad06860","aud":"web","event_id":"4948bff7-9e77-4c27-ab19-927f6b8f3483","token_use":"id","auth_time":1700000000,"exp":4102444800,"iat":1700000000,"jti":"a5014bfb-f727-45bf-a8de-2d5170a74b72","email":"alice@example.com"}}"#
    )
}
