//! The settings, as PhoenixKit keeps them in `phoenix_kit_settings`: text values under fixed keys.

/// A setting that is 'true' or 'false'.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    pub key: &'static str,
    /// The value where the key is absent.
    pub default: bool,
}

/// A setting that is a positive number.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    pub key: &'static str,
    /// The value where the key is absent or its value is no positive integer.
    pub default: i32,
}

pub const ENABLED: Flag = Flag { key: "referral_codes_enabled", default: false };
pub const REQUIRED: Flag = Flag { key: "referral_codes_required", default: false };
pub const ALLOW_SELF_REFERRAL: Flag = Flag { key: "referral_allow_self_referral", default: false };
pub const GRANDFATHER_EXISTING: Flag = Flag { key: "referral_grandfather_existing", default: true };
/// Whether what happens is told in the outbox.
pub const EVENTS_ENABLED: Flag = Flag { key: "referral_events_enabled", default: false };
pub const MAX_USES_PER_CODE: Limit = Limit { key: "max_number_of_uses_per_code", default: 100 };
pub const MAX_CODES_PER_USER: Limit = Limit { key: "max_number_of_codes_per_user", default: 10 };
/// Checks of a code that one client may make in a minute.
pub const CHECK_LIMIT: Limit = Limit { key: "referral_check_limit", default: 20 };

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
    /// Only the word 'true' is true, as in PhoenixKit: a misspelt value switches nothing on.
    pub fn read(self, value: Option<&str>) -> bool {
        value.map_or(self.default, |value| value == "true")
    }
}

impl Limit {
    pub fn read(self, value: Option<&str>) -> i32 {
        value
            .and_then(|value| value.trim().parse().ok())
            .filter(|&limit| limit > 0)
            .unwrap_or(self.default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_or_unreadable_values_fall_back() {
        assert!(!ENABLED.read(None));
        assert!(ENABLED.read(Some("true")));
        assert!(!ENABLED.read(Some("TRUE")));
        assert_eq!(MAX_USES_PER_CODE.read(None), 100);
        assert_eq!(MAX_USES_PER_CODE.read(Some("250")), 250);
        for value in ["", "many", "0", "-3", "99999999999"] {
            assert_eq!(MAX_USES_PER_CODE.read(Some(value)), 100);
        }
    }
}
