//! The text of a code: how what a person typed becomes the one form that is stored and looked up.

use std::collections::{BTreeSet, HashMap};

/// The most characters `phoenix_kit_referral_codes.code` can hold; nothing longer can name a code.
pub const COLUMN_CHARS: usize = 255;

/// What a person typed, ready for looking up a code.
#[derive(Debug, PartialEq, Eq)]
pub struct Lookup<'a> {
    /// The form in which new codes are stored: trimmed and upper-cased.
    pub normal: String,
    /// Trimmed only: rows older than normalisation are compared by the database's own `upper()`,
    /// whose rules for case (Turkish, German) may differ from Unicode's.
    pub typed: &'a str,
}

impl<'a> Lookup<'a> {
    /// None where the text is empty or longer than any stored code, so that no query is worth its while.
    pub fn new(text: &'a str) -> Option<Self> {
        let typed = text.trim();
        // Counting stops just past the limit: a megabyte of text costs no more than a long code.
        let chars = typed.chars().take(COLUMN_CHARS + 1).count();
        (1..=COLUMN_CHARS).contains(&chars).then(|| Lookup { normal: normalize(typed), typed })
    }
}

impl Lookup<'_> {
    /// For a database that cannot hold every text: where it has no way to store the normal form, what was typed
    /// stands for it, as no row can hold anything else.
    pub fn within(self, can_hold: impl Fn(&str) -> bool) -> Self {
        if can_hold(&self.normal) { self } else { Lookup { normal: self.typed.to_owned(), ..self } }
    }
}

/// Trims and upper-cases, as `String.trim` and `String.upcase` do in PhoenixKit.
pub fn normalize(text: &str) -> String {
    text.trim().to_uppercase()
}

/// The most spellings of one code that are told.
const MOST_SPELLINGS: usize = 1_000;

/// The letters and ligatures that a database's own `upper()` gives another capital form than Unicode's default mapping, by
/// which codes are stored: `i` where it is Turkish, `é` where it knows ASCII alone, `ß` nearly everywhere.
pub struct OddLetters {
    /// By the first letter of their capital form: that form, and what the database makes of them.
    by_capital: HashMap<char, Vec<(String, String)>>,
}

impl OddLetters {
    /// `upper` is the database's; None for a letter that it cannot store.
    pub fn of(upper: impl Fn(char) -> Option<String>) -> Self {
        let mut by_capital: HashMap<char, Vec<(String, String)>> = HashMap::new();
        // Beyond these planes nothing has a case.
        for letter in '\0'..='\u{1ffff}' {
            let capital: String = letter.to_uppercase().collect();
            let has_case = !capital.chars().eq([letter]) || !letter.to_lowercase().eq([letter]);
            if has_case
                && let Some(first) = capital.chars().next()
                && let Some(own) = upper(letter)
                && own != capital
            {
                by_capital.entry(first).or_default().push((capital, own));
            }
        }
        OddLetters { by_capital }
    }

    /// The odd letters whose capital form a text begins with.
    fn leading<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a (String, String)> {
        let odd = text.chars().next().and_then(|first| self.by_capital.get(&first));
        odd.into_iter().flatten().filter(move |(capital, _)| text.starts_with(capital.as_str()))
    }

