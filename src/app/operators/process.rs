//! What the kernel says of this process, under the names that Prometheus' own client libraries
//! have for it. Written here and not by the recorder, whose counters are whole numbers.

use std::fmt::Write as _;
use std::fs;

/// A name, how it moves, what it tells, and its value.
type Row = (&'static str, &'static str, &'static str, f64);

/// Of the times in /proc (proc(5)): what user space sees, whatever the kernel itself counts in.
const TICKS_A_SECOND: f64 = 100.0;

/// The lines for Prometheus; none where there is no /proc.
pub fn exposition() -> String {
    let mut text = String::new();
    for (name, kind, help, value) in rows().into_iter().flatten() {
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}");
    }
    text
}

/// How many files and sockets may be open, where that is said and bounded.
pub fn most_files() -> Option<u32> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let rest = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    rest.split_whitespace().next()?.parse().ok()
}

fn rows() -> Option<[Row; 7]> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program is in brackets, and may hold some and spaces itself.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    // Counted from 1 as in proc(5), whose third field is the first here.
    let field = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let resident_kib = value(&status, "VmRSS:")?;
    let booted = value(&fs::read_to_string("/proc/stat").ok()?, "btime")?;
    let open = fs::read_dir("/proc/self/fd").ok()?.count();
    Some([
        (
            "process_cpu_seconds_total",
            "counter",
            "User and system time spent.",
            (field(14)? + field(15)?) / TICKS_A_SECOND,
        ),
        (
            "process_start_time_seconds",
            "gauge",
            "When the process started, in Unix time.",
            booted + field(22)? / TICKS_A_SECOND,
        ),
        ("process_resident_memory_bytes", "gauge", "Memory in use.", resident_kib * 1024.0),
        ("process_virtual_memory_bytes", "gauge", "Address space in use.", field(23)?),
        ("process_threads", "gauge", "Threads.", field(20)?),
        ("process_open_fds", "gauge", "Open files and sockets.", u32::try_from(open).ok()?.into()),
        (
            "process_max_fds",
            "gauge",
            "Most files and sockets that may be open.",
            most_files().map_or(f64::INFINITY, f64::from),
        ),
    ])
}

/// The first number behind a line's name.
fn value(text: &str, name: &str) -> Option<f64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn the_kernel_says_what_a_process_of_this_kind_may_well_have() {
        let rows = rows().unwrap();
        let value = |name: &str| rows.iter().find(|row| row.0 == name).unwrap().3;
        assert!((1e6..1e12).contains(&value("process_resident_memory_bytes")), "{rows:?}");
        assert!(value("process_start_time_seconds") > 1.6e9, "{rows:?}");
        assert!((0.0..1e6).contains(&value("process_cpu_seconds_total")), "{rows:?}");
        assert!(value("process_open_fds") >= 3.0, "{rows:?}");
        assert!(value("process_max_fds") >= value("process_open_fds"), "{rows:?}");
    }
}
