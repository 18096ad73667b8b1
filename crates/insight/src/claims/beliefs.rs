//! What is believed about loyalty, and what was agreed beforehand to hold it against?

use super::Rule::{AtLeast, AtMost};
use super::measure::{self, figure};
use super::{Claim, Next, trial};
use odla_domain::{Rows, Unit};

const ORDERS: Rows = Rows(
    "select customer_id, order_id, line_no, ordered_on, list_amount, discount_amount, net_amount, promised_on, delivered_on, \
     _source, _line from orders where ordered_on <= date '{as_of}' order by customer_id, ordered_on, order_id, line_no",
);

const RELATIONS: Rows = Rows(
    "select 'orders' as ledger_table, customer_id, order_id as id, ordered_on as day, net_amount as amount, _source, _line \
     from orders where ordered_on <= date '{as_of}' \
     union all select 'contracts', customer_id, contract_id, started_on, monthly_amount, _source, _line \
     from contracts where started_on <= date '{as_of}' order by customer_id, day, id",
);

const ANSWERS: Rows = Rows(
    "select customer_id, answer_id, answered_at, survey, question, value, scale_min, scale_max, _source, _line \
     from answers where cast(answered_at as date) <= date '{as_of}' order by answered_at, answer_id",
);

const FAULTS: Rows = Rows(
    "select incident_id, customer_id, occurred_on, known_from, reported_on, severity, resolved_on, resolved_well, _source, _line \
     from incidents where occurred_on <= date '{as_of}' order by occurred_on, incident_id",
);

const WON: Rows = Rows(
    "select customer_id, acquired_on, acquisition_channel, acquisition_cost, first_deal_discount, _source, _line \
     from customers where acquired_on <= date '{as_of}' order by acquired_on, customer_id",
);

const CLUB: Rows = Rows(
    "select entry_id, customer_id, \"on\", kind, points, entry_cost, _source, _line from club_entries \
     where \"on\" <= date '{as_of}' order by \"on\", entry_id",
);

const CONTACTS: Rows = Rows(
    "select interaction_id, customer_id, at, process, reason, initiator, forward_moving, _source, _line from interactions \
     where cast(at as date) <= date '{as_of}' and initiator = 'us' order by at, interaction_id",
);

const REFERRALS: Rows = Rows(
    "select referral_id, customer_id, referred_customer_id, referred_on, _source, _line from referrals \
     where referred_on <= date '{as_of}' order by referred_on, referral_id",
);

macro_rules! claim {
    ($key:literal, $unit:ident, $rule:expr, $data:expr, $next:ident, $rows:ident, $measure:expr) => {
        Claim {
            key: concat!("claims.", $key),
            unit: Unit::$unit,
            rule: $rule,
            data: &$data,
            next: Next::$next,
            rows: $rows,
            measure: $measure,
        }
    };
}

