//! Members whose answers no template of the golden cases shows.
