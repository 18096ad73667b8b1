//! What is in the answers: how do they tie to what customers do, what moves them, and what do the staff add?

use crate::company::{Company, STORES};
use crate::employees;
use crate::surveys::{ATTRIBUTES, ENGAGEMENT_EFFECT};
use crate::tally::{M, Tally};
use crate::truth::Ledger;

/// Columns of the link's moments.
const SATISFACTION: usize = 0;
const RETAINED: usize = 1;
const WORTH: usize = 2;
const LINK_COLUMNS: [usize; 6] = [0, 3, 4, 5, 6, 7];

pub fn link(tally: &Tally, out: &mut Ledger) {
    let spread = tally.link.deviation(SATISFACTION);
    let how = "Coefficient of overall satisfaction (as every active customer would have answered in the relation wave a \
               year before the end, answering or not, per standard deviation of these answers) in the linear projection of \
               the true value of every customer active that day, on it and on: log(1 + orders in the twelve months before), \
               contribution of the twelve months before (orders and contract, SEK), tenure in years, company or person, \
               contract or not";
    let slope = |outcome| tally.link.slopes(outcome, &LINK_COLUMNS)[0] * spread;
    out.add(
        "link.say_do",
        slope(RETAINED),
        "probability per standard deviation",
        format!(
            "{how}. Value: the true probability of still being a customer twelve months later."
        ),
    );
    out.add("link.say_worth", slope(WORTH), "SEK per year and standard deviation",
        format!("{how}. Value: the true expected contribution over the twelve months after, not discounted."));
    let alone = |outcome| tally.link.slopes(outcome, &[SATISFACTION])[0] * spread;
    out.add(
        "link.say_do.unadjusted",
        alone(RETAINED),
        "probability per standard deviation",
        "The same without any of the other columns.",
    );
    out.add(
        "link.say_worth.unadjusted",
        alone(WORTH),
        "SEK per year and standard deviation",
        "The same without any of the other columns.",
    );
    out.add(
        "link.satisfaction_deviation",
        spread,
        "scale points",
        "Standard deviation of the would-be answers of all active customers.",
    );
    let mut between = crate::moments::Moments::new(3);
    for [n, satisfaction, retained, worth] in tally.stores.iter().filter(|store| store[0] > 0.0) {
        between.add_weighted(&[satisfaction / n, retained / n, worth / n], *n);
    }
    out.add("link.group", between.slopes(1, &[0])[0] * spread, "probability per standard deviation",
        "Slope between stores: store mean of the true probability on store mean of the would-be answers, weighted by \
         customers, per standard deviation of single customers; not adjusted.");
    out.add(
        "link.group_worth",
        between.slopes(2, &[0])[0] * spread,
        "SEK per year and standard deviation",
        "The same for the expected contribution.",
    );
    out.add(
        "survey.satisfaction_all",
        tally.mean(M::SatisfactionAll).value(),
        "scale points",
        "Mean would-be satisfaction of every customer active a year before the end.",
    );
    out.add("survey.satisfaction_answered", tally.mean(M::SatisfactionAnswered).value(), "scale points",
        "Mean satisfaction of those who answered: higher, because the contented and the busy answer more.");
    out.add(
        "survey.response_rate",
        tally.mean(M::Answered).value(),
        "share",
        "Share of those asked in the relation wave a year before the end who answered.",
    );
}

pub fn drivers(tally: &Tally, out: &mut Ledger) {
    let columns: Vec<usize> = (1..=ATTRIBUTES.len()).collect();
    let shares = tally.drivers.average_shares(0, &columns);
    let explained: f64 = shares.iter().sum();
    for (attribute, share) in ATTRIBUTES.iter().zip(&shares) {
        out.add(
            format!("drivers.{}.effect", attribute.key),
            attribute.effect,
            "points of satisfaction per point",
            "True change in overall satisfaction when this score alone is one point higher.",
        );
        out.add(format!("drivers.{}.importance", attribute.key), share / explained, "share of explained variance",
            "Share of the explained variance of overall satisfaction, averaged over all orders of entry (LMG), from the \
             covariance of the would-be answers of the customers active a year before the end, each with the probability of \
             being asked and answering; the shares sum to 1.");
    }
    out.add(
        "drivers.r2",
        explained,
        "share of variance",
        "Variance of overall satisfaction that the nine attributes explain, among those who answer: the contented answer \
         more, so that they differ less than all customers do.",
    );
}

pub fn people(company: &Company, tally: &Tally, out: &mut Ledger) {
    out.add("employees.link", ENGAGEMENT_EFFECT * employees::reliability(company), "points of satisfaction per point",
        "Satisfaction after a store visit per point of the store's measured mean engagement (engagement questions, 1..5) the \
         quarter before: the true effect times the reliability of a store's mean.");
    out.add(
        "employees.link_latent",
        ENGAGEMENT_EFFECT,
        "points of satisfaction per point",
        "The same per point of the store's true engagement.",
    );
    out.add(
        "employees.link_backward",
        0.0,
        "points per point",
        "Effect of satisfaction on later engagement: none.",
    );
    out.add(
        "proactivity.forward_share",
        tally.mean(M::Forward).value(),
        "share",
        "Contacts begun by us that carry the collaboration forward.",
    );
    let adopters = company.adopted.iter().flatten().count();
    out.add(
        "activity.AKT02.stores",
        adopters as f64,
        "stores",
        format!("Stores of {STORES} that took up the reviews."),
    );
}
