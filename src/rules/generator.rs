//! Random codes: letters drawn without bias from an alphabet by a cryptographic generator.

use std::collections::HashSet;
use std::fmt;

use rand::CryptoRng;
use rand::distr::{Distribution, Uniform};

use super::fields::CODE_LETTERS;
use super::letters::any_invisible;

/// PhoenixKit's alphabet: capital letters and digits without 0, O, 1 and I, which read alike.
pub const DEFAULT_ALPHABET: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// How many times a generated code is drawn anew where it is taken, unless the caller says otherwise.
pub const DEFAULT_ATTEMPTS: u32 = 10;

/// The recipe for one random code.
#[derive(Debug)]
pub struct Generator {
    prefix: String,
    letters: Vec<char>,
    length: usize,
    index: Uniform<usize>,
}

/// Why a recipe is refused; the message names the argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecipeError {
    Length,
    Alphabet,
    Prefix,
    TooLong,
    /// Shorter than a code may be.
    TooShort,
    /// The keyspace is too small for so many codes.
    TooMany {
        keyspace: u64,
    },
}

impl RecipeError {
    /// The argument that is out of range.
    pub fn argument(self) -> &'static str {
        match self {
            RecipeError::Length | RecipeError::TooLong | RecipeError::TooShort => "length",
            RecipeError::Alphabet => "alphabet",
            RecipeError::Prefix => "prefix",
            RecipeError::TooMany { .. } => "count",
        }
    }
}

impl fmt::Display for RecipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let longest = CODE_LETTERS.end();
        match self {
            RecipeError::Length => write!(f, "must be from 1 to {longest}"),
            RecipeError::Alphabet => f.write_str(
                "must be 2 to 256 different characters, none of them a space or an invisible one",
            ),
            RecipeError::Prefix => f.write_str("must hold no control or invisible characters"),
            RecipeError::TooLong => {
                write!(f, "and prefix together must be at most {longest} characters")
            }
            RecipeError::TooShort => {
                let shortest = CODE_LETTERS.start();
                write!(f, "and prefix together must be at least {shortest} characters")
            }
            RecipeError::TooMany { keyspace } => {
                write!(
                    f,
                    "is more than half of the {keyspace} codes of that length: ask for longer ones"
                )
            }
        }
    }
}

impl Generator {
    /// A code of `length` letters of `alphabet`, behind `prefix`.
    pub fn new(length: i32, alphabet: &str, prefix: &str) -> Result<Self, RecipeError> {
        let longest = *CODE_LETTERS.end();
        let length = usize::try_from(length).map_err(|_| RecipeError::Length)?;
        if !(1..=longest).contains(&length) {
            return Err(RecipeError::Length);
        }
        // 257 letters are enough to know that there are too many.
        let letters: Vec<char> = alphabet.chars().take(257).collect();
        let different: HashSet<char> = letters.iter().copied().collect();
        let unusable = |c: &char| c.is_whitespace() || any_invisible(c.encode_utf8(&mut [0; 4]));
        if !(2..=256).contains(&letters.len())
            || different.len() != letters.len()
            || letters.iter().any(unusable)
        {
            return Err(RecipeError::Alphabet);
        }
        let prefix_chars = prefix.chars().take(longest).count();
        if any_invisible(prefix) {
            return Err(RecipeError::Prefix);
        }
        if prefix_chars + length > longest {
            return Err(RecipeError::TooLong);
        }
        let index = Uniform::new(0, letters.len()).map_err(|_| RecipeError::Alphabet)?;
        Ok(Generator { prefix: prefix.to_owned(), letters, length, index })
    }

    /// The recipe PhoenixKit uses: five letters of its alphabet.
    pub fn standard() -> Self {
        let letters: Vec<char> = DEFAULT_ALPHABET.chars().collect();
        // A constant, non-empty range: `Uniform::new` refuses only empty ones.
        let index = Uniform::new(0, letters.len()).expect("the alphabet is not empty");
        Generator { prefix: String::new(), letters, length: 5, index }
    }

    /// Refuses to make codes shorter than a code may be, and more than half of all there are: drawing the
    /// last of them would take for ever, and whoever guesses would hit one every second time.
    pub fn must_hold(&self, count: usize) -> Result<(), RecipeError> {
        if self.prefix.chars().count() + self.length < *CODE_LETTERS.start() {
            return Err(RecipeError::TooShort);
        }
        let letters = self.letters.len() as u64;
        let length = u32::try_from(self.length).unwrap_or(u32::MAX);
        let keyspace = letters.saturating_pow(length);
        if (count as u64).saturating_mul(2) > keyspace {
            return Err(RecipeError::TooMany { keyspace });
        }
        Ok(())
    }

