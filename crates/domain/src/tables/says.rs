//! What do the customers say, and who was asked?

use super::{Column, Kind, Table, Words, column, key, refers, required};
use Kind::{Choice, Flag, Instant, Number, Share, Text};

pub const ANSWERS: Table = Table {
    name: "answers",
    about: Words {
        sv: "En rad per besvarad fråga.",
        en: "One row per question answered.",
    },
    columns: ANSWER_COLUMNS,
    extras: true,
    dated_by: Some("answered_at"),
};

pub const ASKED: Table = Table {
    name: "asked",
    about: Words {
        sv: "Urvalet, vare sig de svarade eller inte.",
        en: "The sample, answered or not.",
    },
    columns: &[
        refers(
            key("customer_id", Text, "Kunden.", "The customer."),
            "customers",
        ),
        key("wave", Text, "Mätningen.", "The wave."),
        column(
            "asked_at",
            Instant,
            "När frågan ställdes.",
            "When they were asked.",
        ),
        column("channel", Text, "Kanalen.", "The channel."),
        column(
            "inclusion_probability",
            Share,
            "Sannolikheten att komma med i urvalet.",
            "The probability of being sampled.",
        ),
        column(
            "never_asked_group",
            Flag,
            "Hör till gruppen som aldrig frågas.",
            "Belongs to the group that is never asked.",
        ),
    ],
    extras: false,
    dated_by: None,
};

/// Question keys with a meaning of their own; any other key is an attribute, a possible driver.
pub const QUESTIONS: &[&str] = &[
    "nps",
    "satisfaction",
    "expectation",
    "ideal",
    "image",
    "product_quality",
    "service_quality",
    "value_for_money",
    "again",
    "speak_well",
    "effort",
    "engagement",
    "proactivity",
    "honesty",
    "had_problem",
    "told_us",
    "problem_solved",
    "best_alternative_rank",
    "comment",
];

const ANSWER_COLUMNS: &[Column] = &[
    key("answer_id", Text, "Svarets nyckel.", "The answer's key."),
    column(
        "response_id",
        Text,
        "Enkäten som svaret hör till.",
        "The response it belongs to.",
    ),
    refers(
        column(
            "customer_id",
            Text,
            "Kunden; tomt när svaret är anonymt.",
            "The customer; empty when anonymous.",
        ),
        "customers",
    ),
    column(
        "contact_id",
        Text,
        "Kontaktpersonen som svarade.",
        "The contact who answered.",
    ),
    column("answered_at", Instant, "När.", "When."),
    column("wave", Text, "Mätningen.", "The wave."),
    column(
        "survey",
        Choice(&["relation", "touchpoint", "win", "loss", "brand"]),
        "Slag av enkät.",
        "Kind of survey.",
    ),
    column(
        "touchpoint",
        Text,
        "Kontaktpunkten som den gäller.",
        "The touchpoint it is about.",
    ),
    column(
        "interaction_id",
        Text,
        "Mötet som den gäller.",
        "The interaction it is about.",
    ),
    column(
        "order_id",
        Text,
        "Ordern som den gäller.",
        "The order it is about.",
    ),
    column(
        "unit_id",
        Text,
        "Enheten som den gäller.",
        "The unit it is about.",
    ),
    required("question", Text, "Frågans nyckel.", "The question's key."),
    column(
        "value",
        Number,
        "Svaret som tal.",
        "The answer as a number.",
    ),
    column(
        "scale_min",
        Number,
        "Skalans lägsta värde.",
        "The lowest value of the scale.",
    ),
    column(
        "scale_max",
        Number,
        "Skalans högsta värde.",
        "The highest value of the scale.",
    ),
    column("text", Text, "Svaret med ord.", "The answer in words."),
    column("language", Text, "Språk.", "Language."),
];
