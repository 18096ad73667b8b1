//! Do the scales and choices of a survey come out of a plain file as their definitions say?

use crate::data::{cautions, close, columns, file, fit, params, roles};
use odla_fit::Options;

fn listed(names: &[&str]) -> Options {
    Options {
        covariates: names.iter().map(|name| (*name).to_owned()).collect(),
        ..Options::standard()
    }
}

#[test]
fn attitude_alpha_is_that_of_the_literature() {
    let Some(attitude) = file("alpha attitude", "attitude/attitude.csv") else {
        return;
    };
    let items = [
        "rating",
        "complaints",
        "privileges",
        "learning",
        "raises",
        "critical",
        "advance",
    ];
    let fitted = fit("alpha", &attitude, &listed(&items));
    params(&fitted, &[("alpha", 0.843_142_769_564_759_8)], 1e-12);
    assert_eq!(fitted.n, 30.0);
    let critical = &fitted.extra["items"]["critical"]["alpha_without"];
    close(
        critical.as_f64().expect("number"),
        0.863_872_311_446_436_8,
        1e-12,
    );
    assert!(cautions(&fitted).is_empty());
}

#[test]
fn an_item_worded_the_other_way_round_is_named() {
    let mut text = "a,b,c\n".to_owned();
    for i in 0..40 {
        let level = (i * 7) % 5 + 1;
        text += &format!("{level},{},{}\n", (level + i % 2).min(5), 6 - level);
    }
    let fitted = fit("alpha", &columns(&text), &Options::standard());
    assert!(cautions(&fitted).contains(&"statistics.item_reversed"));
    let refused = odla_fit::run("alpha", &columns("a\n1\n2\n"), &Options::standard());
    assert_eq!(
        refused.expect_err("one item").key(),
        "statistics.too_few_groups"
    );
}

#[test]
fn soldiers_agree_within_companies() {
    let Some(soldiers) = file("rwg lq2002", "lq2002/lq2002.csv") else {
        return;
    };
    let names: Vec<String> = (1..=11).map(|i| format!("LEAD{i:02}")).collect();
    let options = Options {
        covariates: names,
        group: Some("COMPID".to_owned()),
        ..Options::standard()
    };
    let fitted = fit("rwg", &soldiers, &options);
    params(&fitted, &[("mean", 0.867_784_900_003_626_4)], 1e-12);
    assert_eq!(fitted.extra["scale"]["options"], 5);
    assert_eq!(
        fitted.extra["groups"].as_object().expect("groups").len(),
        49
    );
    assert!(fitted.extra["groups"]["10"]["above_chance"].is_boolean());
}

#[test]
fn kano_tells_a_must_from_a_delight() {
    let mut text = "feature,functional,dysfunctional\n".to_owned();
    for i in 0..50 {
        text += &format!("brakes,{},{}\n", 2 + i % 3, if i < 45 { 5 } else { 3 });
        text += &format!("music,{},{}\n", if i < 40 { 1 } else { 3 }, 2 + i % 3);
    }
    let options = Options {
        group: Some("feature".to_owned()),
        ..Options::standard()
    };
    let fitted = fit("kano", &columns(&text), &options);
    assert_eq!(fitted.extra["features"]["brakes"]["category"], "M");
    assert_eq!(fitted.extra["features"]["music"]["category"], "A");
    params(
        &fitted,
        &[
            ("brakes: dissatisfaction", -0.9),
            ("music: satisfaction", 0.8),
        ],
        1e-12,
    );
    let wrong = odla_fit::run(
        "kano",
        &columns("present,absent\n1,6\n"),
        &Options::standard(),
    );
    assert_eq!(wrong.expect_err("no such answer").key(), "fit.out_of_range");
}

/// Eight people, each five tasks of four items, the first named best and the last worst but for some.
fn best_worst() -> String {
    let mut text = "person,task,item,choice\n".to_owned();
    for person in 0..8 {
        for task in 0..5 {
            let slip = (person + task) % 4 == 0;
            for (k, item) in ["price", "service", "range", "music"].iter().enumerate() {
                let choice = match (k, slip) {
                    (0, false) | (1, true) => "best",
                    (3, _) => "worst",
                    _ => "",
                };
                text += &format!("p{person},{task},{item},{choice}\n");
            }
        }
    }
    text
}

#[test]
fn best_and_worst_choices_order_the_items() {
    let text = best_worst();
    let named = roles(&["respondent=person"]);
    let fitted = fit("maxdiff", &columns(&text), &named);
    let param = |name: &str| fitted.param(name).expect("the param exists");
    assert!(param("price") > param("service") && param("range") > param("music"));
    assert_eq!(fitted.n, 40.0);
    assert_eq!(fitted.extra["items"]["music"]["worst"], 40);
    let wrong = text.replace("best", "good");
    let wrong = odla_fit::run("maxdiff", &columns(&wrong), &named);
    assert_eq!(wrong.expect_err("no such choice").key(), "fit.not_choice");
    let two = text.replacen(",service,", ",price,", 1);
    let two = odla_fit::run("maxdiff", &columns(&two), &named).expect_err("shown twice");
    assert_eq!(two.key(), "statistics.invalid_input.line");
}

#[test]
fn offers_chosen_tell_what_brand_and_price_are_worth() {
    let mut text = "respondent,task,chosen,brand,price\n".to_owned();
    for person in 0..12 {
        for task in 0..6 {
            let (one, other) = (1 + (person + task) % 4, 1 + (person * 3 + task * 2) % 4);
            let worth = |brand: usize, price: usize| 3 * brand as i32 - 2 * price as i32;
            let noise = (person * 5 + task * 7) as i32 % 9 - 4;
            let first = worth(1, one) + noise >= worth(0, other);
            text += &format!("{person},{task},{},good,{one}\n", i32::from(first));
            text += &format!("{person},{task},{},plain,{other}\n", i32::from(!first));
        }
    }
    let fitted = fit("conjoint", &columns(&text), &listed(&["brand", "price"]));
    let param = |name: &str| fitted.param(name).expect("the param exists");
    assert!(param("brand=good") > 0.0 && param("price") < 0.0);
    close(param("brand=good") + param("brand=plain"), 0.0, 1e-9);
    let importance = |name: &str| {
        let own = &fitted.extra["attributes"][name]["importance"];
        own.as_f64().expect("number")
    };
    close(importance("brand") + importance("price"), 1.0, 1e-9);
    let refused = odla_fit::run("conjoint", &columns(&text), &Options::standard());
    assert_eq!(
        refused.expect_err("no attributes").key(),
        "fit.nothing_explains"
    );
}