    /// One code. `Uniform` draws anew rather than fold the last partial range, so no letter is likelier.
    pub fn draw(&self, rng: &mut impl CryptoRng) -> String {
        let letters = self.index.sample_iter(rng).take(self.length).map(|i| self.letters[i]);
        self.prefix.chars().chain(letters).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_standard_recipe_is_phoenix_kits() {
        let code = Generator::standard().draw(&mut rand::rng());
        assert_eq!(code.chars().count(), 5);
        assert!(code.chars().all(|c| DEFAULT_ALPHABET.contains(c)));
        assert!(!DEFAULT_ALPHABET.contains(['0', 'O', '1', 'I']));
    }

    #[test]
    fn recipes_out_of_range_name_their_argument() {
        fn refused(length: i32, alphabet: &str, prefix: &str) -> RecipeError {
            Generator::new(length, alphabet, prefix).unwrap_err()
        }
        assert_eq!(refused(0, "AB", ""), RecipeError::Length);
        assert_eq!(refused(-1, "AB", ""), RecipeError::Length);
        assert_eq!(refused(51, "AB", ""), RecipeError::Length);
        assert_eq!(refused(5, "A", ""), RecipeError::Alphabet);
        assert_eq!(refused(5, "ABA", ""), RecipeError::Alphabet);
        assert_eq!(refused(5, "A B", ""), RecipeError::Alphabet);
        assert_eq!(refused(5, "AB", "\u{7}"), RecipeError::Prefix);
        assert_eq!(refused(5, "AB", &"P".repeat(46)), RecipeError::TooLong);
        assert_eq!(refused(5, "AB", &"P".repeat(1 << 20)), RecipeError::TooLong);
        let many: String = (0..257).map(|i| char::from_u32(0x4e00 + i).unwrap()).collect();
        assert_eq!(refused(5, &many, ""), RecipeError::Alphabet);
    }

    #[test]
    fn at_most_half_of_the_keyspace_is_given_out() {
        let two = Generator::new(1, "AB", "X").unwrap();
        assert_eq!(two.must_hold(1), Err(RecipeError::TooShort));
        let generator = Generator::new(3, "AB", "").unwrap();
        assert_eq!(generator.must_hold(4), Ok(()));
        assert_eq!(generator.must_hold(5), Err(RecipeError::TooMany { keyspace: 8 }));
        let longest = Generator::new(50, DEFAULT_ALPHABET, "").unwrap();
        assert_eq!(longest.must_hold(i32::MAX as usize), Ok(()));
    }

    #[test]
    fn every_letter_is_as_likely_as_any_other() {
        // 31 letters do not divide 256: a byte folded by modulo would favour the first eight by 12 %.
        let alphabet = &DEFAULT_ALPHABET[1..];
        let generator = Generator::new(50, alphabet, "").unwrap();
        let mut rng = rand::rng();
        let mut counts = std::collections::HashMap::new();
        let draws = 40_000;
        for _ in 0..draws {
            generator.draw(&mut rng).chars().for_each(|c| *counts.entry(c).or_insert(0u32) += 1);
        }
        let expected = f64::from(draws * 50) / 31.0;
        let chi_squared: f64 =
            alphabet.chars().map(|c| (f64::from(counts[&c]) - expected).powi(2) / expected).sum();
        // 30 degrees of freedom: above 90 once in ten million runs; a modulo bias gives thousands.
        assert!(chi_squared < 90.0, "chi squared {chi_squared}");
    }

    proptest! {
        #[test]
        fn a_code_is_the_prefix_and_so_many_letters(
            length in 1..=30i32, letters in prop::collection::hash_set("[A-Za-z0-9äß€😀]", 2..20), prefix in "[A-Z-]{0,20}",
        ) {
            let alphabet: String = letters.into_iter().collect();
            let code = Generator::new(length, &alphabet, &prefix).unwrap().draw(&mut rand::rng());
            let drawn = code.strip_prefix(&prefix).unwrap();
            prop_assert_eq!(drawn.chars().count(), length as usize);
            prop_assert!(drawn.chars().all(|c| alphabet.contains(c)));
        }
    }
}
