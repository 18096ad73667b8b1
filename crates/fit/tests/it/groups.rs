//! Do scores, shares and agreement by group hold together?

use crate::data::{cautions, close, columns, file, fit};
use odla_fit::Options;

fn by(group: &str) -> Options {
    Options {
        group: Some(group.to_owned()),
        ..Options::standard()
    }
}

#[test]
fn nps_is_promoters_less_detractors_with_its_formula() {
    let mut text = "score\n".to_owned();
    for (answer, count) in [(10, 50), (8, 30), (3, 20)] {
        text += &format!("{answer}\n").repeat(count);
    }
    let fitted = fit("nps", &columns(&text), &Options::standard());
    close(fitted.param("nps").expect("has one"), 30.0, 1e-12);
    close(
        fitted.standard_error("nps").expect("has one"),
        100.0 * (0.61_f64 / 100.0).sqrt(),
        1e-9,
    );
    let wrong = odla_fit::run("nps", &columns("score\n5\n11\n"), &Options::standard())
        .expect_err("refused");
    assert_eq!(wrong.key(), "fit.out_of_range");
}

#[test]
fn a_small_group_is_drawn_further_than_a_large_one() {
    let mut text = "score,team\n".to_owned();
    for team in 0..12 {
        let answers = if team == 0 { 6 } else { 200 };
        for i in 0..answers {
            let happy = if team == 0 {
                true
            } else {
                (i * 7) % 20 < team + 4
            };
            text += &format!("{},t{team:02}\n", if happy { 10 } else { 4 });
        }
    }
    let fitted = fit("nps", &columns(&text), &by("team"));
    assert_eq!(fitted.params.len(), 12);
    let moved = |team: &str| {
        let own = &fitted.extra["groups"][team];
        (own["nps"].as_f64().expect("number") - own["shrunken"].as_f64().expect("number")).abs()
    };
    assert!(
        moved("t00") > 2.0 * moved("t11"),
        "{} {}",
        moved("t00"),
        moved("t11")
    );
}

#[test]
fn shares_are_read_from_words_and_shrunk_by_group() {
    let mut text = "score,shop\n".to_owned();
    for shop in 0..15_u32 {
        for i in 0..40 {
            text += &format!(
                "{},s{shop:02}\n",
                if (i * 13) % 40 < 2 * shop + 4 {
                    "ja"
                } else {
                    "nej"
                }
            );
        }
    }
    let columns = columns(&text);
    let whole = fit("shares", &columns, &Options::standard());
    let fitted = fit("shares", &columns, &by("shop"));
    close(fitted.param("s03").expect("a shop"), 0.25, 1e-12);
    close(
        fitted.extra["overall"]["share"].as_f64().expect("number"),
        whole.param("share").expect("has one"),
        0.0,
    );
    let low = &fitted.extra["groups"]["s00"];
    assert!(low["shrunken"].as_f64() > low["share"].as_f64());
}

#[test]
fn groups_that_are_alike_are_said_to_be() {
    let mut text = "score,shop\n".to_owned();
    for shop in 0..12 {
        for i in 0..40 {
            text += &format!("{},s{shop:02}\n", u8::from(i % 2 == 0));
        }
    }
    let fitted = fit("shares", &columns(&text), &by("shop"));
    assert!(
        cautions(&fitted).contains(&"fit.groups_alike"),
        "{:?}",
        fitted.cautions
    );
}

#[test]
fn agreement_within_companies_is_much_the_same_by_either_method() {
    let Some(soldiers) = file("icc", "lq2002/lq2002.csv") else {
        return;
    };
    let options = Options {
        outcome: Some("HOSTILE".to_owned()),
        ..by("COMPID")
    };
    let fitted = fit("icc", &soldiers, &options);
    let mixed = fit("mixed", &soldiers, &options);
    let icc1 = fitted.param("icc1").expect("has one");
    close(mixed.extra["icc"].as_f64().expect("number"), icc1, 0.01);
    assert!(icc1 > 0.0 && fitted.param("icc2") > Some(icc1));
    assert_eq!(fitted.extra["groups"], 49);
}

#[test]
fn agreement_of_a_worked_table_is_the_analysis_of_variance() {
    let text = "value,group\n1,a\n2,a\n3,a\n4,b\n5,b\n6,b\n7,c\n8,c\n9,c\n";
    let fitted = fit("icc", &columns(text), &Options::standard());
    // Mean squares 27 between and 1 within, three to a group.
    close(fitted.param("icc1").expect("has one"), 26.0 / 29.0, 1e-12);
    close(fitted.param("icc2").expect("has one"), 26.0 / 27.0, 1e-12);
}
