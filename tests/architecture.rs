//! The import table, held.
