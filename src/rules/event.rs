//! What events tell.

/// A type of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventType {
    CodeCreated,
    CodeDeactivated,
    CodeUsed,
    ConversionConverted,
    ConversionApproved,
    ConversionRejected,
    ConversionReversed,
    RewardGranted,
    RewardReversed,
    PayoutCreated,
    PayoutPaid,
    PayoutFailed,
}

impl EventType {
    /// The word that SQL shows.
    pub fn name(self) -> &'static str {
        match self {
            EventType::CodeCreated => "code.created",
            EventType::CodeDeactivated => "code.deactivated",
            EventType::CodeUsed => "code.used",
            EventType::ConversionConverted => "conversion.converted",
            EventType::ConversionApproved => "conversion.approved",
            EventType::ConversionRejected => "conversion.rejected",
            EventType::ConversionReversed => "conversion.reversed",
            EventType::RewardGranted => "reward.granted",
            EventType::RewardReversed => "reward.reversed",
            EventType::PayoutCreated => "payout.created",
            EventType::PayoutPaid => "payout.paid",
            EventType::PayoutFailed => "payout.failed",
        }
    }
}
