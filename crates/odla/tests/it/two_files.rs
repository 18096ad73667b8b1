//! Two files to the first truth: answers and transactions alone end in a say-do-worth link.

use crate::program::Program;
use std::fmt::Write;

/// Three hundred customers, three years of orders; those who answered higher in the middle buy on more often.
fn files(program: &Program) -> (String, String) {
    let (mut orders, mut answers) = (
        String::from("order_id,line_no,customer_id,ordered_on,net_amount,goods_cost\n"),
        String::from(
            "answer_id,response_id,customer_id,answered_at,wave,survey,question,value,scale_min,scale_max\n",
        ),
    );
    for customer in 0..300_u32 {
        let score = 1 + (customer * 7) % 10;
        let orders_after = if (customer * 13) % 10 < score { 3 } else { 0 };
        for number in 0..6 + orders_after {
            let (year, month) = if number < 6 {
                (2023, 1 + number * 2)
            } else {
                (2024, 8 + (number - 6))
            };
            let day = 1 + (customer + number) % 27;
            let _ = writeln!(
                orders,
                "o{customer}-{number},1,c{customer:03},{year}-{month:02}-{day:02},{}.50,{}.00",
                100 + customer % 50,
                60 + customer % 20
            );
        }
        let _ = writeln!(
            answers,
            "a{customer},r{customer},c{customer:03},2024-06-{:02}T10:00:00,2024-06,relation,satisfaction,{score},1,10",
            1 + customer % 28
        );
    }
    orders.push_str("last,1,c000,2025-07-01,100.00,60.00\n");
    (
        program.file("orders.csv", orders),
        program.file("answers.csv", answers),
    )
}

#[test]
fn survey_and_transactions_alone_end_in_a_link() {
    let program = Program::new();
    let (orders, answers) = files(&program);
    let imported = program.json(&["import", &orders, &answers]);
    assert_eq!(imported["tables"]["orders"]["rejected"], 0, "{imported}");
    program.json(&["analyze"]);
    let link = program.json(&["show", "link.say_do"]);
    let value = link["value"].as_f64().unwrap_or_else(|| panic!("{link}"));
    assert!(
        value > 0.1,
        "those who answer higher come back more often: {link}"
    );
    let page = program.run(&["show", "management"]);
    assert_eq!(page.code, 0, "{}", page.stderr);
}
