//! What whoever writes is held to: every rule, the limits alone, or the limits of long ago.

use super::time::Timestamp;

/// A row that says it is older than this is history: nobody who redeems a code now writes it.
const HISTORY_SECONDS: i64 = 60 * 60;

/// By what a row is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judge {
    /// Every rule: whoever calls a function, and a host's own writers where `referral_guards_judge_all` says so.
    Everything,
    /// The limits: a host's own writers, who know of no other rule.
    Limits,
    /// The limits as they were at that moment: what a host's own writers bring from elsewhere. What is switched
    /// off or paused now says nothing of then.
    History(Timestamp),
}

impl Judge {
    /// Of a host's own writer.
    pub fn of_writer(judges_all: bool) -> Self {
        if judges_all { Judge::Everything } else { Judge::Limits }
    }

    /// Of a row that a host's own writer inserts and that says it is of `moment`; None where it is of now.
    pub fn of_history(moment: Timestamp, now: Timestamp) -> Option<Self> {
        (moment < now.after_seconds(-HISTORY_SECONDS)).then_some(Judge::History(moment))
    }

    pub fn knows_every_rule(self) -> bool {
        self == Judge::Everything
    }

    pub fn is_history(self) -> bool {
        matches!(self, Judge::History(_))
    }

    /// The moment as of which things are judged.
    pub fn moment(self, now: Timestamp) -> Timestamp {
        match self {
            Judge::Everything | Judge::Limits => now,
            Judge::History(then) => then,
        }
    }
}

/// Where a use is counted before it is written down, so that no cap is asked for it once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counted {
    Nowhere,
    /// The writer's own UPDATE has raised the code's counter in the same transaction.
    InCode,
    /// The code's counter says more than there are usage rows, and its program has counted as much.
    InCodeAndProgram,
}

impl Counted {
    pub fn in_code(self) -> bool {
        self >= Counted::InCode
    }

    pub fn in_program(self) -> bool {
        self >= Counted::InCodeAndProgram
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_is_older_than_an_hour() {
        let now = Timestamp(0).after_seconds(10_000);
        let hour = now.after_seconds(-3_600);
        let before = Timestamp(hour.0 - 1);
        assert_eq!(Judge::of_history(hour, now), None);
        assert_eq!(Judge::of_history(before, now), Some(Judge::History(before)));
        assert_eq!(Judge::of_history(Timestamp(i64::MAX), now), None);
        let ever = Timestamp(i64::MIN);
        assert_eq!(Judge::of_history(ever, now), Some(Judge::History(ever)));
    }
}
