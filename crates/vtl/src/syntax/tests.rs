//! What the parser refuses, and where it points.
