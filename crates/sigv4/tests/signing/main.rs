//! Signatures beside published ones and beside AWS's own signer.

#[cfg(test)]
mod golden;
#[cfg(test)]
mod oracle;
