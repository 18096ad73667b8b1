//! Does the deals frame hold each day's sales exactly, and what became of those who were won?

use super::small_ledger::{Given, ledger};
use jiff::civil::date;
use odla_domain::Money;
use odla_domain::frames::deals::DealsFrame;
use odla_lake::frames::deals::{DealsParams, deals};

fn table(name: &'static str, rows: &[&str]) -> Given {
    Given(name, rows.join("\n"))
}

async fn frame(given: &[Given]) -> DealsFrame {
    let params = DealsParams::standard(date(2026, 6, 30));
    deals(&ledger(given).await, &params).await.expect("a frame")
}

const ORDERS: &[&str] = &[
    "order_id,line_no,customer_id,ordered_on,unit_id,list_amount,discount_amount,net_amount,goods_cost,freight_cost,returned_amount",
    "o1,1,k1,2023-07-03,B1,100,10,90,50,5,0",
    "o2,1,k2,2024-03-29,B1,100,20,80,50,5,0",
    "o2,2,k2,2024-03-29,B1,50.0001,0,50.0001,20,0,0",
    "o3,1,k2,2024-09-01,B2,200,0,200,100,10,40",
    "o4,1,k2,2025-05-01,B2,100,15,85,50,5,0",
    "o5,1,k2,2025-09-01,B2,100,0,100,50,5,0",
    "o6,1,k3,2026-07-01,B2,100,0,100,50,5,0",
];

#[tokio::test]
async fn the_days_sum_to_the_ledger_and_nothing_later_is_read() {
    let frame = frame(&[
        table("customers", &["customer_id", "k1", "k2", "k3"]),
        table("orders", ORDERS),
    ])
    .await;
    assert_eq!(frame.span, Some((date(2023, 7, 3), date(2025, 9, 1))));
    assert_eq!(frame.units, ["B1", "B2"]);
    let net: Money = frame.days.iter().map(|day| day.net).sum();
    assert_eq!(net.to_string(), "605.0001");
    let first = frame
        .days
        .iter()
        .find(|day| day.day == date(2024, 3, 29))
        .expect("a day");
    assert_eq!(
        (first.orders, first.discount.to_string().as_str()),
        (1.0, "20.00")
    );
}

#[tokio::test]
async fn who_was_won_is_followed_for_a_year_after_the_first_day() {
    let frame = frame(&[
        table(
            "customers",
            &[
                "customer_id,acquisition_channel,first_deal_discount",
                "k1,search,",
                "k2,campaign,0.2",
                "k3,search,",
            ],
        ),
        table("orders", ORDERS),
    ])
    .await;
    // The first one bought in the ledger's first months and may have been a customer before.
    assert_eq!(frame.won.customer_id, ["k2"]);
    assert_eq!(frame.won.discount_share, [0.2]);
    assert_eq!(frame.won.purchases_after, [1.0]);
    assert_eq!(frame.won.contribution_after[0].to_string(), "50.00");
    assert_eq!(frame.won.came_back, [true]);
}

#[tokio::test]
async fn established_customers_are_those_who_bought_before_and_within_the_months() {
    let frame = frame(&[
        table("customers", &["customer_id", "k1", "k2", "k3"]),
        table("orders", ORDERS),
    ])
    .await;
    assert_eq!(frame.established.customer_id, ["k2"]);
    assert_eq!(frame.established.discount_share, [0.15]);
    assert_eq!(frame.established.purchases_after, [1.0]);
    assert_eq!(frame.established.contribution_after[0].to_string(), "45.00");
}

#[tokio::test]
async fn a_contract_can_be_the_first_deal() {
    let frame = frame(&[
        table("customers", &["customer_id,first_deal_discount", "k1,", "k9,0.1"]),
        table("orders", ORDERS),
        table("contracts", &[
            "contract_id,customer_id,started_on,term_months,monthly_amount,monthly_cost,ended_on",
            "v9,k9,2024-01-01,12,300,100,2024-07-01",
        ]),
    ]).await;
    assert_eq!(frame.won.customer_id, ["k9"]);
    assert_eq!(
        (frame.won.contract[0], frame.won.came_back[0]),
        (true, false)
    );
    let worth = frame.won.contribution_after[0].to_f64();
    assert!((worth - 1_200.0).abs() < 20.0, "{worth}");
}

#[tokio::test]
async fn without_rows_the_frame_is_empty() {
    let frame = frame(&[]).await;
    assert!(
        frame.span.is_none()
            && frame.days.is_empty()
            && frame.won.is_empty()
            && frame.established.is_empty()
    );
}
