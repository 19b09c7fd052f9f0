//! The embedded store through its public door: exact answers, closed doors, faults.

#[cfg(test)]
mod bootstrap;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod doors;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod folder;
#[cfg(test)]
mod items;
#[cfg(test)]
mod malformed;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod point_reads;
#[cfg(test)]
mod together;
