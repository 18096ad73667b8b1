//! What does it do in truth when an order comes late, and does anybody wait outside before opening?

use crate::incidents;
use crate::truth::Ledger;

/// Late orders are faults that some customers tell of; nobody buys less, asks more or calls more for them.
pub fn tell(out: &mut Ledger) {
    out.add(
        "delivery.missed.complaint",
        incidents::tells_of_a_late_order(),
        "probability",
        "Change of the probability that the customer complains about an order when it comes later than promised.",
    );
    for (dose, how) in [
        ("waiting", "a day of waiting"),
        ("late", "a day later than promised"),
        ("missed", "coming later than promised"),
    ] {
        out.add(
            format!("delivery.{dose}.back"),
            0.0,
            "probability",
            format!("Effect of {how} on buying again within a year: none. Buyers have rates of their own."),
        );
        out.add(
            format!("delivery.{dose}.contacts"),
            0.0,
            "contacts per order",
            format!("Effect of {how} on contacts that the customer begins: none."),
        );
        out.add(
            format!("delivery.{dose}.minutes"),
            0.0,
            "minutes per order",
            format!("Effect of {how} on minutes of such contacts: none."),
        );
    }
    out.add(
        "opening_hours.first_hour.peak",
        1.0,
        "ratio",
        "Contacts of the first open hour over those of the hours that follow: they come evenly over the day.",
    );
}
