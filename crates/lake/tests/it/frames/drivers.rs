//! Does the drivers frame hold what the answers say?

use super::small_ledger::{Given, ledger};
use jiff::civil::date;
use odla_lake::frames::drivers::{DriversParams, drivers};

const HEADING: &str = "answer_id,response_id,customer_id,answered_at,survey,unit_id,question,value,scale_min,scale_max,x_weight";

fn answers(rows: &[&str]) -> Given {
    let mut text = HEADING.to_owned();
    for (number, row) in rows.iter().enumerate() {
        text.push_str(&format!("\na{number},{row}"));
    }
    Given("answers", text)
}

fn params() -> DriversParams {
    DriversParams::standard(date(2025, 12, 31))
}

#[tokio::test]
async fn a_response_is_one_row_and_what_was_not_asked_is_not_a_number() {
    let ctx = ledger(&[answers(&[
        "r1,c1,2025-05-01T10:00:00Z,relation,u1,satisfaction,8,1,10,2",
        "r1,c1,2025-05-01T10:00:00Z,relation,u1,delivery,6,1,10,2",
        "r1,c1,2025-05-01T10:00:00Z,relation,u1,price,4,1,10,2",
        "r2,c2,2025-05-02T10:00:00Z,relation,u2,satisfaction,5,1,10,0.5",
        "r2,c2,2025-05-02T10:00:00Z,relation,u2,price,3,1,10,0.5",
        // No outcome, so no row.
        "r3,c3,2025-05-02T10:00:00Z,relation,u2,price,9,1,10,1",
    ])])
    .await;
    let frame = drivers(&ctx, &params()).await.expect("a frame");
    assert_eq!(frame.survey, "relation");
    assert_eq!(frame.outcome.values, [8.0, 5.0]);
    let keys: Vec<&str> = frame
        .attributes
        .iter()
        .map(|ratings| ratings.question.key.as_str())
        .collect();
    assert_eq!(keys, ["delivery", "price"]);
    assert_eq!(frame.attributes[0].values[0], 6.0);
    assert!(frame.attributes[0].values[1].is_nan());
    assert_eq!(frame.attributes[1].values, [4.0, 3.0]);
    assert_eq!(frame.weight, Some(vec![2.0, 0.5]));
    assert_eq!(frame.attributes[0].question.scale, Some((1.0, 10.0)));
    assert_eq!(frame.unit, Some(vec![0, 1]));
    assert_eq!(frame.period, Some((date(2025, 5, 1), date(2025, 5, 2))));
}

#[tokio::test]
async fn a_customer_counts_once_by_the_latest_response_and_nothing_later_is_read() {
    let ctx = ledger(&[answers(&[
        "r1,c1,2025-05-01T10:00:00Z,relation,,satisfaction,8,1,10,",
        "r1,c1,2025-05-01T10:00:00Z,relation,,delivery,6,1,10,",
        "r2,c1,2025-11-01T10:00:00Z,relation,,satisfaction,3,1,10,",
        "r2,c1,2025-11-01T10:00:00Z,relation,,delivery,2,1,10,",
        "r3,c1,2026-01-02T10:00:00Z,relation,,satisfaction,10,1,10,",
        "r4,c2,2023-01-02T10:00:00Z,relation,,satisfaction,1,1,10,",
    ])])
    .await;
    let frame = drivers(&ctx, &params()).await.expect("a frame");
    assert_eq!(frame.outcome.values, [3.0]);
    assert_eq!((frame.weight, frame.unit), (None, None));
}

#[tokio::test]
async fn coded_blanks_outside_the_scale_are_counted_and_not_read() {
    let ctx = ledger(&[answers(&[
        "r1,,,,,satisfaction,4,1,5,",
        "r1,,,,,parking,6,1,5,",
        "r2,,,,,satisfaction,5,1,5,",
        "r2,,,,,parking,0,1,5,",
        "r3,,,,,satisfaction,3,1,5,",
        "r3,,,,,parking,2,1,5,",
    ])])
    .await;
    let frame = drivers(&ctx, &params()).await.expect("a frame");
    assert_eq!(frame.outcome.values, [4.0, 5.0, 3.0]);
    assert!(
        frame.attributes[0].values[..2]
            .iter()
            .all(|value| value.is_nan())
    );
    assert_eq!(frame.attributes[0].values[2], 2.0);
    assert_eq!((frame.outside_scale, frame.period), (2, None));
}

#[tokio::test]
async fn a_question_asked_on_two_scales_is_brought_to_one() {
    let ctx = ledger(&[answers(&[
        "r1,c1,2025-05-01T10:00:00Z,relation,,satisfaction,5,1,5,",
        "r1,c1,2025-05-01T10:00:00Z,relation,,delivery,7,1,10,",
        "r2,c2,2025-05-01T10:00:00Z,relation,,satisfaction,10,1,10,",
        "r2,c2,2025-05-01T10:00:00Z,relation,,delivery,7,1,10,",
    ])])
    .await;
    let frame = drivers(&ctx, &params()).await.expect("a frame");
    assert!(frame.outcome.question.rescaled && !frame.attributes[0].question.rescaled);
    assert_eq!(frame.outcome.values, [10.0, 10.0]);
    assert_eq!(frame.outcome.question.scale, Some((0.0, 10.0)));
}

#[tokio::test]
async fn a_question_key_of_any_spelling_is_only_data() {
    let ctx = ledger(&[answers(&[
        "r1,c1,2025-05-01T10:00:00Z,relation,,satisfaction,8,1,10,",
        "r1,c1,2025-05-01T10:00:00Z,relation,,\"x\" or $1 {as_of},6,1,10,",
    ])])
    .await;
    let frame = drivers(&ctx, &params()).await.expect("a frame");
    assert_eq!(frame.attributes[0].question.key, "\"x\" or $1 {as_of}");
    assert_eq!(frame.attributes[0].values, [6.0]);
}

#[tokio::test]
async fn whole_judgments_give_way_to_the_companys_own_attributes() {
    let mut rows = Vec::new();
    for question in [
        "satisfaction",
        "image",
        "expectation",
        "feature:app",
        "delivery",
        "price",
        "staff",
    ] {
        rows.push(format!(
            "r1,c1,2025-05-01T10:00:00Z,relation,,{question},7,1,10,"
        ));
    }
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let keys = |frame: odla_domain::frames::drivers::DriversFrame| -> Vec<String> {
        frame
            .attributes
            .into_iter()
            .map(|ratings| ratings.question.key)
            .collect()
    };
    let ctx = ledger(&[answers(&rows)]).await;
    assert_eq!(
        keys(drivers(&ctx, &params()).await.expect("a frame")),
        ["delivery", "price", "staff"]
    );
    let ctx = ledger(&[answers(&rows[..5])]).await;
    assert_eq!(
        keys(drivers(&ctx, &params()).await.expect("a frame")),
        ["delivery", "image"]
    );
}

#[tokio::test]
async fn without_answers_the_frame_is_empty() {
    let frame = drivers(&ledger(&[]).await, &params())
        .await
        .expect("a frame");
    assert_eq!((frame.rows(), frame.attributes.len()), (0, 0));
}
