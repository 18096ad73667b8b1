//! How likely is leaving, for whom and when, and which equations made it so?

use crate::company::Company;
use crate::contracts::planted;
use crate::customer::population;
use crate::surveys::FEATURE_WORTH;
use crate::tally::{M, Tally};
use crate::truth::Ledger;

pub fn hazards(tally: &Tally, out: &mut Ledger) {
    let what = "Mean true probability of leaving over all renewals that fell due in the register";
    for (key, which, class) in CLASSES {
        let definition = format!("{what}; {class}.");
        out.add(
            format!("hazard.{key}"),
            tally.mean(which).value(),
            "probability",
            definition,
        );
    }
    for (month, mean) in tally.season.iter().enumerate() {
        out.add(
            format!("hazard.month.{:02}", month + 1),
            mean.value(),
            "probability",
            format!("{what}; renewals in this calendar month."),
        );
    }
    out.add(
        "hazard.first_renewal.realised",
        tally.mean(M::LeftFirst).value(),
        "share",
        "Share who left at first renewals.",
    );
    out.add(
        "hazard.later_renewal.realised",
        tally.mean(M::LeftLater).value(),
        "share",
        "Share who left at later renewals.",
    );
    out.add(
        "ends.unavoidable_share",
        tally.mean(M::Unavoidable).value(),
        "share of ended contracts",
        "Contracts that ended by merger or because the customer ceased.",
    );
    for (name, size) in COEFFICIENTS {
        out.add(format!("hazard.coefficient.{name}"), size, "cloglog",
            "Coefficient in the true complementary log-log equation of leaving at a renewal, all others (also the hidden \
             attitude) held fixed; leaving out the attitude pulls estimates slightly toward zero.");
    }
}

pub fn parameters(company: &Company, out: &mut Ledger) {
    use population::*;
    let year = 365.25;
    let list = [
        (
            "buying.r",
            RATE_SHAPE,
            "shape",
            "Shape of the gamma distribution of purchase rates.",
        ),
        (
            "buying.alpha_days",
            RATE_SHAPE / RATE_MEAN * year,
            "days",
            "Its rate parameter when time is counted in days.",
        ),
        (
            "buying.s",
            DROPOUT_SHAPE,
            "shape",
            "Shape of the gamma distribution of dropout rates.",
        ),
        (
            "buying.beta_days",
            DROPOUT_SHAPE / DROPOUT_MEAN * year,
            "days",
            "Its rate parameter when time is counted in days.",
        ),
        (
            "spend.p",
            SPEND_P,
            "shape",
            "Gamma-gamma shape of a customer's order amounts (net, undisturbed by campaigns).",
        ),
        (
            "spend.q",
            SPEND_Q,
            "shape",
            "Gamma-gamma shape between customers.",
        ),
        (
            "spend.gamma",
            SPEND_MEAN * (SPEND_Q - 1.0) / SPEND_P,
            "SEK",
            "Gamma-gamma scale.",
        ),
    ];
    for (key, value, unit, definition) in list {
        out.add(key, value, unit, definition);
    }
    out.add(
        "margin.share",
        crate::buying::margin_share(company),
        "share",
        "Expected contribution per SEK of net amount.",
    );
    let features = crate::company::FEATURES;
    for ((feature, share), worth) in features.iter().zip(FEATURE_WORTH) {
        out.add(
            format!("feature.{feature}.worth"),
            worth,
            "scale points",
            "True mean score of the feature.",
        );
        out.add(
            format!("feature.{feature}.cost_share"),
            *share,
            "share of price",
            "Mean cost of the feature as a share of the price.",
        );
    }
}

/// Classes of renewals whose mean probability of leaving is told.
const CLASSES: [(&str, M, &str); 10] = [
    ("first_renewal", M::HazardFirst, "first renewals"),
    ("later_renewal", M::HazardLater, "second and later renewals"),
    ("company", M::HazardCompany, "companies"),
    ("person", M::HazardPerson, "persons"),
    (
        "stress",
        M::HazardStress,
        "renewals in the period of raised prices",
    ),
    (
        "calm",
        M::HazardCalm,
        "renewals outside the period of raised prices",
    ),
    (
        "bad_incident",
        M::HazardBad,
        "a serious fault untold or badly solved in the year before",
    ),
    (
        "no_bad_incident",
        M::HazardNoBad,
        "no such fault in the year before",
    ),
    (
        "key_person_left",
        M::HazardKeyLeft,
        "companies that a decider or champion left in the year before",
    ),
    (
        "key_person_stayed",
        M::HazardKeyStayed,
        "companies that none left in the year before",
    ),
];

const COEFFICIENTS: [(&str, f64); 8] = [
    ("first_renewal", planted::FIRST),
    ("company", planted::COMPANY),
    ("attitude", planted::ATTITUDE),
    ("bad_incident", planted::BAD_INCIDENT),
    ("failed_critical_case", planted::FAILED_CASE),
    ("stress", planted::STRESS),
    ("key_person_left", planted::KEY_PERSON_LEFT),
    ("locked", planted::LOCKED),
];
