//! Does a described path plan give the published paths of the mobile phone data?

use crate::data::{close, columns, file, fit, params};
use odla_fit::Options;

const MOBI: &str = r#"
scheme = "path"
scaled = true
paths = [
  ["Image", "Expectation"], ["Expectation", "Quality"], ["Expectation", "Value"], ["Quality", "Value"],
  ["Image", "Satisfaction"], ["Expectation", "Satisfaction"], ["Quality", "Satisfaction"], ["Value", "Satisfaction"],
  ["Satisfaction", "Complaints"], ["Image", "Loyalty"], ["Satisfaction", "Loyalty"], ["Complaints", "Loyalty"],
]
[blocks.Image]
items = ["IMAG1", "IMAG2", "IMAG3", "IMAG4", "IMAG5"]
mode = "A"
[blocks.Expectation]
items = ["CUEX1", "CUEX2", "CUEX3"]
[blocks.Quality]
items = ["PERQ1", "PERQ2", "PERQ3", "PERQ4", "PERQ5", "PERQ6", "PERQ7"]
[blocks.Value]
items = ["PERV1", "PERV2"]
[blocks.Satisfaction]
items = ["CUSA1", "CUSA2", "CUSA3"]
[blocks.Complaints]
items = ["CUSCO"]
[blocks.Loyalty]
items = ["CUSL1", "CUSL2", "CUSL3"]
"#;

fn described(model: &str) -> Options {
    Options {
        model: Some(model.to_owned()),
        bootstrap: Some(50),
        ..Options::standard()
    }
}

#[test]
fn mobi_gives_the_paths_of_smartpls_under_two_schemes() {
    let Some(mobi) = file("pls", "mobi/mobi.csv") else {
        return;
    };
    let fitted = fit("pls", &mobi, &described(MOBI));
    let path = [
        ("Image->Expectation", 0.504_913_93),
        ("Quality->Satisfaction", 0.512_023_94),
        ("Satisfaction->Loyalty", 0.485_477_62),
        ("Complaints->Loyalty", 0.066_926_07),
    ];
    params(&fitted, &path, 1e-7);
    close(
        fitted.extra["r2"]["Satisfaction"].as_f64().expect("number"),
        0.681_078_29,
        1e-7,
    );
    close(
        fitted.extra["loadings"]["Loyalty"]["CUSL2"]
            .as_f64()
            .expect("number"),
        0.202_021_72,
        1e-6,
    );
    close(
        fitted.extra["weights"]["Value"]["PERV1"]
            .as_f64()
            .expect("number"),
        0.479_282_45,
        1e-6,
    );
    assert_eq!(fitted.n, 250.0);
    assert!(fitted.standard_error("Image->Expectation") > Some(0.01));
    let centroid = fit(
        "pls",
        &mobi,
        &described(&MOBI.replace("\"path\"", "\"centroid\"")),
    );
    params(
        &centroid,
        &[
            ("Image->Expectation", 0.504_705_64),
            ("Complaints->Loyalty", 0.071_232_41),
        ],
        1e-7,
    );
}

#[test]
fn a_scale_gives_indices_and_what_a_point_does() {
    let Some(mobi) = file("pls indices", "mobi/mobi.csv") else {
        return;
    };
    let model = MOBI.replace("scaled = true", "scaled = true\nscale = [1, 10]");
    let fitted = fit("pls", &mobi, &described(&model));
    let index = &fitted.extra["indices"]["Satisfaction"]["index"];
    assert!((50.0..90.0).contains(&index.as_f64().expect("number")));
    let points = &fitted.extra["index_effects"]["Image->Satisfaction"]["points"];
    assert!(points.as_f64().expect("number") > 0.2);
    let pair = &fitted.extra["discriminant"]["Quality~Satisfaction"];
    close(
        pair["htmt"].as_f64().expect("number"),
        0.953_636_011_933_480_1,
        1e-9,
    );
    assert_eq!(pair["holds"], false);
    let loading = &fitted.extra["cross_loadings"]["CUSA1"]["Satisfaction"];
    assert_eq!(loading, &fitted.extra["loadings"]["Satisfaction"]["CUSA1"]);
}

#[test]
fn a_description_that_cannot_be_used_is_refused() {
    let file = columns("CUSCO\n1\n2\n");
    let refused = |options: &Options| {
        odla_fit::run("pls", &file, options)
            .expect_err("refused")
            .key()
    };
    assert_eq!(refused(&Options::standard()), "fit.flag_missing");
    assert_eq!(refused(&described("blocks = 3")), "fit.model_unreadable");
    assert_eq!(
        refused(&described(&MOBI.replace("scaled = true", "scaled = false"))),
        "fit.model_unreadable"
    );
    assert_eq!(
        refused(&described(
            &MOBI.replace("\"Image\", \"Loyalty\"", "\"Image\", \"Price\"")
        )),
        "fit.model_unreadable"
    );
    assert_eq!(refused(&described(MOBI)), "fit.column_unknown");
}
