//! Does the effects frame see how an activity was given, and hold each customer's state before and doings after?

use super::small_ledger::{Given, ledger};
use jiff::civil::date;
use odla_domain::frames::effects::{Assigned, EffectsFrame, Relation};
use odla_lake::frames::effects::{EffectsParams, effects};

fn table(name: &'static str, rows: &[&str]) -> Given {
    Given(name, rows.join("\n"))
}

async fn frame(given: &[Given]) -> EffectsFrame {
    let params = EffectsParams::standard(date(2026, 6, 30));
    effects(&ledger(given).await, &params)
        .await
        .expect("a frame")
}

fn near(value: f64, wanted: f64) -> bool {
    (value - wanted).abs() < 1e-6
}

#[tokio::test]
async fn a_drawn_activity_is_read_with_both_arms_and_what_came() {
    let frame = frame(&[
        table("customers", &["customer_id,kind,club_joined_on", "k1,company,", "k2,person,", "k3,person,", "k4,person,"]),
        table("contracts", &[
            "contract_id,customer_id,started_on,term_months,monthly_amount,monthly_cost,ended_on",
            "c1,k1,2024-01-01,12,100,40,2026-01-01",
            "c2,k2,2025-01-01,12,100,40,",
            // Ended after what is followed.
            "c3,k3,2023-04-01,12,100,40,2026-06-01",
        ]),
        table("activities", &["activity_id,name,process", "a1,Calls,service", "a2,Radio,brand"]),
        table("exposures", &[
            "activity_id,customer_id,exposed_on,arm,exposure_cost",
            "a1,k1,2025-03-30,treated,10", "a1,k2,2025-03-30,control,0", "a1,k3,2025-03-30,control,0",
        ]),
        table("costs", &["cost_id,period,amount,activity_id", "b1,2025-03,25,a1", "b2,2026-07,999,a1"]),
        table("orders", &[
            "order_id,line_no,customer_id,ordered_on,net_amount,goods_cost,freight_cost,returned_amount",
            "o1,1,k1,2024-06-01,100,60,5,0", "o2,1,k1,2025-04-30,200,120,10,0", "o3,1,k1,2023-06-01,50,,,",
        ]),
    ]).await;
    assert_eq!(frame.activities.len(), 1);
    assert_eq!(
        frame.without_receivers,
        [("a2".to_owned(), "Radio".to_owned())]
    );
    assert!(near(frame.without_cost, 1.0 / 3.0));
    let calls = &frame.activities[0];
    assert_eq!(
        (calls.assigned, calls.relation),
        (Assigned::Lot, Relation::Contract)
    );
    assert_eq!((calls.treated, calls.control), (1, 2));
    assert_eq!(calls.cost.to_string(), "25.00");
    let people = &calls.people;
    assert_eq!(people.customer_id, ["k1", "k2", "k3"]);
    assert_eq!(people.treated, [true, false, false]);
    assert_eq!(people.young, [false, true, false]);
    // 29 March 2025 to 1 January 2026; to 1 June 2026 is past the twelve months.
    assert!(
        near(people.left_days[0], 278.0)
            && people.left_days[1].is_nan()
            && people.left_days[2].is_nan()
    );
    assert!(near(people.bought_days[0], 32.0) && near(people.purchases_before[0], 1.0));
    assert!(near(people.margin_before[0], 35.0 + 60.0 * 365.0 / 30.4375));
    let margin: f64 = people.margin.iter().map(|quarter| quarter[0]).sum();
    assert!(near(margin, 70.0 + 60.0 * 278.0 / 30.4375), "{margin}");
    assert!(near(people.followed_days, 366.0));
}

