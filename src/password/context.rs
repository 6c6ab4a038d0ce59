//! What anybody would try first for one account: its address, its names, and what the application is
//! called.

/// Fewest characters of a part that is worth looking for. In scripts that write a word in one or two,
/// these are enough.
const LEAST: usize = 3;
/// Most characters that are looked at of a text, and most words that come of all of them: columns are
/// as long as their owners made them.
const LONGEST: usize = 100;
const MOST: usize = 40;

/// Words that a password must not be made of. They are in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    words: Vec<String>,
}

impl Context {
    /// Takes texts whole and in their parts: of an address, what stands before the `@`, and the names
    /// in the domain but the last.
    #[must_use]
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut words = vec![];
        for text in texts {
            let text: String = text.trim().chars().take(LONGEST).collect();
            let (name, domain) = text.rsplit_once('@').unwrap_or((&text, ""));
            let domain = domain.rsplit_once('.').map_or(domain, |(names, _)| names);
            let parts = [name, domain].into_iter().flat_map(|side| {
                std::iter::once(side).chain(side.split(|c: char| !c.is_alphanumeric()))
            });
            for word in std::iter::once(text.as_str()).chain(parts) {
                let word = word.to_lowercase();
                if is_worth(&word) && words.len() < MOST && !words.contains(&word) {
                    words.push(word);
                }
            }
        }
        Self { words }
    }

    /// The words, most telling first.
    #[must_use]
    pub fn words(&self) -> Vec<&str> {
        self.words.iter().map(String::as_str).collect()
    }

    /// Whether this is one of the words, but for case and for what stands between letters and digits.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        let typed = bare(text);
        !typed.is_empty() && self.words.iter().any(|word| bare(word) == typed)
    }
}

fn is_worth(word: &str) -> bool {
    let length = word.chars().count();
    length >= LEAST || length == LEAST - 1 && !word.is_ascii()
}

fn bare(text: &str) -> String {
    text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_taken_whole_and_in_their_parts() {
        let context = Context::of(["Ada.Lovelace@mail.example.co.uk", "Ada King", "李明", "x"]);
        let words = [
            "ada.lovelace@mail.example.co.uk",
            "ada.lovelace",
            "ada",
            "lovelace",
            "mail.example.co",
            "mail",
            "example",
            "ada king",
            "king",
            "李明",
        ];
        assert_eq!(context.words(), words);
        assert_eq!(Context::of(["", " ", "@", "a@b.c"]).words(), ["a@b.c"]);
    }

    #[test]
    fn a_word_is_known_however_it_is_written() {
        let context = Context::of(["ada.lovelace@example.com", "Ada King"]);
        for text in ["ADA.LOVELACE@EXAMPLE.COM", "adalovelace", "Ada-Lovelace!", "adaking"] {
            assert!(context.is(text), "{text}");
        }
        for text in ["ada.lovelace1", "ada countess", "", "...."] {
            assert!(!context.is(text), "{text}");
        }
    }

    #[test]
    fn what_columns_hold_is_looked_at_up_to_a_bound() {
        let long = "word ".repeat(1_000_000);
        let many: Vec<_> = (0..1000).map(|n| format!("word{n}")).collect();
        let context = Context::of(std::iter::once(&long).chain(&many).map(String::as_str));
        assert_eq!(context.words().len(), MOST);
        assert!(context.words().iter().all(|word| word.chars().count() <= LONGEST));
    }
}
