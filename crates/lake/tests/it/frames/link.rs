//! Does the link frame hold what customers said, did before and did after?

use super::small_ledger::{Given, ledger};
use jiff::civil::date;
use odla_domain::frames::link::LinkFrame;
use odla_lake::frames::link::{LinkParams, link};

fn params() -> LinkParams {
    LinkParams {
        fewest_answers: 1,
        ..LinkParams::standard(date(2025, 12, 31))
    }
}

fn given(table: &'static str, lines: &[&str]) -> Given {
    Given(table, lines.join("\n"))
}

const ANSWERS: &str =
    "answer_id,customer_id,answered_at,wave,survey,unit_id,question,value,scale_min,scale_max";
const ORDERS: &str = "order_id,line_no,customer_id,ordered_on,net_amount,goods_cost,freight_cost,returned_amount,returned_on";

async fn frame(tables: &[Given]) -> LinkFrame {
    let ctx = ledger(tables).await;
    link(&ctx, &params())
        .await
        .expect("a frame")
        .expect("answers to follow")
}

#[tokio::test]
async fn behavior_is_counted_from_each_customers_own_day() {
    let frame = frame(&[
        given(
            "answers",
            &[
                ANSWERS,
                "a1,c1,2024-12-01T09:00:00Z,w1,relation,u1,satisfaction,8,1,10",
                "a2,c2,2024-12-20T09:00:00Z,w1,relation,u2,satisfaction,5,1,10",
            ],
        ),
        given(
            "customers",
            &[
                "customer_id,kind,unit_id,acquired_on",
                "c1,company,u9,2020-12-01",
                "c2,person,u9,",
            ],
        ),
        given(
            "orders",
            &[
                ORDERS,
                // The day of the answer belongs to the year before, the same day a year earlier to the year before that.
                "o1,1,c1,2024-12-01,100,40,10,,",
                "o2,1,c1,2023-12-01,50,0,0,,",
                "o3,1,c1,2024-12-02,200,50,0,30,2025-01-01",
                "o3,2,c1,2024-12-02,10,0,0,,",
                "o4,1,c1,2025-12-01,70,0,0,,",
                "o5,1,c1,2025-12-02,1000,0,0,,",
                "o6,1,c2,2022-12-25,500,0,0,,",
            ],
        ),
    ])
    .await;
    assert_eq!(frame.customer_id, ["c1", "c2"]);
    assert_eq!(frame.attitude, [8.0, 5.0]);
    assert_eq!(frame.behavior.orders_before, [1.0, 0.0]);
    assert_eq!(frame.behavior.orders_earlier, [1.0, 1.0]);
    assert_eq!(frame.behavior.contribution_before, [50.0, 0.0]);
    assert_eq!(frame.behavior.contribution_earlier, [50.0, 500.0]);
    // 200 - 50 - 30 + 10 + 70: what comes on the last day of the year after is in, the day after it is not.
    assert_eq!(frame.behavior.contribution_after[0].to_string(), "200.00");
    assert_eq!(frame.behavior.retained, [true, false]);
    assert_eq!(frame.active, [true, false]);
    assert_eq!(frame.company, [true, false]);
    assert_eq!(frame.units, ["u1", "u2"]);
    assert_eq!(frame.unit, [Some(0), Some(1)]);
    assert!((frame.tenure_years[0] - 4.0).abs() < 0.01);
    assert_eq!(frame.source.follow_up_months, 12);
    assert!(frame.source.costs_known && !frame.source.asked_known);
}

#[tokio::test]
async fn contracts_count_while_in_force_and_months_are_paid_in_full() {
    let frame = frame(&[
        given("answers", &[
            ANSWERS,
            "a1,c1,2024-12-15T09:00:00Z,w1,relation,,satisfaction,8,1,10",
            "a2,c2,2024-12-15T09:00:00Z,w1,relation,,satisfaction,3,1,10",
            "a3,c3,2024-12-15T09:00:00Z,w1,relation,,satisfaction,3,1,10",
        ]),
        given("contracts", &[
            "contract_id,customer_id,started_on,term_months,monthly_amount,monthly_cost,ended_on",
            "k1,c1,2023-12-15,12,100,40,",
            "k2,c2,2024-06-15,12,100,40,2025-06-15",
            // Ends after the last day that may be read: still in force for all that is known.
            "k3,c3,2024-06-15,36,100,40,2026-02-01",
        ]),
    ])
    .await;
    assert_eq!(frame.contract, [true, true, true]);
    assert_eq!(frame.behavior.retained, [true, false, true]);
    assert_eq!(frame.renewal_due, [true, true, false]);
    assert_eq!(frame.behavior.contribution_after[0].to_string(), "720.00");
    assert_eq!(frame.behavior.contribution_before[0], 720.0);
    // Half a year of 365 days, 182 of them.
    let half = frame.behavior.contribution_after[1].to_f64();
    assert!((half - 720.0 * 182.0 / 365.0).abs() < 0.01, "{half}");
    assert_eq!(frame.behavior.contribution_after[2].to_string(), "720.00");
}

