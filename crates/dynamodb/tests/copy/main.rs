//! Tables copied from one store to another, over a network with faults: what is there at the end, and what is said when it stops.

#[cfg(test)]
mod faults;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod network;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod resumed;
#[cfg(test)]
mod whole;
