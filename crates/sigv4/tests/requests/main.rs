//! Requests signed and verified: beside published signatures, AWS's own clients and AWS's own signer.

#[cfg(test)]
mod admission;
#[cfg(test)]
mod answers;
#[cfg(test)]
mod clients;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod signing;
#[cfg(test)]
mod tampering;
