//! What do our own doings lead to: activities, service, faults, deals and the winning of customers?

use crate::activities;
use crate::company::{HUNTER, LATE, store_id};
use crate::contacts::{self, REASONS, Reason, SPEED, SPREAD, STRETCH};
use crate::costs::{MINUTE_COST, ORDER_COST};
use crate::incidents::{DEFECTS, SUPPLIERS};
use crate::leads;
use crate::tally::{M, Tally};
use crate::truth::Ledger;
use crate::worth;

pub fn effects(tally: &Tally, out: &mut Ledger) {
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
    out.add(
        format!("activity.{}.effect_margin", activities::GIFT),
        0.0,
        "SEK per exposed customer",
        "Changes nothing in truth.",
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
        "Expected extra contribution of all members from joining to the end of the data: three percent more purchases than \
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

pub fn service(tally: &Tally, out: &mut Ledger) {
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
        out.add(format!("service_level.{}.gain", reason.key), gain_at_same_grade(reason), "log odds per log minute",
            "True gain in solving from longer contacts, mean over cases of the same registered grade of difficulty that stretched \
             their contact alike (with difficulty itself held fixed it is larger, since odds do not average); raw data show \
             less, since hard cases take long and fail.");
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

/// Log odds of solving per log minute, where the grade and the stretch of the minutes are all that is known of the
/// difficulty. Averaged over both by how much each tells of a slope, p (1 - p).
fn gain_at_same_grade(reason: &Reason) -> f64 {
    let points = || (-30..=30).map(|step| f64::from(step) * 0.125);
    let density = |x: f64| (-0.5 * x * x).exp();
    let (mut slope, mut weight) = (0.0, 0.0);
    for grade in 1..=3 {
        let shows = |difficulty: f64| {
            let noise = points().filter(|noise| contacts::grade(difficulty, *noise) == grade);
            noise.map(density).sum::<f64>() * density(difficulty)
        };
        let likely: Vec<(f64, f64)> = points().map(|d| (d, shows(d))).collect();
        for stretch in points().map(|x| x * STRETCH.hypot(SPREAD)) {
            let fits = |difficulty: f64| density((stretch - STRETCH * difficulty) / SPREAD);
            let solved = |minutes: f64| {
                let sums = likely.iter().fold((0.0, 0.0), |sums, (difficulty, share)| {
                    let share = share * fits(*difficulty);
                    let solves = contacts::solves(reason, minutes, *difficulty);
                    (sums.0 + share * solves, sums.1 + share)
                });
                (sums.0 / sums.1.max(f64::MIN_POSITIVE), sums.1)
            };
            let odds = |minutes: f64| {
                let share = solved(minutes).0;
                (share / (1.0 - share)).ln()
            };
            let (share, mass) = solved(reason.minutes);
            let tells = mass * share * (1.0 - share);
            let step = 1.05;
            slope += tells * (odds(reason.minutes * step) - odds(reason.minutes / step))
                / (2.0 * f64::ln(step));
            weight += tells;
        }
    }
    slope / weight
}

pub fn faults(tally: &Tally, out: &mut Ledger) {
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
    out.add(
        "incidents.recovery.well.retention",
        0.0,
        "probability",
        "Effect of a well solved fault on still being a customer a year later, against no fault: none.",
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

pub fn deals(tally: &Tally, out: &mut Ledger) {
    let share = |which| tally.mean(which).value();
    out.add(
        "deals.quarter_end_share",
        share(M::QuarterEnd),
        "share of net amount",
        "Net amount ordered from the tenth last working day of a quarter to its end.",
    );
    let hunter = format!("deals.unit.{}", store_id(HUNTER));
    out.add(
        format!("{hunter}.quarter_end_share"),
        share(M::HunterQuarterEnd),
        "share of net amount",
        "The same for the hunting store.",
    );
    out.add(
        format!("{hunter}.pulled_share"),
        share(M::PulledShare),
        "share of its quarter-end net amount",
        "Orders that would have come in the first twenty days of the next quarter.",
    );
    out.add(
        format!("{hunter}.created_share"),
        share(M::CreatedShare),
        "share of its quarter-end net amount",
        "Orders that would not have come at all.",
    );
    for (key, unit) in [("worth", "SEK per customer"), ("return", "probability")] {
        out.add(
            format!("deals.discount_won.{key}"),
            0.0,
            unit,
            "Effect of a discount on the first deal: none. It is given to three in ten, whoever they are.",
        );
    }
}

pub fn winning(out: &mut Ledger) {
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
