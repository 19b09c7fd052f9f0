//! The embedded store answers as DynamoDB Local does, or differs for a reason that is told.
//!
//! `corpus/` holds the requests, `answers/` what DynamoDB Local answered (`record.py` asks it), `settled.jsonl` what differs,
//! `README.md` why. `GOLDEN=update` writes `settled.jsonl` anew and keeps the reasons of what is in it, and the counts in `README.md`.

#[cfg(test)]
mod compare;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod settled;
