//! Does the loyalty frame hold what was said, done and bound, today and a year ago?

use super::small_ledger::{Given, ledger};
use jiff::civil::date;
use odla_domain::frames::loyalty::{LoyaltyFrame, Standings};
use odla_lake::frames::loyalty::{LoyaltyParams, loyalty};

fn table(name: &'static str, rows: &[&str]) -> Given {
    Given(name, rows.join("\n"))
}

async fn frame(given: &[Given]) -> LoyaltyFrame {
    let params = LoyaltyParams::standard(date(2026, 6, 30));
    loyalty(&ledger(given).await, &params)
        .await
        .expect("a frame")
}

fn row(standings: &Standings, id: &str) -> usize {
    standings
        .customer_id
        .iter()
        .position(|known| known == id)
        .expect(id)
}

#[tokio::test]
async fn purchases_and_contracts_are_counted_as_of_each_day() {
    let frame = frame(&[
        table(
            "customers",
            &[
                "customer_id,kind,x_switching_cost",
                "k1,person,",
                "k2,company,5",
                "k3,person,",
            ],
        ),
        table(
            "orders",
            &[
                "order_id,line_no,customer_id,ordered_on,net_amount,seller_id",
                "o1,1,k1,2024-03-01,100,s1",
                "o2,1,k1,2025-03-01,100,s1",
                "o2,2,k1,2025-03-01,50,s1",
                "o3,1,k1,2025-09-01,80,s2",
                "o4,1,k1,2026-02-01,80,s1",
                // A day of returns only is no purchase.
                "o5,1,k1,2026-03-01,-10,s1",
                "o6,1,k1,2026-07-01,999,s1",
            ],
        ),
        table(
            "contracts",
            &[
                "contract_id,customer_id,started_on,term_months,notice_days,ended_on",
                "v1,k2,2024-05-01,12,180,",
                "v2,k3,2025-08-01,24,30,",
            ],
        ),
    ])
    .await;
    assert_eq!(frame.a_year_ago, date(2025, 6, 30));
    assert_eq!(frame.now.customer_id, ["k1", "k2", "k3"]);
    assert_eq!(frame.then.customer_id, ["k1", "k2"]);
    let (now, then) = (&frame.now, &frame.then);
    let k1 = row(now, "k1");
    assert_eq!(
        (
            now.purchases[k1],
            now.purchases_year[k1],
            now.purchases_before[k1]
        ),
        (4.0, 2.0, 1.0)
    );
    assert_eq!(now.seller_orders[k1], 4.0);
    assert_eq!(now.seller_share[k1], 0.75);
    let k2 = row(now, "k2");
    assert!(now.contract[k2] && now.renewed[k2] && now.company[k2]);
    assert_eq!(
        (
            now.notice_days[k2],
            now.bound_months[k2],
            now.switching_cost[k2]
        ),
        (180.0, 11.0, 5.0)
    );
    let k3 = row(now, "k3");
    assert!(now.contract[k3] && !now.renewed[k3]);
    assert_eq!(now.bound_months[k3], 14.0);
    let k1 = row(then, "k1");
    assert_eq!(
        (
            then.purchases_year[k1],
            then.purchases_after[k1],
            then.retained[k1]
        ),
        (1.0, 2.0, true)
    );
    assert!(then.retained[row(then, "k2")] && then.renewed[row(then, "k2")]);
    assert_eq!(frame.history_days, 486.0);
}

#[tokio::test]
async fn the_latest_answers_of_the_relation_survey_are_read_and_no_later_ones() {
    let head = "answer_id,customer_id,answered_at,survey,question,value,scale_min,scale_max";
    let frame = frame(&[
        table("customers", &["customer_id", "k1"]),
        table(
            "orders",
            &[
                "order_id,line_no,customer_id,ordered_on,net_amount",
                "o1,1,k1,2024-03-01,100",
            ],
        ),
        table(
            "answers",
            &[
                head,
                "a1,k1,2025-06-10T10:00:00Z,relation,nps,9,0,10",
                "a2,k1,2025-06-10T10:00:00Z,relation,again,10,1,10",
                "a3,k1,2026-06-10T10:00:00Z,relation,nps,5,0,10",
                "a4,k1,2026-06-20T10:00:00Z,touchpoint,satisfaction,1,1,10",
                "a5,k1,2026-07-10T10:00:00Z,relation,nps,0,0,10",
            ],
        ),
    ])
    .await;
    assert_eq!(frame.survey, "relation");
    let now = frame.now.answers_to("nps").expect("a column");
    assert_eq!(now, [0.5]);
    assert!(frame.now.answers_to("again").expect("a column")[0].is_nan());
    assert!(frame.now.answers_to("satisfaction").expect("a column")[0].is_nan());
    assert_eq!(frame.then.answers_to("nps").expect("a column"), [0.9]);
    assert_eq!(frame.then.answers_to("again").expect("a column"), [1.0]);
    assert_eq!(frame.now.answer_days_ago, [20.0]);
}

#[tokio::test]
async fn without_rows_the_frame_is_empty() {
    let frame = frame(&[]).await;
    assert!(frame.now.is_empty() && frame.then.is_empty() && frame.history_days < 0.0);
}
