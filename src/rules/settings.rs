//! The settings, as PhoenixKit keeps them in `phoenix_kit_settings`: text values under fixed keys.

/// A setting that is 'true' or 'false'. Only these two words say so, as in PhoenixKit.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    pub key: &'static str,
    /// The value where the key is absent, or anything else is stored.
    pub default: bool,
}

/// A setting that is a number.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    pub key: &'static str,
    /// The least that it can be: 1, or 0 where that switches something off.
    pub least: i32,
    /// The value where the key is absent, or what is stored does not begin with so much.
    pub default: i32,
}

pub const ENABLED: Flag = Flag { key: "referral_codes_enabled", default: false };
pub const REQUIRED: Flag = Flag { key: "referral_codes_required", default: false };
pub const ALLOW_SELF_REFERRAL: Flag = Flag { key: "referral_allow_self_referral", default: false };
pub const GRANDFATHER_EXISTING: Flag = Flag { key: "referral_grandfather_existing", default: true };
/// Whether the guards hold a host's own writers to every rule that the functions know, and not to limits alone.
pub const GUARDS_JUDGE_ALL: Flag = Flag { key: "referral_guards_judge_all", default: false };
/// Whether the guards hold the limit of codes that one person may make. Setup writes 'true' where it makes the
/// table of settings; a host that was there before holds that limit in its form.
pub const GUARD_USER_LIMIT: Flag = Flag { key: "referral_guard_user_limit", default: false };
/// Whether what happens is told in the outbox.
pub const EVENTS_ENABLED: Flag = Flag { key: "referral_events_enabled", default: false };
/// Whether a transaction that has told something sends NOTIFY, which forbids PREPARE TRANSACTION.
pub const NOTIFY: Flag = Flag { key: "referral_notify", default: true };
pub const MAX_USES_PER_CODE: Limit =
    Limit { key: "max_number_of_uses_per_code", least: 1, default: 100 };
pub const MAX_CODES_PER_USER: Limit =
    Limit { key: "max_number_of_codes_per_user", least: 1, default: 10 };
/// Checks of a code that one client may make in a minute.
pub const CHECK_LIMIT: Limit = Limit { key: "referral_check_limit", least: 1, default: 20 };
/// Stripes that a code gets by itself for which people queue; 0: none.
pub const AUTO_STRIPES: Limit = Limit { key: "referral_auto_stripes", least: 0, default: 0 };

/// Every switch.
pub const FLAGS: [Flag; 8] = [
    ENABLED,
    REQUIRED,
    ALLOW_SELF_REFERRAL,
    GRANDFATHER_EXISTING,
    GUARDS_JUDGE_ALL,
    GUARD_USER_LIMIT,
    EVENTS_ENABLED,
    NOTIFY,
];
/// Every limit.
pub const LIMITS: [Limit; 4] = [MAX_USES_PER_CODE, MAX_CODES_PER_USER, CHECK_LIMIT, AUTO_STRIPES];

/// The limits that new codes are held to.
#[derive(Clone, Copy, Debug)]
pub struct SystemLimits {
    pub max_uses: i32,
    pub codes_per_user: i32,
}

impl SystemLimits {
    /// The uses of a new code for which none are asked: the system limit, at most 100.
    pub fn default_max_uses(self) -> i32 {
        self.max_uses.min(MAX_USES_PER_CODE.default)
    }
}

impl Flag {
    /// What the stored text says, if anything.
    pub fn parse(self, value: &str) -> Option<bool> {
        match value {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    pub fn read(self, value: Option<&str>) -> bool {
        value.and_then(|value| self.parse(value)).unwrap_or(self.default)
    }
}

impl Limit {
    /// What the stored text says, if anything: a sign, if any, and digits, as Elixir's `Integer.parse` reads
    /// them, whatever follows. More than the columns can count is as good as all that they can.
    pub fn parse(self, value: &str) -> Option<i32> {
        let unsigned = value.strip_prefix('+').unwrap_or(value);
        let digits = unsigned.find(|c: char| !c.is_ascii_digit()).unwrap_or(unsigned.len());
        if digits == 0 {
            return None;
        }
        let number = unsigned[..digits].bytes().try_fold(0i32, |number, digit| {
            number.checked_mul(10)?.checked_add(i32::from(digit - b'0'))
        });
        Some(number.unwrap_or(i32::MAX)).filter(|&limit| limit >= self.least)
    }

    /// Whether the whole text is the number that is read.
    pub fn is_plain(self, value: &str) -> bool {
        let number: Result<i32, _> = value.parse();
        self.parse(value).is_some_and(|read| number == Ok(read))
    }

    pub fn read(self, value: Option<&str>) -> i32 {
        value.and_then(|value| self.parse(value)).unwrap_or(self.default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_read_as_the_host_reads_them() {
        for (value, off_by_default, on_by_default) in [
            (None, false, true),
            (Some("true"), true, true),
            (Some("false"), false, false),
            (Some("TRUE"), false, true),
            (Some("True"), false, true),
            (Some(" true"), false, true),
            (Some("1"), false, true),
            (Some("0"), false, true),
            (Some("no"), false, true),
            (Some(""), false, true),
        ] {
            assert_eq!(ENABLED.read(value), off_by_default, "{value:?}");
            assert_eq!(GRANDFATHER_EXISTING.read(value), on_by_default, "{value:?}");
        }
    }

    #[test]
    fn limits_are_read_as_the_host_reads_them() {
        for (value, limit) in [
            ("250", 250),
            ("200 uses", 200),
            ("50.5", 50),
            ("+5", 5),
            ("007", 7),
            ("1_000", 1),
            ("1e3", 1),
            ("2147483647", i32::MAX),
            ("99999999999", i32::MAX),
            ("1.", 1),
            ("", 100),
            ("many", 100),
            ("0", 100),
            ("0.5", 100),
            ("-3", 100),
            ("--3", 100),
            ("+-3", 100),
            ("+", 100),
            (" 20", 100),
            (".5", 100),
            ("\u{661}\u{662}", 100),
        ] {
            assert_eq!(MAX_USES_PER_CODE.read(Some(value)), limit, "{value:?}");
        }
        for (value, is_plain) in [
            ("250", true),
            ("+5", true),
            ("007", true),
            ("2147483647", true),
            ("99999999999", false),
            ("200 uses", false),
            ("1_000", false),
            ("0", false),
            ("-3", false),
            ("", false),
        ] {
            assert_eq!(MAX_USES_PER_CODE.is_plain(value), is_plain, "{value:?}");
        }
        for (value, stripes) in [("64", 64), ("0", 0), ("-1", 0), ("", 0), ("many", 0)] {
            assert_eq!(AUTO_STRIPES.read(Some(value)), stripes, "{value:?}");
        }
        assert!(AUTO_STRIPES.is_plain("0"));
        assert_eq!(MAX_USES_PER_CODE.read(None), 100);
        assert_eq!(MAX_CODES_PER_USER.read(Some("none")), 10);
    }
}
