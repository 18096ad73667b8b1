//! Does the purchases frame hold what was known at each of its three dates?

use super::small_ledger::{Given, ledger};
use jiff::civil::date;
use odla_lake::frames::purchases::{PurchasesParams, purchases};

#[tokio::test]
async fn purchases_are_days_and_later_returns_are_not_known_earlier() {
    let orders = [
        "order_id,line_no,customer_id,ordered_on,net_amount,goods_cost,freight_cost,returned_amount,returned_on",
        // Two orders on one day are one purchase; a cancellation alone is none.
        "o1,1,a,2023-01-10,100,40,10,,",
        "o2,1,a,2023-01-10,50,20,0,,",
        "o3,1,a,2024-06-01,80,30,5,80,2025-03-01",
        "o4,1,a,2025-06-01,-20,,,,",
        "o5,1,b,2025-10-02,60,,,,",
        "o6,1,c,2026-01-01,60,,,,",
        "o7,1,d,2025-10-02,-60,,,,",
    ];
    let customers = [
        "customer_id,kind,segment",
        "a,person,big",
        "b,company,",
        "c,,",
        "d,,",
    ];
    let ctx = ledger(&[
        Given("orders", orders.join("\n")),
        Given("customers", customers.join("\n")),
    ])
    .await;
    let frame = purchases(
        &ctx,
        &PurchasesParams {
            as_of: date(2025, 12, 31),
        },
    )
    .await
    .expect("a frame");
    assert_eq!(frame.customer_id, ["a", "b"]);
    assert_eq!(frame.segments, ["big", "company"]);
    assert_eq!(frame.segment, [0, 1]);
    assert_eq!(frame.span, Some((date(2023, 1, 10), date(2025, 10, 2))));
    assert_eq!(
        (frame.opening, frame.cut),
        (date(2024, 12, 31), date(2024, 12, 31))
    );
    assert_eq!(frame.first_days_ago, [1086.0, 90.0]);
    assert_eq!(frame.closing.purchases, [2.0, 1.0]);
    assert_eq!(frame.closing.last_days_ago, [578.0, 90.0]);
    assert_eq!(frame.before_opening.purchases, [2.0, 0.0]);
    assert_eq!(frame.closing.net, [130.0, 60.0]);
    assert_eq!(frame.before_opening.net, [230.0, 0.0]);
    assert_eq!(frame.closing.net_with_cost[0], 150.0);
    assert_eq!(frame.closing.margin, [45.0, 0.0]);
    assert_eq!(frame.before_opening.margin[0], 125.0);
}

#[tokio::test]
async fn a_ledger_without_orders_gives_a_frame_without_rows() {
    let ctx = ledger(&[]).await;
    let frame = purchases(
        &ctx,
        &PurchasesParams {
            as_of: date(2025, 12, 31),
        },
    )
    .await
    .expect("a frame");
    assert!(frame.is_empty() && frame.span.is_none());
}
