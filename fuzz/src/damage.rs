//! How is a good text made into a bad one?

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Pieces that have brought readers down before: extremes, marks, half characters, deep nesting.
const PIECES: &[&str] = &[
    "", " ", "\0", "\n", "\r\n", "\t", "\"", "'", "`", ",", ";", ".", "-", "+", "=", "[", "]", "[[", "]]", "{", "}", "#", "\\",
    "\\u0000", "\u{feff}", "\u{2212}", "\u{a0}", "\u{202e}", "å", "𝟙", "٣", "e\u{301}", "0", "-0", "00", "1e999", "-1e-999", "nan",
    "NaN", "inf", "-inf", "Infinity", "1_000", "0x10", "9223372036854775807", "-9223372036854775808", "18446744073709551616",
    "340282366920938463463374607431768211455", "170141183460469231731687303715884105727", "0.00000000000000000000000000000001",
    "1,5", "1.5", "1.234,56", "1,234.56", "1 234", "12%", "2026-06-30", "2026-02-30", "0000-00-00", "-9999-01-01", "9999-12-31",
    "99999-01-01", "20260630", "30/6 2026", "6/30/26", "2026-06-30T24:00:00", "2026-06-30T02:30:00+99:00", "true", "ja", "nej",
];

/// The text with up to eight changes: pieces put in, cut, repeated, exchanged, bytes turned.
pub fn text(good: &str, rng: &mut ChaCha8Rng) -> String {
    let mut letters: Vec<char> = good.chars().collect();
    for _ in 0..rng.random_range(0..=8) {
        let length = letters.len();
        let at = rng.random_range(0..=length);
        let upto = rng.random_range(at..=length.min(at + 40));
        match rng.random_range(0..6) {
            0 => insert(&mut letters, at, piece(rng)),
            1 => drop(letters.drain(at..upto)),
            2 => {
                let copy: String = letters[at..upto].iter().collect();
                insert(&mut letters, upto, &copy);
            }
            3 => {
                letters.drain(at..upto);
                insert(&mut letters, at, piece(rng));
            }
            4 if at < length => letters[at] = char::from(rng.random::<u8>()),
            _ => {
                let often = piece(rng).repeat(rng.random_range(1..200));
                insert(&mut letters, at, &often);
            }
        }
    }
    letters.into_iter().collect()
}

pub fn piece(rng: &mut ChaCha8Rng) -> &'static str {
    PIECES[rng.random_range(0..PIECES.len())]
}

fn insert(letters: &mut Vec<char>, at: usize, text: &str) {
    letters.splice(at..at, text.chars());
}
