//! How easily a password is guessed, as the crate `zxcvbn` estimates it: by lists of common passwords,
//! names and words, by keyboards, dates and repetitions, and by the words of the context.

use zxcvbn::feedback::{Feedback, Suggestion, Warning};
use zxcvbn::matching::Match;
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Entropy, zxcvbn};

use super::{Context, Password};

/// Most characters that the crate looks at.
const MOST: usize = 100;

/// Signs that the crate reads as letters. It reads the password anew for every way of doing so, and
/// hundreds of ways, each as long as the square of its length, take a second.
const LIKE_LETTERS: [(char, &str); 12] = [
    ('a', "4@"),
    ('b', "8"),
    ('c', "([{<"),
    ('e', "3"),
    ('g', "69"),
    ('i', "1!|"),
    ('l', "1|7"),
    ('o', "0"),
    ('s', "$5"),
    ('t', "+7"),
    ('x', "%"),
    ('z', "2"),
];
/// Most of that work: characters squared, times the ways of reading. About 20 ms.
const MOST_WORK: usize = 200_000;

/// Why a password is easy to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// On the list of common passwords.
    Common,
    /// Like one that is on it.
    LikeCommon,
    /// Keys that lie side by side.
    Keyboard,
    /// The same over and over.
    Repetition,
    /// Characters in their order.
    Sequence,
    /// A date or a year.
    Date,
    /// One word.
    SingleWord,
    /// A name.
    Name,
    /// The account's address or name, or the application's.
    Personal,
    /// Too little of anything.
    Guessable,
    /// Capital letters that help little.
    Capitals,
    /// Words backwards.
    Reversed,
    /// Signs for letters.
    Substitutions,
}

/// A weakness, its name in the API, and its text.
type Row = (Weakness, &'static str, &'static str);

const TABLE: [Row; 13] = [
    (Weakness::Common, "common", "refusal-common"),
    (Weakness::LikeCommon, "like_common", "refusal-like-common"),
    (Weakness::Keyboard, "keyboard", "refusal-keyboard"),
    (Weakness::Repetition, "repetition", "refusal-repetition"),
    (Weakness::Sequence, "sequence", "refusal-sequence"),
    (Weakness::Date, "date", "refusal-date"),
    (Weakness::SingleWord, "single_word", "refusal-single-word"),
    (Weakness::Name, "name", "refusal-name"),
    (Weakness::Personal, "personal", "refusal-personal"),
    (Weakness::Guessable, "guessable", "refusal-guessable"),
    (Weakness::Capitals, "capitals", "refusal-capitals"),
    (Weakness::Reversed, "reversed", "refusal-reversed"),
    (Weakness::Substitutions, "substitutions", "refusal-substitutions"),
];

impl Weakness {
    /// Every name that the API answers.
    pub(super) fn reasons() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|(_, reason, _)| *reason)
    }

    /// The stable name that the API answers.
    pub(super) const fn reason(self) -> &'static str {
        TABLE[self as usize].1
    }

    /// The name of its text.
    pub(super) const fn text(self) -> &'static str {
        TABLE[self as usize].2
    }

    /// Why a password is weaker than `min_strength` on the scale from 0 to 4; empty where it is not.
    /// It takes milliseconds of computing.
    pub(super) fn of(password: &Password, context: &Context, min_strength: u8) -> Vec<Self> {
        let entropy = zxcvbn(looked_at(password.expose()), &context.words());
        if u8::from(entropy.score()) >= min_strength {
            return vec![];
        }
        let feedback = entropy.feedback();
        let warning = feedback.and_then(Feedback::warning);
        let first = warning.map_or_else(|| untold(&entropy, context), told);
        let hints = feedback.into_iter().flat_map(Feedback::suggestions);
        std::iter::once(first).chain(hints.copied().filter_map(hint)).collect()
    }
}

/// As much of a password as can be looked at in a short time. Whoever writes it with so many signs that
/// the rest is left out wrote enough before.
fn looked_at(text: &str) -> &str {
    let mut seen: Vec<char> = vec![];
    let mut ways = 1;
    for (number, (at, character)) in text.char_indices().enumerate() {
        if LIKE_LETTERS.iter().any(|(_, signs)| signs.contains(character))
            && !seen.contains(&character)
        {
            seen.push(character);
            ways = ways_to_read(&seen);
        }
        if number == MOST || (number + 1).pow(2) * ways > MOST_WORK {
            return &text[..at];
        }
    }
    text
}

/// In how many ways signs can be read, at most: each letter may be any of its signs, and a sign that may
/// be two letters is tried as either.
fn ways_to_read(seen: &[char]) -> usize {
    let letters_of = |sign: &char| LIKE_LETTERS.iter().filter(|(_, of)| of.contains(*sign)).count();
    let either = seen.iter().map(letters_of);
    let any = LIKE_LETTERS.iter().map(|(_, of)| seen.iter().filter(|s| of.contains(**s)).count());
    any.chain(either).map(|ways| ways.max(1)).product()
}

/// What it is where the crate says nothing: it does so of words of the context, too.
fn untold(entropy: &Entropy, context: &Context) -> Weakness {
    let longest = entropy.sequence().iter().max_by_key(|found| found.token.chars().count());
    let of_context = |found: &Match| match &found.pattern {
        MatchPattern::Dictionary(pattern) => {
            context.words().contains(&pattern.matched_word.as_str())
        }
        _ => false,
    };
    if longest.is_some_and(of_context) { Weakness::Personal } else { Weakness::Guessable }
}

const fn told(warning: Warning) -> Weakness {
    match warning {
        Warning::ThisIsATop10Password
        | Warning::ThisIsATop100Password
        | Warning::ThisIsACommonPassword => Weakness::Common,
        Warning::ThisIsSimilarToACommonlyUsedPassword => Weakness::LikeCommon,
        Warning::StraightRowsOfKeysAreEasyToGuess
        | Warning::ShortKeyboardPatternsAreEasyToGuess => Weakness::Keyboard,
        Warning::RepeatsLikeAaaAreEasyToGuess
        | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => Weakness::Repetition,
        Warning::SequencesLikeAbcAreEasyToGuess => Weakness::Sequence,
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => Weakness::Date,
        Warning::AWordByItselfIsEasyToGuess => Weakness::SingleWord,
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
        | Warning::CommonNamesAndSurnamesAreEasyToGuess => Weakness::Name,
    }
}

/// What a suggestion tells beyond the cure that the text of every weakness holds.
const fn hint(suggestion: Suggestion) -> Option<Weakness> {
    match suggestion {
        Suggestion::CapitalizationDoesntHelpVeryMuch
        | Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => Some(Weakness::Capitals),
        Suggestion::ReversedWordsArentMuchHarderToGuess => Some(Weakness::Reversed),
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => Some(Weakness::Substitutions),
        Suggestion::UseAFewWordsAvoidCommonPhrases
        | Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters
        | Suggestion::AddAnotherWordOrTwo
        | Suggestion::UseALongerKeyboardPatternWithMoreTurns
        | Suggestion::AvoidRepeatedWordsAndCharacters
        | Suggestion::AvoidSequences
        | Suggestion::AvoidRecentYears
        | Suggestion::AvoidYearsThatAreAssociatedWithYou
        | Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => None,
    }
}

#[cfg(test)]
mod tests;