#[tokio::test]
async fn the_asked_who_were_silent_and_the_never_asked_are_rows_of_their_own() {
    let frame = frame(&[
        given(
            "answers",
            &[
                ANSWERS,
                "a1,c1,2024-12-01T09:00:00Z,w1,relation,,satisfaction,8,1,10",
                "a0,c1,2023-12-01T09:00:00Z,w0,relation,,satisfaction,4,1,10",
            ],
        ),
        given(
            "asked",
            &[
                "customer_id,wave,asked_at,inclusion_probability,never_asked_group",
                "c1,w1,2024-11-20T09:00:00Z,0.5,false",
                "c2,w1,2024-11-20T09:00:00Z,0.25,false",
                "c3,w1,,0,true",
                "c4,w0,2023-11-20T09:00:00Z,0.5,false",
            ],
        ),
        given(
            "orders",
            &[
                ORDERS,
                "o1,1,c2,2024-11-01,100,,,,",
                "o2,1,c3,2025-02-01,100,,,,",
            ],
        ),
    ])
    .await;
    assert_eq!(frame.customer_id, ["c1", "c2", "c3"]);
    assert!(frame.attitude[1].is_nan() && frame.attitude[2].is_nan());
    assert_eq!(frame.earlier_attitude[0], 4.0);
    assert_eq!(frame.never_asked, [false, false, true]);
    assert_eq!(frame.inclusion_probability[..2], [0.5, 0.25]);
    assert!(frame.inclusion_probability[2].is_nan());
    assert_eq!(frame.behavior.retained, [false, false, true]);
    assert!(frame.source.asked_known && !frame.source.costs_known);
}

#[tokio::test]
async fn the_latest_wave_with_a_full_year_after_it_is_used_and_a_shorter_one_only_when_there_is_none()
 {
    let answer = |id: &str, day: &str, wave: &str| {
        format!("{id},c1,{day}T09:00:00Z,{wave},relation,,nps,8,0,10")
    };
    let orders = || given("orders", &[ORDERS, "o1,1,c1,2023-01-10,100,,,,"]);
    let all = [
        answer("a1", "2023-06-01", "w1"),
        answer("a2", "2024-06-01", "w2"),
        answer("a3", "2025-06-01", "w3"),
    ];
    let lines: Vec<&str> = std::iter::once(ANSWERS)
        .chain(all.iter().map(String::as_str))
        .collect();
    let full = frame(&[given("answers", &lines), orders()]).await;
    assert_eq!(
        (full.source.wave.as_str(), full.source.follow_up_months),
        ("w2", 12)
    );
    assert_eq!(full.source.measure.key, "nps");
    assert_eq!(full.source.history_months, 16);
    let last = [lines[0], lines[3]];
    let short = frame(&[given("answers", &last), orders()]).await;
    assert_eq!(
        (short.source.wave.as_str(), short.source.follow_up_months),
        ("w3", 6)
    );
}

#[tokio::test]
async fn answers_without_waves_use_the_latest_that_can_be_followed() {
    let frame = frame(&[
        given(
            "answers",
            &[
                ANSWERS,
                "a1,c1,2023-06-01T09:00:00Z,,,,satisfaction,2,1,5",
                "a2,c1,2024-06-01T09:00:00Z,,,,satisfaction,3,1,5",
                "a3,c1,2025-11-01T09:00:00Z,,,,satisfaction,5,1,5",
                "a4,c2,2024-02-01T09:00:00Z,,,,satisfaction,4,1,5",
                "a5,,2024-02-01T09:00:00Z,,,,satisfaction,4,1,5",
            ],
        ),
        given(
            "orders",
            &[
                ORDERS,
                "o1,1,c1,2024-07-01,100,,,,",
                "o2,1,c2,2023-12-01,60,,,,",
            ],
        ),
    ])
    .await;
    assert_eq!(frame.attitude, [3.0, 4.0]);
    assert_eq!(frame.earlier_attitude[0], 2.0);
    assert_eq!(frame.behavior.retained, [true, false]);
    assert_eq!(
        (frame.source.wave.as_str(), frame.source.answers_unplaced),
        ("", 1)
    );
}

#[tokio::test]
async fn the_index_is_the_mean_of_its_three_questions() {
    let rows: Vec<String> = [("expectation", 5.5), ("ideal", 10.0), ("expectation", 1.0)]
        .iter()
        .enumerate()
        .map(|(number, (question, value))| {
            let customer = if number < 2 { "c1" } else { "c2" };
            format!(
                "a{number},{customer},2024-06-01T09:00:00Z,w1,relation,,{question},{value},1,10"
            )
        })
        .collect();
    let lines: Vec<&str> = std::iter::once(ANSWERS)
        .chain(rows.iter().map(String::as_str))
        .collect();
    let orders = given("orders", &[ORDERS, "o1,1,c1,2024-01-10,100,,,,"]);
    let frame = frame(&[given("answers", &lines), orders]).await;
    assert_eq!(frame.source.measure.key, "epsi");
    assert_eq!(frame.attitude, [75.0, 0.0]);
    assert_eq!(frame.source.measure.scale, Some((0.0, 100.0)));
}

#[tokio::test]
async fn answers_that_cannot_be_followed_give_no_frame() {
    let late = given(
        "answers",
        &[
            ANSWERS,
            "a1,c1,2025-11-01T09:00:00Z,w1,relation,,satisfaction,8,1,10",
        ],
    );
    assert_eq!(
        link(&ledger(&[late]).await, &params())
            .await
            .expect("an answer"),
        None
    );
    assert_eq!(
        link(&ledger(&[]).await, &params())
            .await
            .expect("an answer"),
        None
    );
}
