//! Does the activities frame hold the register, the books to the last decimal, and what customers did?

use super::small_ledger::{Given, ledger};
use jiff::civil::date;
use odla_domain::Money;
use odla_domain::frames::activities::ActivitiesFrame;
use odla_lake::frames::activities::{ActivitiesParams, activities};

fn table(name: &'static str, rows: &[&str]) -> Given {
    Given(name, rows.join("\n"))
}

async fn frame(given: &[Given]) -> ActivitiesFrame {
    let params = ActivitiesParams::standard(date(2026, 6, 30));
    activities(&ledger(given).await, &params)
        .await
        .expect("a frame")
}

#[tokio::test]
async fn the_register_and_the_books_meet_and_what_is_not_registered_is_shown() {
    let frame = frame(&[
        table(
            "activities",
            &[
                "activity_id,name,process,owner_id,started_on",
                "A1,Club,communication,p1,2024-01-01",
            ],
        ),
        table(
            "costs",
            &[
                "cost_id,period,process,pool,activity_id,amount,driver,capacity",
                "c1,2025-06,sales,old,A1,1000,none,",
                "c2,2025-07,communication,club,A1,100.0001,none,",
                "c3,2026-06,communication,club,A1,200,none,",
                "c4,2026-06,sales,ads,A7,50,none,",
                "c5,2026-06,service,desk,,900,minutes,100",
                "c6,2026-07,service,desk,,900,minutes,100",
            ],
        ),
        table(
            "exposures",
            &[
                "activity_id,customer_id,exposed_on,arm,exposure_cost",
                "A1,k1,2026-01-01,treated,10",
                "A1,k1,2026-02-01,treated,10",
                "A1,k2,2026-01-01,control,0",
            ],
        ),
    ])
    .await;
    assert_eq!(frame.months, ("2025-07".to_owned(), "2026-06".to_owned()));
    assert_eq!(frame.books.to_string(), "1250.0001");
    let pools: Money = frame.pools.iter().map(|pool| pool.amount).sum();
    assert_eq!(pools, frame.books);
    let ids: Vec<(&str, bool)> = frame
        .activities
        .iter()
        .map(|a| (a.activity_id.as_str(), a.registered))
        .collect();
    assert_eq!(ids, [("A1", true), ("A7", false)]);
    let club = &frame.activities[0];
    assert_eq!((club.customers, club.exposures, club.control), (1, 3, 1));
    assert_eq!(
        (club.booked.to_string(), club.booked_year.to_string()),
        ("1300.0001".to_owned(), "300.0001".to_owned())
    );
    assert_eq!(club.exposure_cost.to_string(), "20.00");
}

#[tokio::test]
async fn what_customers_did_is_counted_by_year() {
    let frame = frame(&[
        table("customers", &["customer_id,acquired_on,acquisition_cost", "k1,2024-01-01,", "k2,2026-01-01,60", "k3,2026-02-01,260"]),
        table("orders", &[
            "order_id,line_no,customer_id,ordered_on,paid_on,net_amount,goods_cost,freight_cost,returned_amount",
            "o1,1,k1,2024-09-01,2024-09-10,100,40,10,0",
            "o2,1,k1,2025-01-01,2025-03-12,100,40,10,0",
            "o3,1,k1,2025-09-01,2025-09-10,100,40,10,20",
            "o3,2,k1,2025-09-01,2025-09-10,50,20,0,0",
            "o4,1,k2,2026-01-01,2026-02-20,200,90,10,0",
        ]),
        table("contracts", &[
            "contract_id,customer_id,started_on,term_months,monthly_amount,monthly_cost,ended_on",
            "v1,k3,2024-02-01,12,300,200,",
        ]),
        table("referrals", &["referral_id,customer_id,referred_customer_id,referred_on", "w1,k1,k2,2026-01-01"]),
        table("incidents", &["incident_id,customer_id,occurred_on,reported_on,compensation_cost", "f1,k1,2026-01-01,2026-01-02,75", "f2,k1,2026-01-01,,"]),
        table("interactions", &[
            "interaction_id,customer_id,at,process,initiator,minutes,resolved,channel",
            "i1,k1,2026-03-01T10:00:00Z,service,customer,8,true,phone",
            "i2,k1,2026-03-02T10:00:00Z,service,us,5,,phone",
            "i3,k2,2025-03-02T10:00:00Z,service,customer,6,false,app",
        ]),
    ]).await;
    let [year, before] = &frame.doings;
    assert_eq!(
        (year.again, year.again_margin.to_string().as_str()),
        (1, "60.00")
    );
    assert_eq!(
        (year.newly, year.newly_margin.to_string().as_str()),
        (1, "100.00")
    );
    assert_eq!((before.again, before.newly), (1, 1));
    // o2 was paid 70 days after, o4 50 days after.
    assert_eq!(
        (before.late, before.late_days.to_string().as_str()),
        (1, "4000.00")
    );
    assert_eq!(
        (year.late, year.late_days.to_string().as_str()),
        (1, "4000.00")
    );
    assert_eq!(
        (year.months, year.months_margin.to_string().as_str()),
        (12, "1200.00")
    );
    assert_eq!((year.renewals, before.renewals), (1, 1));
    assert_eq!(
        (year.reported, year.compensation.to_string().as_str()),
        (1, "75.00")
    );
    assert_eq!((year.calls, year.call_minutes, before.calls), (1, 8.0, 1));
    assert_eq!(frame.referred.len(), 1);
    assert_eq!(
        (
            frame.referred[0].customer_id.as_str(),
            frame.referred[0].years_back
        ),
        ("k2", 0)
    );
    assert_eq!(frame.acquisition_cost, 260.0);
    let met = &frame.contacts[0];
    assert_eq!(
        (
            met.events,
            met.by_customer,
            met.judged,
            met.resolved,
            met.self_service
        ),
        (2, 1, 1, 1, 0)
    );
    let orders = frame
        .work
        .iter()
        .find(|work| work.word == "orders")
        .expect("orders");
    assert_eq!((orders.events, orders.customers), (2, 2));
}

#[tokio::test]
async fn without_rows_the_frame_is_empty() {
    let frame = frame(&[]).await;
    assert!(frame.activities.is_empty() && frame.pools.is_empty() && frame.contacts.is_empty());
    assert!(frame.books.is_zero() && frame.acquisition_cost.is_nan());
}
