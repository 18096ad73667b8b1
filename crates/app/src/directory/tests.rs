//! Lists, filters and pictures over a small customer base whose answers can be counted by hand.

use super::*;
use odla_domain::Sight;
use odla_lake::directory::{Customers, Words};

fn words(list: &[&str]) -> Values {
    let mut words = Words::default();
    for word in list {
        let code = words.code(word);
        words.codes.push(code);
    }
    Values::Words(words)
}

fn texts(list: &[&str]) -> Texts {
    let mut texts = Texts::default();
    for text in list {
        texts.push(text);
    }
    texts
}

/// Six customers in two units; the sixth belongs to none and has no value.
fn small() -> Directory {
    let customers = Customers {
        customer_id: texts(&["c1", "c2", "c3", "c4", "c5", "c6"]),
        name: texts(&["Öberg", "Adam", "Åke", "Zeta", "", "Bo Öst"]),
        columns: vec![
            (
                "kind".to_owned(),
                words(&["person", "company", "person", "company", "person", "person"]),
            ),
            ("unit_id".to_owned(), words(&["n", "n", "s", "s", "n", ""])),
            (
                "acquired_on".to_owned(),
                Values::Days(vec![0, 31, 59, NO_DAY, 20_000, 1]),
            ),
            (
                "profiling_objected".to_owned(),
                Values::Flags(vec![None, None, Some(true), None, Some(false), None]),
            ),
        ],
    };
    let mut directory = Directory::new(customers, Vec::new());
    directory.add(vec![(
        "value".to_owned(),
        Values::Numbers(vec![5.0, -1.0, 5.0, 100.0, 0.0, f64::NAN]),
    )]);
    directory.run = Some("run".to_owned());
    directory
}

fn ask(filters: &[&str], sort: &str, limit: usize) -> Ask {
    Ask {
        filters: filters
            .iter()
            .map(|filter| Where::parse(filter).unwrap())
            .collect(),
        text: None,
        sort: Sort::parse(sort),
        limit,
        cursor: None,
        after: 0,
    }
}

