//! The embedded store through its public door: exact answers, closed doors, faults.

#[cfg(test)]
mod access;
#[cfg(test)]
mod bootstrap;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod doors;
#[cfg(test)]
mod expiry;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod folder;
#[cfg(test)]
mod items;
#[cfg(test)]
mod linear;
#[cfg(test)]
mod malformed;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod point_reads;
#[cfg(test)]
mod records;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod together;
#[cfg(test)]
mod upkeep;
