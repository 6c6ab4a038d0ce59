//! Where people are sent back to in the end: as they ask, and only where the application's list has it.

use super::problem::{Code, FieldError, Problem};
use crate::recovery::Application;

/// The target in its normal form.
///
/// # Errors
/// The problem to answer where it is not on the list, whoever asks.
pub fn allowed(app: &Application, target: &str) -> Result<String, Problem> {
    app.return_targets.check(target).ok_or_else(|| {
        let message = "is not on the application's list".to_owned();
        let error = FieldError { field: "return_to", reason: "not_allowed", message };
        Problem::with_errors(Code::InvalidValue, vec![error])
    })
}