fn ids(directory: &Directory, ask: &Ask) -> Vec<String> {
    let listed = directory
        .list(ask, &Sight::All, &Decided::default())
        .unwrap();
    listed
        .items
        .iter()
        .map(|item| item[ID].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn those_without_a_value_stand_last_whichever_way_the_list_is_read() {
    let directory = small();
    assert_eq!(
        ids(&directory, &ask(&[], "value", 10)),
        ["c2", "c5", "c1", "c3", "c4", "c6"]
    );
    assert_eq!(
        ids(&directory, &ask(&[], "-value", 10)),
        ["c4", "c3", "c1", "c5", "c2", "c6"]
    );
}

#[test]
fn names_are_sorted_as_in_a_swedish_list() {
    let directory = small();
    assert_eq!(
        ids(&directory, &ask(&[], "name", 10)),
        ["c2", "c6", "c4", "c3", "c1", "c5"]
    );
}

#[test]
fn pages_follow_each_other_without_gap_or_repetition() {
    let directory = small();
    let mut asked = ask(&["kind:eq:person"], "-value", 2);
    let mut all = Vec::new();
    loop {
        let page = directory
            .list(&asked, &Sight::All, &Decided::default())
            .unwrap();
        assert_eq!(page.total, 4);
        all.extend(
            page.items
                .iter()
                .map(|item| item[ID].as_str().unwrap().to_owned()),
        );
        match page.next_cursor {
            Some(cursor) => asked.cursor = Some(cursor),
            None => break,
        }
    }
    assert_eq!(all, ["c3", "c1", "c5", "c6"]);
    asked.cursor = Some("other.3".to_owned());
    assert!(
        directory
            .list(&asked, &Sight::All, &Decided::default())
            .is_err()
    );
}

#[test]
fn filters_of_every_kind_let_the_right_ones_through() {
    let directory = small();
    for (filter, wanted) in [
        ("value:gt:0", vec!["c1", "c3", "c4"]),
        ("value:le:0", vec!["c2", "c5"]),
        ("value:missing:", vec!["c6"]),
        ("value:missing:false", vec!["c1", "c2", "c3", "c4", "c5"]),
        ("value:in:0,100", vec!["c4", "c5"]),
        ("unit_id:in:s,x", vec!["c3", "c4"]),
        ("unit_id:missing:", vec!["c6"]),
        ("kind:contains:COMP", vec!["c2", "c4"]),
        ("acquired_on:lt:1970-03-01", vec!["c1", "c2", "c6"]),
        ("acquired_on:missing:", vec!["c4"]),
        ("profiling_objected:eq:true", vec!["c3"]),
        ("name:contains:ö", vec!["c1", "c6"]),
        ("customer_id:in:c1,c6,zz", vec!["c1", "c6"]),
    ] {
        assert_eq!(ids(&directory, &ask(&[filter], ID, 10)), wanted, "{filter}");
    }
}

#[test]
fn a_condition_that_cannot_be_understood_is_refused() {
    let directory = small();
    assert!(Where::parse("value").is_err());
    assert!(Where::parse("value:like:x").is_err());
    for filter in [
        "value:gt:much",
        "value:contains:1",
        "kind:lt:a",
        "acquired_on:eq:x",
        "none:eq:1",
    ] {
        let asked = ask(&[filter], ID, 10);
        let listed = directory.list(&asked, &Sight::All, &Decided::default());
        assert!(listed.is_err(), "{filter}");
    }
}

#[test]
fn free_text_finds_ids_and_names_in_any_case() {
    let directory = small();
    let mut asked = ask(&[], ID, 10);
    for (text, wanted) in [
        ("ÖST", vec!["c6"]),
        ("c2", vec!["c2"]),
        ("å", vec!["c3"]),
        ("q", vec![]),
    ] {
        asked.text = Some(text.to_owned());
        assert_eq!(ids(&directory, &asked), wanted, "{text}");
    }
}

#[test]
fn a_person_sees_the_own_units_only_and_the_total_tells_no_more() {
    let directory = small();
    let north = Sight::Units(["n".to_owned()].into());
    let listed = directory
        .list(&ask(&[], ID, 2), &north, &Decided::default())
        .unwrap();
    assert_eq!(listed.total, 3);
    let nobody = Sight::Units([].into());
    let listed = directory
        .list(&ask(&[], ID, 2), &nobody, &Decided::default())
        .unwrap();
    assert_eq!((listed.total, listed.items.len()), (0, 0));
    assert_eq!(listed.next_cursor, None);
}

#[test]
fn what_was_decided_can_be_asked_for_and_is_never_stale() {
    let directory = small();
    let asked = ask(&["decided:eq:grow"], ID, 10);
    let mut decided = Decided {
        generation: 1,
        stances: HashMap::from([("c2".to_owned(), Stance::Grow)]),
    };
    let listed = |decided: &Decided, asked: &Ask| {
        let listed = directory.list(asked, &Sight::All, decided).unwrap();
        (listed.total, listed.items)
    };
    let (total, items) = listed(&decided, &asked);
    assert_eq!((total, items[0][DECIDED].as_str()), (1, Some("grow")));
    decided.stances.insert("c3".to_owned(), Stance::Grow);
    decided.generation = 2;
    assert_eq!(listed(&decided, &asked).0, 2);
    assert_eq!(listed(&decided, &ask(&["decided:missing:"], ID, 10)).0, 4);
}

#[test]
fn a_picture_with_too_many_points_is_a_sample_that_is_the_same_every_time() {
    let directory = small();
    let asked = |limit| PictureAsk {
        x: "value".to_owned(),
        y: "value".to_owned(),
        color: Some("kind".to_owned()),
        filters: Vec::new(),
        text: None,
        limit,
    };
    let draw = |limit| {
        directory
            .picture(&asked(limit), &Sight::All, &Decided::default())
            .unwrap()
    };
    let all = draw(10);
    assert_eq!((all.total, all.shown), (5, 5));
    let some = draw(2);
    assert_eq!((some.total, some.shown, some.customer_id.len()), (5, 2, 2));
    assert_eq!(some, draw(2));
    assert_eq!(draw(0).shown, 0);
}

#[test]
fn the_law_sees_a_person_unless_the_customer_is_a_company() {
    let directory = small();
    assert_eq!(directory.standing(0), Standing::Person);
    assert_eq!(directory.standing(1), Standing::Company);
    assert_eq!(directory.standing(2), Standing::Objected);
}

#[test]
fn days_are_written_and_read_as_dates() {
    assert_eq!(day_text(20_000).as_deref(), Some("2024-10-04"));
    assert_eq!(day_number("2024-10-04"), Some(20_000));
    assert_eq!(day_text(NO_DAY), None);
    assert_eq!(day_number("4 oct"), None);
}

#[test]
fn a_list_is_read_from_its_middle() {
    let directory = small();
    let decided = Decided::default();
    for filters in [&[][..], &["kind:eq:person"][..]] {
        let all = ids(&directory, &ask(filters, "-value", 10));
        for after in 0..=all.len() + 1 {
            let mut asked = ask(filters, "-value", 2);
            asked.after = after;
            let listed = directory.list(&asked, &Sight::All, &decided).unwrap();
            let found: Vec<&str> = listed
                .items
                .iter()
                .map(|item| item["customer_id"].as_str().unwrap())
                .collect();
            let wanted: Vec<&str> = all.iter().skip(after).take(2).map(String::as_str).collect();
            assert_eq!(found, wanted, "{filters:?} after {after}");
            assert_eq!(listed.total, all.len());
        }
    }
}
