//! What is true, told by one who sees every latent state and every true probability?

use crate::activities;
use crate::company::{Company, HUNTER, LATE, STORES, store_id};
use crate::contacts::{REASONS, SPEED, SPREAD, STRETCH};
use crate::contracts::planted;
use crate::costs::{MINUTE_COST, ORDER_COST};
use crate::customer::population;
use crate::employees;
use crate::incidents::{DEFECTS, SUPPLIERS};
use crate::leads;
use crate::surveys::{ATTRIBUTES, ENGAGEMENT_EFFECT, FEATURE_WORTH};
use crate::tally::{M, Tally};
use crate::truth::{Known, Ledger};
use crate::worth;

/// All truths, by area.
pub fn tell(company: &Company, tally: &Tally) -> Vec<Known> {
    let mut ledger = Ledger::default();
    equity(company, tally, &mut ledger);
    retention(tally, &mut ledger);
    unmoved(tally, &mut ledger);
    hazards(tally, &mut ledger);
    link(tally, &mut ledger);
    drivers(tally, &mut ledger);
    effects(tally, &mut ledger);
    service(tally, &mut ledger);
    faults(tally, &mut ledger);
    deals(tally, &mut ledger);
    people(company, tally, &mut ledger);
    winning(&mut ledger);
    parameters(company, &mut ledger);
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

fn hazards(tally: &Tally, out: &mut Ledger) {
    let what = "Mean true probability of leaving over all renewals that fell due in the register";
    let mut put = |key: String, which: M, class: &str| {
        out.add(
            key,
            tally.mean(which).value(),
            "probability",
            format!("{what}; {class}."),
        );
    };
    put(
        "hazard.first_renewal".into(),
        M::HazardFirst,
        "first renewals",
    );
    put(
        "hazard.later_renewal".into(),
        M::HazardLater,
        "second and later renewals",
    );
    put("hazard.company".into(), M::HazardCompany, "companies");
    put("hazard.person".into(), M::HazardPerson, "persons");
    put(
        "hazard.stress".into(),
        M::HazardStress,
        "renewals in the period of raised prices",
    );
    put(
        "hazard.calm".into(),
        M::HazardCalm,
        "renewals outside the period of raised prices",
    );
    put(
        "hazard.bad_incident".into(),
        M::HazardBad,
        "a serious fault untold or badly solved in the year before",
    );
    put(
        "hazard.no_bad_incident".into(),
        M::HazardNoBad,
        "no such fault in the year before",
    );
    put(
        "hazard.key_person_left".into(),
        M::HazardKeyLeft,
        "companies where a decider or champion left in the year before",
    );
    put(
        "hazard.key_person_stayed".into(),
        M::HazardKeyStayed,
        "companies where none left in the year before",
    );
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
    let coefficients = [
        ("first_renewal", planted::FIRST),
        ("company", planted::COMPANY),
        ("attitude", planted::ATTITUDE),
        ("bad_incident", planted::BAD_INCIDENT),
        ("failed_critical_case", planted::FAILED_CASE),
        ("stress", planted::STRESS),
        ("key_person_left", planted::KEY_PERSON_LEFT),
        ("locked", planted::LOCKED),
    ];
    for (name, size) in coefficients {
        out.add(format!("hazard.coefficient.{name}"), size, "cloglog",
            "Coefficient in the true complementary log-log equation of leaving at a renewal, all others (also the hidden \
             attitude) held fixed; leaving out the attitude pulls estimates slightly toward zero.");
    }
}

fn winning(out: &mut Ledger) {
    let list = [
        (
            "leads.win_rate.fast",
            leads::WINS,
            "Probability of winning a lead from search, form or social media that is answered the same day.",
        ),
        (
            "leads.slow_answer.effect",
            leads::SLOW,
            "Change in that probability when the first answer takes a day or more.",
        ),
        (
            "leads.referred.effect",
            leads::REFERRED,
            "Change for leads sent by a customer.",
        ),
        ("leads.tender.effect", leads::TENDER, "Change for tenders."),
    ];
    for (key, value, definition) in list {
        out.add(key, value, "probability", definition);
    }
    out.add(
        "leads.search.elasticity",
        leads::SEARCH_ELASTICITY,
        "power",
        "Leads from search per month grow with that month's cost of AKT06 raised to this power.",
    );
}

/// Columns of the link's moments.
const SATISFACTION: usize = 0;
const RETAINED: usize = 1;
const WORTH: usize = 2;
const LINK_COLUMNS: [usize; 6] = [0, 3, 4, 5, 6, 7];

fn link(tally: &Tally, out: &mut Ledger) {
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

fn drivers(tally: &Tally, out: &mut Ledger) {
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
             covariance of the would-be answers of all customers active a year before the end; the shares sum to 1.");
    }
    out.add(
        "drivers.r2",
        explained,
        "share of variance",
        "Variance of overall satisfaction that the nine attributes explain.",
    );
}

fn effects(tally: &Tally, out: &mut Ledger) {
    let stay =
        "Mean change in the true probability that the contract is in force twelve months later";
    let mut put = |activity: &str, value: f64, definition: String| {
        out.add(
            format!("activity.{activity}.effect_retention"),
            value,
            "probability",
            definition,
        );
    };
    put(
        activities::TRIAL,
        tally.mean(M::Trial).value(),
        format!("{stay}, over everyone in the trial (both arms); drawn by lot."),
    );
    put(
        activities::REVIEW,
        tally.mean(M::Review).value(),
        format!(
            "{stay}, over contract customers in force when their store took it up; taken up store by store."
        ),
    );
    put(
        activities::GIFT,
        0.0,
        "Given to those with the best margin; changes nothing in truth.".into(),
    );
    put(activities::DISCOUNT, 0.0, "The campaign moves purchases within three months and lowers later prices; it keeps no one.".into());
    put(
        activities::CLUB,
        tally.mean(M::ClubRetention).value(),
        "Mean change in the true probability that a member buys within twelve months of joining."
            .into(),
    );
    out.add(format!("activity.{}.effect_margin", activities::DISCOUNT), tally.mean(M::Discount).value(), "SEK per exposed customer",
        "Mean change in contribution over the twelve months after the campaign, campaign orders included: what was paid minus \
         what would have been paid for the same goods.");
    out.add(
        format!("activity.{}.effect_leaving", activities::REVIEW),
        tally.mean(M::ReviewLeaving).value(),
        "probability",
        "Mean change in the true probability of leaving, over every renewal that fell due after the store took up \
         the reviews.",
    );
    let fixed: f64 = tally
        .months
        .iter()
        .map(|m| m.activities[4] as f64 / 100.0)
        .sum();
    let margin = tally.mean(M::ClubMargin);
    out.add(
        "club.members",
        margin.n,
        "customers",
        "Customers who joined and lived to see a day as members.",
    );
    out.add("club.incremental_margin", margin.sum, "SEK",
        "Expected extra contribution of all members from joining to the end of the data: six percent more purchases than \
         the same customers would have made.");
    out.add(
        "club.points_cost",
        fixed,
        "SEK",
        "Cost of all points given.",
    );
    out.add("club.incremental_profit", margin.sum - fixed, "SEK",
        "Extra contribution minus points, before the fixed cost of running the club (costs with this activity and pool kundklubb).");
    out.add("club.rate_lift", crate::buying::CLUB_LIFT - 1.0, "share",
        "True lift of the purchase rate by membership; members bought more already before they joined.");
}

fn service(tally: &Tally, out: &mut Ledger) {
    let spread = (STRETCH * STRETCH
        + SPREAD * SPREAD
        + SPEED.iter().map(|s| s * s).sum::<f64>() / SPEED.len() as f64)
        .sqrt();
    for (case, reason) in REASONS.iter().enumerate() {
        let loss = tally.failed_loss[case].value();
        let (low, high) = (
            reason.minutes * (-1.645 * spread).exp(),
            reason.minutes * (1.645 * spread).exp(),
        );
        let cost = |minutes: f64| {
            let (contacts, fails) = worth::case_course(case, minutes);
            MINUTE_COST * minutes * contacts + loss * fails
        };
        let steps = 400;
        let at = |step: i32| low + (high - low) * f64::from(step) / f64::from(steps);
        let best = (0..=steps)
            .map(at)
            .min_by(|a, b| cost(*a).total_cmp(&cost(*b)))
            .unwrap_or(low);
        out.add(format!("service_level.{}.best_minutes", reason.key), best, "minutes",
            format!(
                "Minutes per contact with the lowest expected cost per case: {MINUTE_COST} SEK a minute times minutes times contacts \
                 per case, plus the expected loss of customer value when the first contact fails; searched where 90 % of \
                 the contacts lie ({low:.1} to {high:.1} minutes)."
            ));
        out.add(format!("service_level.{}.failed_loss", reason.key), loss, "SEK per case",
            "Expected customer value lost when the first contact of a case fails, mean over all cases with this reason: extra \
             probability of leaving at the next renewal times the value of a renewed customer.");
        out.add(format!("service_level.{}.gain", reason.key), reason.gain, "log odds per log minute",
            "True gain in solving from longer contacts, difficulty held fixed; raw data show less, since hard cases take \
             long and fail.");
    }
    out.add(
        "cost.per_support_minute",
        MINUTE_COST,
        "SEK",
        "True cost of a minute of support, idle capacity apart.",
    );
    out.add(
        "cost.per_order",
        ORDER_COST,
        "SEK",
        "True mean cost to serve an order (picking, lines, delivery, returns, invoice).",
    );
}

fn faults(tally: &Tally, out: &mut Ledger) {
    let all = tally.mean(M::IncidentReported).n;
    let share = |which| tally.mean(which).value();
    out.add(
        "incidents.total",
        all,
        "incidents",
        "All faults that struck customers, registered or not.",
    );
    out.add(
        "incidents.reported_share",
        share(M::IncidentReported),
        "share",
        "Faults that the customer told us about, of all faults.",
    );
    out.add("incidents.hidden_share", 1.0 - share(M::IncidentKnown), "share",
        "Faults that are in no register: not told, not caught by our systems, not heard of elsewhere.");
    out.add("incidents.caught_share", share(M::IncidentCaught), "share",
        "Faults caught by our own systems (known_from = operations), independent of whether the customer told.");
    out.add(
        "incidents.both_share",
        share(M::IncidentBoth),
        "share",
        "Faults both told and caught.",
    );
    out.add(
        "incidents.solved_well_share",
        share(M::SolvedWell),
        "share",
        "Told and closed faults that the customer finds well solved.",
    );
    out.add(
        "incidents.reported_share.serious",
        share(M::ReportedBySeverity),
        "share",
        "Told, of faults with severity 4 or 5.",
    );
    out.add("incidents.well_solved.effect_hazard", 0.0, "cloglog",
        "Effect on leaving of a well solved fault against no fault: none. It lifts satisfaction for half a year only.");
    out.add(
        "promises.delivered_as_promised.kept_share",
        share(M::PromiseKept),
        "share",
        "Shipped orders delivered no later than promised.",
    );
    for (supplier, share) in SUPPLIERS.iter().zip(DEFECTS) {
        out.add(
            format!("suppliers.{supplier}.defect_share"),
            share,
            "share of broken goods",
            "True share of broken goods that the supplier has made.",
        );
    }
    for (carrier, late) in tally.late.iter().enumerate() {
        out.add(
            format!("partners.P{:02}.late_share", carrier + 1),
            late.value(),
            "share",
            format!(
                "Deliveries later than promised; the true probability is {}.",
                LATE[carrier]
            ),
        );
    }
}

fn deals(tally: &Tally, out: &mut Ledger) {
    let share = |which| tally.mean(which).value();
    out.add(
        "deals.quarter_end_share",
        share(M::QuarterEnd),
        "share of net amount",
        "Net amount ordered from the tenth last working day of a quarter to its end.",
    );
    out.add(
        "deals.hunter.quarter_end_share",
        share(M::HunterQuarterEnd),
        "share of net amount",
        format!("The same for the hunting store {}.", store_id(HUNTER)),
    );
    out.add(
        "deals.hunter.pulled_share",
        share(M::PulledShare),
        "share of its quarter-end net amount",
        "Orders that would have come in the first twenty days of the next quarter.",
    );
    out.add(
        "deals.hunter.created_share",
        share(M::CreatedShare),
        "share of its quarter-end net amount",
        "Orders that would not have come at all.",
    );
}

fn people(company: &Company, tally: &Tally, out: &mut Ledger) {
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

fn parameters(company: &Company, out: &mut Ledger) {
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
