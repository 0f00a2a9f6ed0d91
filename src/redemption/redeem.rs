//! Redemption: by the counter of a code or by one of its stripes.

use pgrx::datum::Uuid;

use crate::codes::{read, stripes};
use crate::pg::error::Result;
use crate::pg::session::{Session, View};
use crate::redemption::claim::{Outcome, claim_locked};
use crate::redemption::striped;
use crate::settings::Switches;

/// Redeems a code, or says why not. On the good path two statements: the claim and the usage row.
pub fn redeem(session: &Session, text: &str, user: Uuid) -> Result<Outcome> {
    let lookup = read::lookup(text);
    let switches = Switches::read(session, View::Now);
    if let Some(lookup) = lookup.as_ref().filter(|_| switches.enabled) {
        let text = &lookup.normal;
        let redeemed = match stripes::of_text(session, text) {
            Some(striped) => striped::redeem(session, striped, text, user)?,
            None => striped::redeem_or_spread(session, text, user, switches.auto_stripes)?,
        };
        if let Some(redeemed) = redeemed {
            return Ok(Ok(redeemed));
        }
    }
    let find = || read::by_text(session, lookup.as_ref()?, View::Now);
    claim_locked(session, find, user, |claim| claim.record(session, user))
}
