//! Everything through its real parts.
