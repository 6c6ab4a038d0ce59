//! Everything through its real parts.

mod itsdangerous;
