//! What is true, told by one who sees every latent state and every true probability?

mod delivering;
mod doing;
mod leaving;
mod saying;

use crate::company::Company;
use crate::tally::{M, Tally};
use crate::truth::{Known, Ledger};

/// All truths, by area.
pub fn tell(company: &Company, tally: &Tally) -> Vec<Known> {
    let mut ledger = Ledger::default();
    equity(company, tally, &mut ledger);
    retention(tally, &mut ledger);
    unmoved(tally, &mut ledger);
    leaving::hazards(tally, &mut ledger);
    saying::link(tally, &mut ledger);
    saying::drivers(tally, &mut ledger);
    doing::effects(tally, &mut ledger);
    doing::service(tally, &mut ledger);
    doing::faults(tally, &mut ledger);
    doing::deals(tally, &mut ledger);
    delivering::tell(&mut ledger);
    saying::people(company, tally, &mut ledger);
    doing::winning(&mut ledger);
    leaving::parameters(company, &mut ledger);
    ledger.0
}

fn equity(company: &Company, tally: &Tally, out: &mut Ledger) {
    let config = &company.config;
    let (free, contract) = (
        tally.mean(M::EquityFree).sum,
        tally.mean(M::EquityContract).sum,
    );
    let how = format!(
        "Expected contribution (net of discounts and returns, minus goods and freight) over the {} months after {}, \
         discounted by {:.2} per year continuously (factor {:.2}^-t), given each customer's true state at that day",
        config.horizon_months,
        config.as_of,
        config.discount_rate,
        1.0 + config.discount_rate,
    );
    out.add(
        "equity.total",
        free + contract,
        "SEK",
        format!("{how}; sum over all customers."),
    );
    out.add("equity.free", free, "SEK", format!(
        "{how}; free buyers: alive or not, own purchase rate, own dropout rate, own mean margin per order."
    ));
    out.add("equity.contract", contract, "SEK", format!(
        "{how}; contracts in force: monthly amount minus monthly cost along the true leaving probabilities of the \
         coming renewals, attitude and circumstances held as they are, season and first renewal following the calendar."
    ));
    out.add("equity.cost_to_serve", tally.mean(M::ServiceAhead).sum, "SEK",
        "Expected cost to serve of the same customers over the same months, discounted alike; not part of equity.total.");
    out.add("customers.negative_after_cost_to_serve", tally.mean(M::Negative).sum, "customers",
        "Customers with a positive expected contribution ahead that is smaller than their expected cost to serve.");
    out.add("customers.alive_free", tally.mean(M::Alive).sum, "customers",
        "Free buyers who have not dropped out at the end of the data (hidden: dropping out leaves no trace).");
    out.add(
        "customers.contracts_in_force",
        tally.mean(M::InForce).sum,
        "customers",
        "Customers whose contract is in force at the end of the data.",
    );
    let total = free + contract;
    let share = |which| tally.mean(which).sum / total;
    out.add("loyalty.share", share(M::LoyalValue), "share of equity.total",
        "Customers who return (contract renewed at least once and in force, or alive with two orders in the last \
         year), have an attitude above the middle and are not locked in.");
    out.add(
        "loyalty.locked_share",
        share(M::LockedValue),
        "share of equity.total",
        "Customers who return and are locked in by high switching cost.",
    );
    out.add(
        "loyalty.habit_share",
        share(M::HabitValue),
        "share of equity.total",
        "Customers who return with an attitude below the middle and are not locked in: habit.",
    );
}

fn retention(tally: &Tally, out: &mut Ledger) {
    let who = "Customers active twelve months before the end of the data: a contract in force that day, or an order \
               in the twelve months up to it. Still active: contract in force at the end, or an order in the twelve \
               months between";
    out.add(
        "retention.12m",
        tally.mean(M::RetainedRealised).value(),
        "share",
        format!("{who}; what happened."),
    );
    out.add("retention.12m.expected", tally.mean(M::RetainedExpected).value(), "share",
        format!("{who}; mean true probability given the latent state that day and the circumstances at the renewal."));
    out.add(
        "retention.12m.base",
        tally.mean(M::RetainedExpected).n,
        "customers",
        "How many were active that day.",
    );
}

fn unmoved(tally: &Tally, out: &mut Ledger) {
    out.add(
        "retention.12m.top_box",
        tally.mean(M::TopBox).value(),
        "probability",
        "Mean true probability of still being a customer twelve months later, of those who would have answered 9 or 10.",
    );
    out.add(
        "survey.effect_of_asking",
        0.0,
        "probability",
        "Effect of being asked on staying: none; the never-asked group differs by chance only.",
    );
}
