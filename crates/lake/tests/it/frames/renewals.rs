//! Does the renewals frame hold each chance to end, once, with what was so at the time?

use super::small_ledger::{Given, ledger};
use jiff::civil::date;
use odla_domain::frames::renewals::RenewalsFrame;
use odla_lake::frames::renewals::{RenewalsParams, TRAITS, renewals};

const CONTRACTS: &str = "contract_id,customer_id,started_on,term_months,notice_days,next_renewal_on,monthly_amount,\
                         monthly_cost,ended_on,end_reason";

async fn frame(tables: &[(&'static str, &[&str])]) -> RenewalsFrame {
    let given: Vec<Given> = tables
        .iter()
        .map(|(table, lines)| Given(table, lines.join("\n")))
        .collect();
    let ctx = ledger(&given).await;
    renewals(
        &ctx,
        &RenewalsParams {
            as_of: date(2025, 12, 31),
        },
    )
    .await
    .expect("a frame")
}

fn at_risk(frame: &RenewalsFrame, number: f64) -> (f64, f64, f64) {
    let cells = &frame.decisions;
    let rows = (0..cells.at_risk.len()).filter(|&row| cells.number[row] == number);
    rows.fold((0.0, 0.0, 0.0), |sum, row| {
        (
            sum.0 + cells.at_risk[row],
            sum.1 + cells.ended[row],
            sum.2 + cells.ended_influenceable[row],
        )
    })
}

#[tokio::test]
async fn each_renewal_is_one_chance_and_an_end_belongs_to_its_renewal() {
    let frame = frame(&[
        (
            "customers",
            &[
                "customer_id,kind",
                "a,company",
                "b,person",
                "c,person",
                "d,person",
            ],
        ),
        (
            "contracts",
            &[
                CONTRACTS,
                "k1,a,2022-03-01,12,180,2026-03-01,100,40,,",
                "k2,b,2022-03-01,12,30,,50,20,2024-02-29,rival",
                "k3,c,2022-03-01,12,30,,50,20,2023-03-01,merger",
                "k4,d,2022-03-01,12,30,,50,20,2022-09-15,price",
            ],
        ),
    ])
    .await;
    // Chances are counted from the month before the first end that the ledger knows, 2022-09.
    assert_eq!(at_risk(&frame, 1.0), (3.0, 1.0, 0.0));
    assert_eq!(at_risk(&frame, 2.0), (2.0, 1.0, 1.0));
    assert_eq!(at_risk(&frame, 3.0), (1.0, 0.0, 0.0));
    assert_eq!(frame.between.ends, 1.0);
    assert!(frame.decisions.month.iter().all(|&month| month == 3.0));
    assert_eq!(frame.closing.contract_id, ["k1"]);
    assert_eq!(
        (frame.closing.number[0], frame.closing.months_to_next[0]),
        (4.0, 2.0)
    );
    assert_eq!(
        (frame.closing.term[0], frame.closing.has_term[0]),
        (12.0, true)
    );
    let trait_of = |name: &str| {
        TRAITS
            .iter()
            .position(|known| *known == name)
            .expect("a trait")
    };
    assert_eq!(frame.closing.traits[trait_of("company")], [1.0]);
    assert_eq!(frame.closing.traits[trait_of("long_notice")], [1.0]);
}

#[tokio::test]
async fn the_opening_knows_who_was_in_force_and_how_they_ended_since() {
    let frame = frame(&[
        (
            "customers",
            &["customer_id,kind", "a,company", "b,person", "c,person"],
        ),
        (
            "contracts",
            &[
                CONTRACTS,
                "k1,a,2023-05-01,12,30,,100,40,2025-05-01,ceased",
                "k2,b,2024-02-01,,30,,50,20,2025-03-10,",
                "k3,c,2025-02-01,12,30,,50,,,",
            ],
        ),
    ])
    .await;
    assert_eq!(frame.at_opening.contract_id, ["k1", "k2"]);
    assert_eq!(frame.at_opening.end_reason, ["ceased", "unknown"]);
    assert_eq!(frame.at_opening.months_to_next, [4.0, 0.0]);
    assert_eq!(frame.at_opening.has_term, [true, false]);
    assert_eq!(frame.closing.contract_id, ["k3"]);
    assert!(frame.closing.monthly_cost[0].is_nan() && frame.closing.started_after_opening[0]);
    // The contract without a term has a chance each month; it lived 13 months.
    let cells = &frame.decisions;
    let monthly: f64 = (0..cells.at_risk.len())
        .filter(|&row| !cells.has_term[row])
        .map(|row| cells.ended[row])
        .sum();
    assert_eq!(monthly, 1.0);
}

#[tokio::test]
async fn what_happened_in_the_year_before_goes_with_the_renewal() {
    let frame = frame(&[
        ("customers", &["customer_id,kind", "a,company", "b,company"]),
        (
            "contracts",
            &[
                CONTRACTS,
                "k1,a,2023-05-01,12,30,,100,40,,",
                "k2,b,2023-05-01,12,30,,100,40,2024-05-01,service",
            ],
        ),
        (
            "incidents",
            &[
                "incident_id,customer_id,occurred_on,severity,resolved_well",
                "f1,b,2024-01-01,4,false",
                "f2,a,2024-01-01,5,true",
                "f3,a,2025-12-01,4,",
            ],
        ),
        (
            "interactions",
            &[
                "interaction_id,customer_id,at,resolved,repeat_of",
                "i1,a,2024-03-01T09:00:00Z,false,",
                "i2,a,2024-03-02T09:00:00Z,false,i1",
                "i3,a,2024-03-03T09:00:00Z,true,",
            ],
        ),
        (
            "contacts",
            &[
                "contact_id,customer_id,role,left_on",
                "p1,b,decides,2023-12-01",
                "p2,b,uses,2024-01-01",
            ],
        ),
        (
            "outside_events",
            &[
                "event_id,kind,from,to",
                "e1,stress_period,2024-04-01,2024-06-30",
            ],
        ),
    ])
    .await;
    let cells = &frame.decisions;
    let row = |ended: f64| {
        (0..cells.at_risk.len()).find(|&row| cells.ended[row] == ended && cells.number[row] == 1.0)
    };
    let traits = |row: usize| {
        cells
            .traits
            .iter()
            .map(|column| column[row])
            .collect::<Vec<_>>()
    };
    // company, long_notice, bad_incident, unsolved, key_person_left, stress
    assert_eq!(
        traits(row(1.0).expect("the one that ended")),
        [1.0, 0.0, 1.0, 0.0, 1.0, 1.0]
    );
    assert_eq!(
        traits(row(0.0).expect("the one that stayed")),
        [1.0, 0.0, 0.0, 1.0, 0.0, 1.0]
    );
    assert_eq!(
        frame
            .closing
            .traits
            .iter()
            .map(|column| column[0])
            .collect::<Vec<_>>(),
        [1.0, 0.0, 1.0, 0.0, 0.0, 0.0]
    );
}