#[tokio::test]
async fn a_campaign_is_compared_with_customers_who_did_not_get_it() {
    let frame = frame(&[
        table("customers", &["customer_id", "k1", "k2", "k3"]),
        table(
            "orders",
            &[
                "order_id,line_no,customer_id,ordered_on,net_amount,goods_cost",
                "o1,1,k1,2024-12-01,100,50",
                "o2,1,k2,2024-12-01,100,50",
                "o3,1,k3,2025-02-01,100,50",
                "o4,1,k2,2025-03-01,100,50",
            ],
        ),
        table(
            "exposures",
            &["activity_id,customer_id,exposed_on", "a1,k1,2025-01-15"],
        ),
    ])
    .await;
    let campaign = &frame.activities[0];
    assert_eq!(
        (campaign.assigned, campaign.relation),
        (Assigned::Once, Relation::Purchase)
    );
    assert_eq!(campaign.people.customer_id, ["k1", "k2", "k3"]);
    assert_eq!(campaign.people.treated, [true, false, false]);
    assert_eq!(campaign.people.purchases_before, [1.0, 1.0, 0.0]);
    assert!(campaign.people.bought_days[0].is_nan() && near(campaign.people.bought_days[1], 46.0));
}

#[tokio::test]
async fn joining_a_club_is_seen_as_the_customers_own_choice_day_by_day() {
    let frame = frame(&[
        table(
            "customers",
            &[
                "customer_id,club_joined_on",
                "k1,2025-01-10",
                "k2,2025-06-10",
                "k3,",
            ],
        ),
        table(
            "orders",
            &[
                "order_id,line_no,customer_id,ordered_on,net_amount",
                "o1,1,k1,2025-01-01,100",
                "o2,1,k2,2025-06-01,100",
                "o3,1,k3,2025-02-01,100",
            ],
        ),
        table(
            "exposures",
            &[
                "activity_id,customer_id,exposed_on",
                "a1,k1,2025-01-10",
                "a1,k2,2025-06-10",
            ],
        ),
    ])
    .await;
    let club = &frame.activities[0];
    assert!(club.self_chosen);
    assert_eq!(club.assigned, Assigned::Running);
    // Each treated customer comes once, and nobody without it twice.
    let mut seen = club.people.customer_id.clone();
    seen.dedup();
    assert_eq!(seen.len(), club.people.len());
}

#[tokio::test]
async fn stores_that_take_it_up_one_by_one_are_followed_by_period() {
    let mut customers = vec!["customer_id,unit_id".to_owned()];
    let mut contracts = vec![
        "contract_id,customer_id,started_on,term_months,monthly_amount,monthly_cost,ended_on"
            .to_owned(),
    ];
    let mut exposures = vec!["activity_id,customer_id,exposed_on".to_owned()];
    for store in 0..6 {
        for person in 0..6 {
            let id = format!("k{store}{person}");
            customers.push(format!("{id},s{store}"));
            let ended = if person == 5 && store == 0 {
                "2025-03-01"
            } else {
                ""
            };
            contracts.push(format!("c{id},{id},2022-01-01,12,100,40,{ended}"));
            if store < 3 {
                exposures.push(format!(
                    "a1,{id},202{}-06-01",
                    if store == 0 { 4 } else { 5 }
                ));
            }
        }
    }
    let lines = |rows: &[String]| rows.join("\n");
    let frame = frame(&[
        Given("customers", lines(&customers)),
        Given("contracts", lines(&contracts)),
        Given("exposures", lines(&exposures)),
    ])
    .await;
    let review = &frame.activities[0];
    assert_eq!(review.assigned, Assigned::Units);
    assert_eq!((review.unit_step, review.unit_lead), (6, 1));
    let cell = |unit: usize, period: i64| {
        review
            .units
            .iter()
            .find(|c| c.unit == unit && c.period == period)
            .expect("a cell")
    };
    assert_eq!(cell(0, 0).adopted, Some(0));
    assert_eq!(cell(1, 0).adopted, Some(2));
    assert_eq!(cell(5, 0).adopted, None);
    assert_eq!((cell(0, 0).customers, cell(0, 0).stayed), (6.0, 5.0));
    assert_eq!((cell(1, 0).customers, cell(1, 0).stayed), (6.0, 6.0));
    assert_eq!(cell(0, 0).day, date(2024, 5, 31));
}
