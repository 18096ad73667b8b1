//! Does the frame of segments know who was a customer, who stayed, and whose contacts took the minutes?

use super::small_ledger::{Given, ledger};
use jiff::civil::date;
use odla_lake::frames::segments::segments;

fn table(name: &'static str, rows: &[&str]) -> Given {
    Given(name, rows.join("\n"))
}

#[tokio::test]
async fn customers_are_held_to_what_they_were_a_year_and_two_years_ago() {
    let given = [
        table(
            "customers",
            &[
                "customer_id,kind,segment,unit_id",
                "k1,company,big,u1",
                "k2,person,,u2",
                "k3,person,,u2",
                "k4,person,,u2",
            ],
        ),
        table(
            "orders",
            &[
                "order_id,line_no,customer_id,ordered_on,net_amount",
                "o1,1,k1,2025-01-06,100",
                "o2,1,k1,2025-12-06,100",
                "o3,1,k2,2024-01-06,100",
                // Sent back whole: no purchase.
                "o4,1,k2,2025-12-06,-10",
            ],
        ),
        table(
            "contracts",
            &[
                "contract_id,customer_id,started_on,ended_on,term_months,monthly_amount",
                "c1,k3,2024-01-01,2026-01-01,12,100",
            ],
        ),
        table(
            "interactions",
            &[
                "interaction_id,customer_id,at,reason,initiator,minutes",
                "i1,k1,2026-01-08T09:00:00,fault,customer,4",
                "i2,k1,2026-02-08T09:00:00,fault,customer,6",
                "i3,k4,2026-02-08T09:00:00,fault,customer,6",
                "i4,k2,2025-02-08T09:00:00,fault,customer,6",
            ],
        ),
    ];
    let frame = segments(&ledger(&given).await, date(2026, 6, 30))
        .await
        .expect("a frame");
    assert_eq!(frame.customer_id, ["k1", "k2", "k3"]);
    assert_eq!(
        (frame.active, frame.stayed),
        (vec![true, false, true], vec![true, false, false])
    );
    assert_eq!(
        (frame.active_before, frame.stayed_before),
        (vec![false, true, true], vec![true, false, true])
    );
    assert_eq!(
        (frame.group[0].as_str(), frame.unit[1].as_str()),
        ("big", "u2")
    );
    assert_eq!(frame.minutes.get("fault"), Some(&vec![(0, 10.0)]));
    assert_eq!(frame.minutes.len(), 1);
}
