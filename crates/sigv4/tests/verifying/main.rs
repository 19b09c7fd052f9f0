//! What is admitted and what is refused, with which words.

#[cfg(test)]
mod admission;
#[cfg(test)]
mod golden;
