//! `[functions]`: functions that answer at an address of their own.

use vestibule_gateway::EndpointUrl;

use super::super::error::Error;
use super::super::value;
use super::Section;
use super::table::Entries;

pub(super) const SECTION: Section = Section {
    name: "functions",
    summary: "Functions that answer at an address of their own",
    detail: "The ARN or the name of a function, and the URL that answers for it where an authorizer asks it. The \
             event is sent to it with POST, its answer is the function's result. A function that is not named \
             here is invoked at `lambda_endpoint`.",
    example: "[functions]\n\"authorize\" = \"http://127.0.0.1:9000/authorize\"",
};

pub(super) fn read(entries: Entries<'_>) -> Result<Vec<(String, EndpointUrl)>, Error> {
    let mut functions = Vec::new();
    for (name, text) in entries.texts()? {
        let url = value::endpoint_url(&text.value).map_err(|error| text.invalid(error))?;
        functions.push((name.value, url));
    }
    Ok(functions)
}
