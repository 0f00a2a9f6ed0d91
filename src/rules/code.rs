//! The text of a code: how what a person typed becomes the one form that is stored and looked up.

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

/// Trims and upper-cases, as `String.trim` and `String.upcase` do in PhoenixKit.
pub fn normalize(text: &str) -> String {
    text.trim().to_uppercase()
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
