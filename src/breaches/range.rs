//! What a service answers: the rest of each digest, a colon, and how often its password was seen.

use super::digest::KEPT;

/// An answer that is no list of digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoList;

/// Whether a list holds a digest. What was seen no time at all is padding, which makes all answers
/// about as long, and says nothing.
///
/// # Errors
/// [`NoList`] for the first line that is none of a list, wherever the digest stands: half an answer is
/// no answer.
pub(super) fn holds(answer: &str, kept: &str) -> Result<bool, NoList> {
    let mut held = false;
    for line in answer.lines() {
        let (digits, seen) = line.split_once(':').ok_or(NoList)?;
        let seen: u64 = seen.trim().parse().map_err(|_| NoList)?;
        if digits.len() != KEPT || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(NoList);
        }
        held |= seen > 0 && digits.eq_ignore_ascii_case(kept);
    }
    Ok(held)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &str = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";
    const OTHER: &str = "00D4F6E8FA6EECAD2A3AA415EEC418D38EC";

    #[test]
    fn a_list_holds_what_was_seen_and_not_what_pads_it() {
        for answer in [
            format!("{OTHER}:2\r\n{KNOWN}:3861493"),
            format!("{KNOWN}:1\n{OTHER}:0\n"),
            format!("{}:1\r\n", KNOWN.to_lowercase()),
            format!("{KNOWN}:0\r\n{KNOWN}:1"),
        ] {
            assert_eq!(holds(&answer, KNOWN), Ok(true), "{answer}");
        }
        for answer in [String::new(), format!("{OTHER}:9"), format!("{OTHER}:9\r\n{KNOWN}:0\r\n")] {
            assert_eq!(holds(&answer, KNOWN), Ok(false), "{answer}");
        }
    }

    #[test]
    fn what_is_no_list_tells_nothing_even_where_the_digest_is_in_it() {
        for answer in [
            "<html>Please log in to the network</html>".to_owned(),
            KNOWN.to_owned(),
            format!("{KNOWN}:"),
            format!("{KNOWN}:-1"),
            format!("{KNOWN}:many"),
            format!("5BAA6{KNOWN}:1"),
            format!("{}:1", &KNOWN[1..]),
            format!("{}Ü:1", &KNOWN[2..]),
            format!("{KNOWN}:7\n\n{OTHER}:1"),
            format!("{KNOWN}:7\r\n{OTHER}"),
        ] {
            assert_eq!(holds(&answer, KNOWN), Err(NoList), "{answer}");
        }
    }
}
