//! What does the ledger itself keep about every row, and about the rows it could not take?

use super::{Column, Kind, Table, Words, column, key, required};
use Kind::{Count, Instant, Text};

pub const REJECTS: Table = Table {
    name: "rejects",
    about: Words {
        sv: "Rader som inte kunde förstås, med skäl.",
        en: "Rows that could not be understood, with the reason.",
    },
    columns: &[
        key(
            "table",
            Text,
            "Tabellen som raden var på väg till.",
            "The table the row was bound for.",
        ),
        key("file", Text, "Filen.", "The file."),
        key("line", Count, "Raden i filen.", "The line in the file."),
        key(
            "column",
            Text,
            "Kolumnen, tomt när det gäller hela raden.",
            "The column, empty when it is the whole row.",
        ),
        required("reason", Text, "Skälets nyckel.", "The key of the reason."),
        column(
            "value",
            Text,
            "Värdet som inte förstods.",
            "The value that was not understood.",
        ),
        column(
            "raw",
            Text,
            "Hela raden som den stod.",
            "The whole row as it stood.",
        ),
        column(
            "row_key",
            Text,
            "Radens nyckel i tabellen, när den kunde läsas.",
            "The row's key in its table, when it could be read.",
        ),
    ],
    extras: false,
    dated_by: None,
};

pub const LEDGER_COLUMNS: &[Column] = &[
    required(
        "_source",
        Text,
        "Filen eller systemet som raden kom ifrån.",
        "The file or system the row came from.",
    ),
    required(
        "_line",
        Count,
        "Radens nummer i filen.",
        "The row's line in the file.",
    ),
    required(
        "_imported_at",
        Instant,
        "När raden importerades.",
        "When the row was imported.",
    ),
    required(
        "_import_id",
        Text,
        "Importen som förde in raden.",
        "The import that brought the row.",
    ),
];