/// The register, in reading order: what staying is worth, what satisfaction does, what time does, who is worth having,
/// faults, and deals.
#[rustfmt::skip]
pub const CLAIMS: &[Claim] = &[
    claim!("five_points", Share, AtLeast(0.25), ["orders", "contracts"], Wait, RELATIONS, measure::five_points),
    claim!("five_percent", Share, AtLeast(0.25), ["orders", "contracts"], Wait, RELATIONS, measure::five_percent),
    claim!("winning_costs_five_times", Ratio, AtLeast(5.0), ["customers", "activities", "costs"], Book, WON, measure::winning),
    claim!("all_worth_keeping", Share, AtLeast(0.95), ["orders", "costs"], Wait, ORDERS, measure::worth_keeping),
    claim!("top_fifth", Share, AtLeast(0.80), ["orders", "costs"], Wait, ORDERS, measure::top_fifth),
    claim!("best_stay_best", Share, AtLeast(0.50), ["orders", "contracts"], Wait, RELATIONS, measure::best_stay_best),
    claim!("valuable_stay", SharePoints, AtLeast(0.0), ["orders", "contracts"], Wait, RELATIONS, measure::valuable_stay),
    claim!("second_purchase", SharePoints, AtLeast(0.05), ["orders"], Wait, ORDERS, measure::second_purchase),
    claim!("first_renewal", SharePoints, AtLeast(0.02), ["contracts"], Wait, RELATIONS, measure::first_renewal),
    claim!("wholly_satisfied_stay", Share, AtLeast(0.98), ["answers"], Ask, ANSWERS,
        |e| figure(e, "link.class.delighted.retention")),
    claim!("satisfaction_hardly_matters", SharePoints, AtMost(0.01), ["answers"], Ask, ANSWERS,
        |e| figure(e, "link.say_do")),
    claim!("satisfied_worth_more", MoneyPerCustomerYear, AtLeast(0.0), ["answers"], Ask, ANSWERS,
        |e| figure(e, "link.say_worth")),
    claim!("satisfied_units", MoneyPerCustomerYear, AtLeast(0.0), ["answers", "units"], Ask, ANSWERS,
        |e| figure(e, "link.group_worth")),
    claim!("satisfied_pay_more", SharePoints, AtMost(-0.005), ["answers", "orders"], Ask, ANSWERS, trial::satisfied_pay),
    claim!("recommend_adds", Share, AtLeast(0.01), ["answers"], Ask, ANSWERS,
        |e| figure(e, "loyalty.prediction.nps_beyond_satisfaction")),
    claim!("engagement_ahead", Share, AtLeast(0.01), ["answers"], Ask, ANSWERS,
        |e| figure(e, "loyalty.prediction.engagement_over_satisfaction")),
    claim!("asking_changes", SharePoints, AtLeast(0.01), ["answers", "asked"], Trial, ANSWERS, |e| figure(e, "link.asking")),
    claim!("returning_are_loyal", Share, AtMost(0.25), ["answers", "orders", "contracts"], Ask, ANSWERS,
        |e| figure(e, "loyalty.losable_share")),
    claim!("repeat_above_chance", Ratio, AtLeast(1.0), ["orders", "answers"], Wait, ORDERS,
        |e| figure(e, "loyalty.repeat_vs_baseline")),
    claim!("cheaper_with_time", Share, AtMost(-0.02), ["orders", "costs"], Wait, RELATIONS, trial::cheaper_with_time),
    claim!("pay_more_with_time", SharePoints, AtMost(-0.005), ["orders"], Wait, ORDERS, trial::pay_more_with_time),
    claim!("worth_more_with_time", Share, AtLeast(0.02), ["orders", "contracts"], Wait, RELATIONS, trial::worth_more_with_time),
    claim!("referred_worth_more", Share, AtLeast(0.10), ["customers", "referrals"], Book, REFERRALS, trial::referred),
    claim!("several_categories_stay", SharePoints, AtLeast(0.02), ["orders", "products"], Trial, ORDERS,
        trial::several_categories),
    claim!("first_step_keeps", SharePoints, AtLeast(0.01), ["interactions"], Trial, CONTACTS, trial::proactive),
    claim!("club_does_not_pay", MoneyPerCustomerYear, AtMost(0.0), ["club_entries", "orders"], Trial, CLUB, trial::club),
    claim!("recovery_paradox", SharePoints, AtLeast(0.01), ["incidents"], Book, FAULTS,
        |e| figure(e, "incidents.recovery.well.retention")),
    claim!("recovery_satisfies", Points, AtLeast(1.0), ["incidents", "answers"], Ask, FAULTS,
        |e| figure(e, "incidents.recovery.well.satisfaction")),
    claim!("badly_solved_leave", SharePoints, AtMost(-0.01), ["incidents"], Book, FAULTS,
        |e| figure(e, "incidents.recovery.badly.retention")),
    claim!("late_drives_away", SharePoints, AtMost(-0.01), ["orders"], Wait, ORDERS, trial::late),
    claim!("most_never_complain", Share, AtMost(0.50), ["incidents"], Book, FAULTS,
        |e| figure(e, "incidents.reported_share")),
    claim!("one_of_27_complains", Share, AtMost(0.037), ["incidents"], Book, FAULTS,
        |e| figure(e, "incidents.reported_share")),
    claim!("discount_won_return_less", SharePoints, AtMost(-0.02), ["customers", "orders"], Trial, WON,
        |e| figure(e, "deals.discount_won.return")),
    claim!("discount_harms_established", MoneyPerCustomerYear, AtMost(0.0), ["orders"], Trial, ORDERS,
        |e| figure(e, "deals.discount_established.worth")),
    claim!("quarter_end_hunted", Ratio, AtLeast(1.1), ["orders"], Wait, ORDERS,
        |e| figure(e, "deals.quarter_end_index")),
];
