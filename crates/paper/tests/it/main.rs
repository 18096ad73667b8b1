//! Does paper say what the screen says?

use calamine::{Data, Reader, Xlsx};
use odla_domain::Unit;
use odla_paper::{
    Column, Document, Figure, Grid, GridCell, PaperError, Picture, Sheet, SheetCell, Step,
    StepKind, Words, pdf, sheets, workbook,
};
use std::io::{Cursor, Write};
use std::process::{Command, Stdio};

fn document() -> Document {
    let step = |label: &str, amount: f64, kind| Step {
        label: label.to_owned(),
        amount,
        text: format!("{:.1}", amount / 1e6).replace('.', ","),
        kind,
    };
    Document {
        language: "sv".to_owned(),
        currency: "SEK".to_owned(),
        company: "Rödbo Handel".to_owned(),
        title: "Ledning".to_owned(),
        as_of: "30 juni 2026".to_owned(),
        as_of_date: "2026-06-30".to_owned(),
        run: "2fa4de4cde45".to_owned(),
        sentences: vec![
            "Kundkapitalet växte med 4,39 mkr på ett år.".to_owned(),
            "Tecken som #, *, _ och $ betyder inget här.".to_owned(),
        ],
        figures: vec![
            Figure {
                key: "equity.total".to_owned(),
                label: "Kundkapital".to_owned(),
                text: "24,81 mkr".to_owned(),
                interval_text: Some("22,42 mkr – 27,39 mkr".to_owned()),
                value: Some(24_810_538.835_5),
                lower: Some(22_420_347.0),
                upper: Some(27_394_482.0),
                level: Some(0.9),
                unit: Unit::Money,
                n: 4531,
                grade: Some("C".to_owned()),
                method: "pareto_nbd".to_owned(),
                definition: "Förväntat bidrag.".to_owned(),
                cautions: vec!["Intervallet är brett.".to_owned()],
            },
            Figure {
                key: "loyalty.share".to_owned(),
                label: "Äkta lojalitet".to_owned(),
                text: "går inte att säga".to_owned(),
                interval_text: None,
                value: None,
                lower: None,
                upper: None,
                level: None,
                unit: Unit::Share,
                n: 0,
                grade: None,
                method: String::new(),
                definition: String::new(),
                cautions: Vec::new(),
            },
        ],
        pictures: vec![Picture::Bridge {
            title: "Kundkapitalets brygga".to_owned(),
            steps: vec![
                step("Ingående", 20.4e6, StepKind::Total),
                step("Nya", 6.1e6, StepKind::Change),
                step("Förlorat", -1.7e6, StepKind::Change),
                step("Utgående", 24.8e6, StepKind::Total),
            ],
        }],
        tables: vec![Grid {
            key: "drivers.map".to_owned(),
            title: "Betydelse/omdöme".to_owned(),
            columns: vec![
                Column {
                    heading: "Egenskap".to_owned(),
                    unit: Unit::Text,
                },
                Column {
                    heading: "Betydelse".to_owned(),
                    unit: Unit::Share,
                },
                Column {
                    heading: "Intervall".to_owned(),
                    unit: Unit::Share,
                },
            ],
            rows: vec![
                vec![
                    GridCell::Text {
                        text: "leverans".to_owned(),
                    },
                    GridCell::Number {
                        value: 0.285,
                        text: "28,5 %".to_owned(),
                    },
                    GridCell::Range {
                        lower: 0.26,
                        upper: 0.31,
                        text: "26 % – 31 %".to_owned(),
                    },
                ],
                vec![
                    GridCell::Text {
                        text: "=1+1".to_owned(),
                    },
                    GridCell::Number {
                        value: f64::NAN,
                        text: "–".to_owned(),
                    },
                    GridCell::Empty,
                ],
            ],
        }],
        cautions: vec!["Var försiktig.".to_owned()],
        words: words(),
    }
}

