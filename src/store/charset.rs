//! Which texts a column's character set has room for, under the names that servers give them.

/// Windows-1252 beyond Latin-1, which MySQL's `latin1` really is.
const WINDOWS_1252: &str = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";

/// Whether a text can be stored. Of sets not known here it is taken that it can.
pub(super) fn can_hold(charset: &str, text: &str) -> bool {
    text.chars().all(|c| match charset {
        "ascii" => c.is_ascii(),
        "latin1" | "win1252" => c <= '\u{ff}' || WINDOWS_1252.contains(c),
        "utf8mb3" | "ucs2" => c <= '\u{ffff}',
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_set_holds_its_own() {
        for (charset, text, held) in [
            ("ascii", "ada", true),
            ("ascii", "jürgen", false),
            ("latin1", "jürgen €", true),
            ("latin1", "иван", false),
            ("utf8mb3", "иван", true),
            ("utf8mb3", "\u{1d41a}da", false),
            ("utf8mb4", "\u{1d41a}da", true),
            ("utf8", "\u{1d41a}da", true),
            ("koi8r", "иван", true),
        ] {
            assert_eq!(can_hold(charset, text), held, "{charset} {text}");
        }
    }
}
