//! Letters as people count and see them: graphemes, and what nobody can see.

use unicode_segmentation::UnicodeSegmentation;

const JOINER: char = '\u{200D}';
const EMOJI_STYLE: char = '\u{FE0F}';

/// Counted as Ecto counts, but no further than one past `most`.
pub fn count(text: &str, most: usize) -> usize {
    text.graphemes(true).take(most + 1).count()
}

/// Whether the text holds a character that cannot be seen, so that it looks like another text. Within an emoji
/// two are what it is made of: the joiner of its parts, and the mark that has a sign shown as a picture.
pub fn any_invisible(text: &str) -> bool {
    text.graphemes(true).any(|grapheme| {
        let mut before = None;
        let mut rest = grapheme.chars().peekable();
        while let Some(char) = rest.next() {
            let joins = char == JOINER && rest.peek().copied().is_some_and(is_picture);
            let styles = char == EMOJI_STYLE && before.is_some_and(is_picture);
            if is_invisible(char) && !joins && !styles {
                return true;
            }
            before = Some(char);
        }
        false
    })
}

/// Unicode's Extended_Pictographic, by the rule that only such are joined to a picture that follows.
fn is_picture(char: char) -> bool {
    let joined = [char, JOINER, '\u{1F600}'];
    String::from_iter(joined).graphemes(true).count() == 1
}

/// Controls, Unicode's Default_Ignorable_Code_Point, separators of lines and paragraphs, marks of interlinear
/// and hieroglyphic layout, and the empty pattern of Braille.
fn is_invisible(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{13430}'..='\u{1343F}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_what_a_person_sees_as_one() {
        assert_eq!(count("E\u{301}A\u{308}\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", 50), 3);
        assert_eq!(count(&"x".repeat(1 << 20), 50), 51);
    }

    #[test]
    fn what_cannot_be_seen_is_found() {
        for char in [
            '\u{7}',
            '\t',
            '\n',
            '\u{85}',
            '\u{AD}',
            '\u{34F}',
            '\u{61C}',
            '\u{180E}',
            '\u{200B}',
            '\u{200C}',
            '\u{200D}',
            '\u{200E}',
            '\u{2028}',
            '\u{202E}',
            '\u{2060}',
            '\u{2066}',
            '\u{2800}',
            '\u{3164}',
            '\u{FE00}',
            '\u{FE0F}',
            '\u{FEFF}',
            '\u{E0041}',
            '\u{E0101}',
        ] {
            assert!(any_invisible(&format!("AB{char}C")), "{char:?}");
        }
        for text in ["ABC", "A B", "FÜR\u{a0}ÄLTERE", "E\u{301}", "क्ष", "۱۲۳", "\u{1F389}", "🇩🇪"]
        {
            assert!(!any_invisible(text), "{text:?}");
        }
    }

    #[test]
    fn an_emoji_keeps_its_joiners_and_its_style() {
        assert!(!any_invisible("\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}"));
        assert!(!any_invisible("\u{2764}\u{FE0F}"));
        assert!(!any_invisible("\u{2764}\u{FE0F}\u{200D}\u{1F525}"));
        // A letter has neither, and of an emoji none is left hanging.
        assert!(any_invisible("\u{1F468}\u{200D}"));
        assert!(any_invisible("\u{1F468}\u{200D}A"));
        assert!(any_invisible("A\u{200D}\u{1F468}"));
        assert!(any_invisible("A\u{FE0F}"));
        assert!(any_invisible("\u{2764}\u{FE0F}\u{FE0F}"));
    }
}
