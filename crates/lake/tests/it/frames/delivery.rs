//! Does the frame of delivery times hold each sent order with what came before and after it?

use super::small_ledger::{Given, ledger};
use jiff::civil::date;
use odla_domain::frames::delivery::DeliveryFrame;
use odla_lake::frames::delivery::{DeliveryParams, delivery};

fn table(name: &'static str, rows: &[&str]) -> Given {
    Given(name, rows.join("\n"))
}

async fn frame(given: &[Given]) -> DeliveryFrame {
    let params = DeliveryParams::standard(date(2026, 6, 30));
    delivery(&ledger(given).await, &params)
        .await
        .expect("a frame")
}

const ORDERS: &[&str] = &[
    "order_id,line_no,customer_id,ordered_on,promised_on,delivered_on,net_amount,freight_cost,channel,unit_id,partner_id",
    // Two lines, the last of which came later than promised.
    "o1,1,k1,2025-01-06,2025-01-09,2025-01-09,100,10,web,u1,p1",
    "o1,2,k1,2025-01-06,2025-01-09,2025-01-11,50,,web,u1,p1",
    // Bought in a store: nothing was sent, but the customer came back.
    "o2,1,k1,2025-04-06,,2025-04-06,80,,store,u1,",
    // The year after this one is not over.
    "o3,1,k1,2025-09-01,,2025-09-05,80,,web,u1,p2",
    "o4,1,k2,2025-01-06,2025-01-10,2025-01-08,60,5,phone,u2,p1",
    // Not delivered yet, and delivered after the day of the analysis.
    "o5,1,k2,2026-06-20,2026-06-25,,60,5,phone,u2,p1",
    "o6,1,k2,2026-06-21,2026-06-25,2026-07-02,60,5,phone,u2,p1",
];

#[tokio::test]
async fn orders_that_were_sent_know_their_days_and_what_came_after() {
    let frame = frame(&[
        table("customers", &["customer_id,kind", "k1,company", "k2,person"]),
        table("partners", &["partner_id,name,kind", "p1,Snabb,carrier"]),
        table("orders", ORDERS),
        table("interactions", &[
            "interaction_id,customer_id,at,initiator,minutes",
            "i1,k1,2025-01-08T09:00:00,customer,4",
            "i2,k1,2025-02-01T09:00:00,customer,6",
            "i3,k1,2025-02-02T09:00:00,us,6",
            // Later than any order's time to be followed.
            "i4,k1,2025-06-01T09:00:00,customer,6",
        ]),
        table("incidents", &[
            "incident_id,customer_id,occurred_on,known_from,reported_on,kind,severity,compensation_cost,order_id",
            "f1,k1,2025-01-10,customer,2025-01-12,late,3,50,o1",
            "f2,k2,2025-01-20,customer,2025-01-21,wrong_invoice,3,20,",
            // Nobody told us.
            "f3,k2,2025-01-22,operations,,late,3,,o4",
        ]),
    ])
    .await;
    let o = &frame.orders;
    assert_eq!((frame.sent, frame.dated, frame.share_read), (5, 4, 1.0));
    assert_eq!(o.customer_id, ["k1", "k1", "k2"]);
    assert_eq!(o.waiting, [5.0, 4.0, 2.0]);
    assert_eq!((o.late[0], o.late[1].is_nan(), o.late[2]), (2.0, true, 0.0));
    assert_eq!(o.carrier, ["Snabb", "p2", "Snabb"]);
    assert_eq!(
        (o.net[0], o.lines[0], o.freight[0], o.freight[1].is_nan()),
        (150.0, 2.0, 10.0, true)
    );
    assert_eq!(o.bought_before, [0.0, 2.0, 0.0]);
    assert!(o.silence[0].is_nan() && o.silence[1] == 148.0);
    assert_eq!(o.back, [Some(true), None, Some(false)]);
    assert_eq!(o.complaint, [1.0, 0.0, 1.0]);
    assert_eq!(o.compensation, [50.0, 0.0, 20.0]);
    assert_eq!(
        (o.contacts[0], o.minutes[0], o.contacts[2]),
        (2.0, 10.0, 0.0)
    );
    assert_eq!(o.company, [true, true, false]);
    assert_eq!(o.recent, [false, true, false]);
}

#[tokio::test]
async fn renewals_know_the_orders_of_the_year_before() {
    let frame = frame(&[
        table("orders", ORDERS),
        table("contracts", &[
            "contract_id,customer_id,started_on,ended_on,term_months,monthly_amount,monthly_cost",
            "c1,k1,2024-07-01,2025-07-01,12,300,100",
            // Nothing was sent in the year before.
            "c2,k3,2024-07-01,,12,300,100",
        ]),
    ])
    .await;
    let due = &frame.renewals;
    assert_eq!(due.customer_id, ["k1"]);
    assert_eq!(
        (due.ended[0], due.margin[0], due.term[0]),
        (true, 200.0, 12.0)
    );
    assert_eq!(due.orders, [vec![0]]);
    assert_eq!(frame.orders.contract, [true, false, false]);
}

#[tokio::test]
async fn a_ledger_without_days_of_delivery_says_so() {
    let frame = frame(&[table(
        "orders",
        &[
            "order_id,line_no,customer_id,ordered_on,net_amount,partner_id",
            "o1,1,k1,2025-01-06,100,p1",
            "o2,1,k1,2025-02-06,100,",
        ],
    )])
    .await;
    assert_eq!((frame.sent, frame.dated, frame.orders.len()), (1, 0, 0));
}