    /// What the database's `upper()` makes of the texts that are `normal` in capitals by Unicode's default: `normal`, and
    /// nearly always nothing else, but `İNVİTE` too where it is Turkish.
    pub fn spellings(&self, normal: &str) -> BTreeSet<String> {
        if normal.char_indices().all(|(place, _)| self.leading(&normal[place..]).next().is_none()) {
            return BTreeSet::from([normal.to_owned()]);
        }
        // At each place, what may have led there.
        let mut reached = vec![BTreeSet::new(); normal.len() + 1];
        reached[0].insert(String::new());
        for (place, letter) in normal.char_indices() {
            let itself = (letter.len_utf8(), String::from(letter));
            let odd = self.leading(&normal[place..]).map(|(form, own)| (form.len(), own.clone()));
            let ways: BTreeSet<(usize, String)> = odd.chain([itself]).collect();
            let here = std::mem::take(&mut reached[place]);
            if ways.len() == 1 {
                reached[place + letter.len_utf8()].extend(here.into_iter().map(|mut spelling| {
                    spelling.push(letter);
                    spelling
                }));
                continue;
            }
            for spelling in here {
                for (length, way) in &ways {
                    let next = &mut reached[place + length];
                    if next.len() < MOST_SPELLINGS {
                        next.insert(format!("{spelling}{way}"));
                    }
                }
            }
        }
        let mut spellings = reached.pop().unwrap_or_default();
        spellings.insert(normal.to_owned());
        spellings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn unicode_is_upper_cased_as_elixir_does() {
        assert_eq!(normalize(" straße "), "STRASSE");
        assert_eq!(normalize("title"), "TITLE");
        assert_eq!(normalize("\u{a0}welcome\u{2003}"), "WELCOME");
    }

    #[test]
    fn nothing_to_look_up_is_none() {
        for text in ["", "   ", "\n\t", &"x".repeat(COLUMN_CHARS + 1), &"y".repeat(1 << 20)] {
            assert_eq!(Lookup::new(text), None);
        }
        assert!(Lookup::new(&"x".repeat(COLUMN_CHARS)).is_some());
    }

    fn spelled(normal: &str, upper: fn(char) -> String) -> Vec<String> {
        let odd = OddLetters::of(|letter| Some(upper(letter)));
        odd.spellings(normal).into_iter().collect()
    }

    #[test]
    fn an_upper_case_like_unicodes_knows_one_spelling() {
        for code in ["INVITE", "STRASSE", "CAFÉ", "ΣΊΣΥΦΟΣ", "FIFFI", &"SS".repeat(25)] {
            assert_eq!(spelled(code, |c| c.to_uppercase().collect()), [code]);
        }
    }

    #[test]
    fn other_upper_cases_know_others() {
        let turkish = |c: char| if c == 'i' { "İ".into() } else { c.to_uppercase().collect() };
        assert_eq!(spelled("INVITE", turkish), ["INVITE", "INVİTE", "İNVITE", "İNVİTE"]);
        let ascii = |c: char| c.to_ascii_uppercase().into();
        assert_eq!(spelled("CAFÉ", ascii), ["CAFÉ", "CAFé"]);
        assert!(spelled("STRASSE", ascii).contains(&"STRAßE".into()));
        assert!(spelled("STRASSE", ascii).contains(&"ﬆRASſE".into()));
        // However many there are.
        assert!(spelled(&"I".repeat(50), turkish).len() <= MOST_SPELLINGS + 1);
    }

    #[test]
    fn a_letter_that_cannot_be_stored_leads_nowhere() {
        let latin = |c: char| ((c as u32) < 256).then(|| c.to_ascii_uppercase().into());
        let spellings = OddLetters::of(latin).spellings("CAFÉS");
        assert_eq!(spellings, ["CAFÉS", "CAFéS"].map(String::from).into());
    }

    #[test]
    fn what_cannot_be_stored_is_looked_up_as_typed() {
        let lookup = Lookup::new(" abÿ ").unwrap().within(|text| !text.contains('Ÿ'));
        assert_eq!((lookup.normal.as_str(), lookup.typed), ("abÿ", "abÿ"));
    }

    proptest! {
        #[test]
        fn normalizing_twice_changes_nothing(text in ".*") {
            let once = normalize(&text);
            prop_assert_eq!(normalize(&once), once);
        }

        #[test]
        fn case_and_surrounding_space_never_matter(text in "[a-zA-Z0-9]{1,50}", before in "[ \t]{0,3}", after in "[ \n]{0,3}") {
            let shouted = format!("{before}{}{after}", text.to_uppercase());
            prop_assert_eq!(Lookup::new(&shouted).unwrap().normal, Lookup::new(&text).unwrap().normal);
        }
    }
}
