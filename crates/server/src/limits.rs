//! How often may somebody knock?

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use odla_app::Denied;
use std::num::NonZeroU32;

/// Knocks at the door per address and minute, and how many may come at once.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(30).expect("thirty is not zero");
const AT_ONCE: NonZeroU32 = NonZeroU32::new(20).expect("twenty is not zero");
/// Addresses remembered before those that have been quiet are forgotten.
const MOST_ADDRESSES: usize = 10_000;

/// Counts knocks by address, in memory; failed sign-ins are counted in the store besides.
pub struct Limits {
    knocks: DefaultKeyedRateLimiter<String>,
}

impl Limits {
    pub fn new() -> Self {
        Self {
            knocks: RateLimiter::keyed(Quota::per_minute(PER_MINUTE).allow_burst(AT_ONCE)),
        }
    }

    /// # Errors
    /// When the address has knocked too often.
    pub fn knock(&self, address: &str) -> Result<(), Denied> {
        if self.knocks.len() > MOST_ADDRESSES {
            self.knocks.retain_recent();
        }
        self.knocks
            .check_key(&address.to_owned())
            .map_err(|wait| Denied::Tries {
                seconds: wait.wait_time_from(DefaultClock::default().now()).as_secs() + 1,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_that_knocks_too_often_waits_and_another_does_not() {
        let limits = Limits::new();
        let refused = (0..40)
            .filter(|_| limits.knock("192.0.2.1").is_err())
            .count();
        assert_eq!(refused, 20);
        assert!(limits.knock("192.0.2.2").is_ok());
    }
}
