//! A remote store over a network that does what the test says: nothing is sent, no time is waited.

#[cfg(test)]
mod access;
#[cfg(test)]
mod aws;
#[cfg(test)]
mod circuits;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod nodes;
#[cfg(test)]
mod own_tables;
#[cfg(test)]
mod retries;
#[cfg(test)]
mod signed;
