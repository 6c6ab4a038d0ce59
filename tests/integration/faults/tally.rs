//! What happened while a fault was done, counted.

use std::fmt::Write as _;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

/// What was counted from when a fault began to when all that was asked for meanwhile had ended.
#[derive(Clone, Debug, Default)]
pub struct Window {
    pub fault: String,
    /// How often it was done.
    pub times: usize,
    pub seconds: u64,
    pub requests: usize,
    /// Answers 503 with `Retry-After`, which the document declares.
    pub busy: usize,
    /// Requests under way to a process that was killed.
    pub broken: usize,
    /// Whatever else nobody should be answered.
    pub failed: usize,
    /// Asks answered by 202.
    pub accepted: usize,
    /// Those of them whose mail never came.
    pub lost: usize,
    /// Links mailed more often than they were asked for.
    pub doubled: usize,
    /// Links that were good, and refused.
    pub refused: usize,
    /// Pairs of completions of one link that two processes answered at a time.
    pub apart: usize,
    /// Links whose password was written, as far as anybody was told or asked for it.
    pub winners: usize,
    /// Those of them of which nobody was told: the answer broke off, or was 503.
    pub untold: usize,
    /// Links whose password was not written exactly once.
    pub wrong: usize,
    /// Links minted by a clock that is wrong.
    pub skewed: usize,
}

/// All windows, of which the last is open.
pub struct Tally(Mutex<Inside>);

struct Inside {
    windows: Vec<Window>,
    began: Instant,
    /// What failed, in words.
    notes: Vec<String>,
}

impl Tally {
    pub fn new() -> Self {
        Self(Mutex::new(Inside { windows: vec![], began: Instant::now(), notes: vec![] }))
    }

    /// Ends the window before, if there is one, and opens another.
    pub fn begin(&self, fault: &str, times: usize) {
        let inside = &mut *self.0.lock().unwrap();
        inside.end();
        let fault = fault.to_owned();
        inside.windows.push(Window { fault, times, ..Window::default() });
    }

    /// The number of the open window.
    pub fn open(&self) -> usize {
        self.0.lock().unwrap().windows.len() - 1
    }

    /// Counts in a window.
    pub fn count(&self, window: usize, change: impl FnOnce(&mut Window)) {
        change(&mut self.0.lock().unwrap().windows[window]);
    }

    pub fn window(&self, window: usize) -> Window {
        self.0.lock().unwrap().windows[window].clone()
    }

    /// Says in words what was counted as a fault.
    pub fn note(&self, note: String) {
        let notes = &mut self.0.lock().unwrap().notes;
        if notes.len() < 50 {
            notes.push(note);
        }
    }

    /// Everything that was counted, and in words what should not have been.
    pub fn end(&self) -> (Vec<Window>, Vec<String>) {
        let mut inside = self.0.lock().unwrap();
        inside.end();
        (inside.windows.clone(), inside.notes.clone())
    }
}

impl Inside {
    fn end(&mut self) {
        let now = Instant::now();
        if let Some(window) = self.windows.last_mut() {
            let lasted = now - self.began + Duration::from_millis(500);
            window.seconds = lasted.as_secs();
        }
        self.began = now;
    }
}

/// Everything in a table, as docs/operating.md has it.
pub fn table(windows: &[Window]) -> String {
    let mut table = "| fault | times | seconds | requests | failed | 503 | broken | accepted | lost | doubled | \
                     refused | winners | not told | not one |\n\
                     |---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for window in windows {
        let Window { fault, times, seconds, requests, busy, broken, failed, accepted, .. } = window;
        let Window { lost, doubled, refused, winners, untold, wrong, .. } = window;
        writeln!(
            table,
            "| {fault} | {times} | {seconds} | {requests} | {failed} | {busy} | {broken} | {accepted} | {lost} | \
             {doubled} | {refused} | {winners} | {untold} | {wrong} |"
        )
        .expect("a text takes all");
    }
    table
}