fn words() -> Words {
    let text = |text: &str| text.to_owned();
    Words {
        figures: text("Siffror"),
        figure: text("Siffra"),
        value: text("Värde"),
        interval: text("Intervall"),
        from: text("Från"),
        to: text("Till"),
        level: text("Nivå"),
        unit: text("Enhet"),
        observations: text("Observationer"),
        evidence: text("Bevis"),
        method: text("Metod"),
        definition: text("Definition"),
        cautions: text("Att tänka på"),
        booked: text("bokfört"),
        how_we_know: text("Så vet vi det"),
        run: text("Körning"),
        as_of: text("Per"),
        key: text("Nyckel"),
        page: text("Sida"),
        of: text("av"),
        axis_starts: text("Axeln börjar inte vid noll."),
    }
}

/// The text of a PDF by poppler; nothing when poppler is not installed.
fn text_of(pdf: &[u8]) -> Option<String> {
    let mut reading = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    reading.stdin.take()?.write_all(pdf).ok()?;
    let output = reading.wait_with_output().ok()?;
    String::from_utf8(output.stdout).ok()
}

#[test]
fn a_board_paper_says_what_the_screen_says() {
    let bytes = pdf(&document()).expect("the template is right");
    assert!(bytes.starts_with(b"%PDF-"));
    let Some(text) = text_of(&bytes) else {
        eprintln!("left out: the text of the PDF: no pdftotext");
        return;
    };
    for said in [
        "Kundkapitalet växte med 4,39 mkr",
        "Tecken som #, *, _ och $ betyder inget här.",
        "24,81 mkr",
        "22,42 mkr – 27,39 mkr",
        "går inte att säga",
        "Intervallet är brett.",
        "28,5 %",
        "2fa4de4cde45",
    ] {
        assert!(text.contains(said), "{said} is not in\n{text}");
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let document = document();
    assert_eq!(
        pdf(&document).expect("set once"),
        pdf(&document).expect("set twice")
    );
    assert_eq!(
        workbook(&document).expect("written once"),
        workbook(&document).expect("written twice")
    );
}

#[test]
fn an_empty_report_is_a_page_all_the_same() {
    let mut empty = document();
    empty.sentences.clear();
    empty.figures.clear();
    empty.pictures.clear();
    empty.tables.clear();
    empty.cautions.clear();
    assert!(
        pdf(&empty)
            .expect("an empty page is a page")
            .starts_with(b"%PDF-")
    );
    assert!(workbook(&empty).is_ok());
}

#[test]
fn a_workbook_holds_numbers_and_dates_not_their_texts() {
    let bytes = workbook(&document()).expect("written");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    assert_eq!(
        book.sheet_names(),
        ["Ledning", "Siffror", "Betydelse omdöme"]
    );
    let told = book.worksheet_range("Ledning").expect("the first sheet");
    assert!(
        matches!(told.get((1, 1)), Some(Data::DateTime(_))),
        "{:?}",
        told.get((1, 1))
    );
    let figures = book.worksheet_range("Siffror").expect("the figures");
    assert_eq!(figures.get((1, 1)), Some(&Data::Float(24_810_538.835_5)));
    assert_eq!(figures.get((2, 1)), Some(&Data::Empty));
    let table = book.worksheet_range("Betydelse omdöme").expect("the table");
    assert_eq!(table.get((1, 1)), Some(&Data::Float(0.285)));
    assert_eq!(table.get((1, 3)), Some(&Data::Float(0.31)));
    // What looks like a formula stays a text.
    assert_eq!(table.get((2, 0)), Some(&Data::String("=1+1".to_owned())));
}

#[test]
fn too_many_rows_for_a_sheet_are_refused_before_anything_is_written() {
    let sheet = Sheet {
        name: "orders".to_owned(),
        headings: vec!["n".to_owned()],
        rows: vec![vec![SheetCell::Empty]; 1_048_576],
    };
    assert!(matches!(
        sheets(&[sheet], "SEK"),
        Err(PaperError::TooManyRows { got: 1_048_576, .. })
    ));
}
