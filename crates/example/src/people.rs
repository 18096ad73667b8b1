//! What are the customers, the sellers and the towns called?

use crate::dice::Dice;

const FIRST: [&str; 60] = [
    "Anna", "Lars", "Maria", "Mikael", "Eva", "Anders", "Karin", "Johan", "Sara", "Erik", "Lena",
    "Per", "Emma", "Karl", "Kerstin", "Peter", "Malin", "Jan", "Ingrid", "Thomas", "Elin",
    "Daniel", "Birgitta", "Fredrik", "Hanna", "Andreas", "Marianne", "Hans", "Åsa", "Magnus",
    "Ulla", "Stefan", "Jenny", "Bengt", "Linda", "Mats", "Susanne", "Göran", "Amina", "Björn",
    "Märta", "Ali", "Helene", "Jonas", "Yasmin", "Oskar", "Frida", "Håkan", "Agneta", "Viktor",
    "Moa", "Gustav", "Annika", "Leif", "Ebba", "Sven", "Sofia", "Mohammed", "Cecilia", "Nils",
];

const LAST: [&str; 60] = [
    "Andersson",
    "Johansson",
    "Karlsson",
    "Nilsson",
    "Eriksson",
    "Larsson",
    "Olsson",
    "Persson",
    "Svensson",
    "Gustafsson",
    "Pettersson",
    "Jonsson",
    "Jansson",
    "Hansson",
    "Bengtsson",
    "Jönsson",
    "Lindberg",
    "Jakobsson",
    "Magnusson",
    "Lindström",
    "Olofsson",
    "Lindqvist",
    "Lindgren",
    "Berg",
    "Axelsson",
    "Bergström",
    "Lundberg",
    "Lind",
    "Lundgren",
    "Lundqvist",
    "Mattsson",
    "Berglund",
    "Fredriksson",
    "Sandberg",
    "Henriksson",
    "Forsberg",
    "Sjöberg",
    "Wallin",
    "Ali",
    "Engström",
    "Danielsson",
    "Håkansson",
    "Eklund",
    "Lundin",
    "Gunnarsson",
    "Holm",
    "Björk",
    "Bergman",
    "Samuelsson",
    "Fransson",
    "Wikström",
    "Isaksson",
    "Mohamed",
    "Bergqvist",
    "Nyström",
    "Holmberg",
    "Arvidsson",
    "Löfgren",
    "Söderberg",
    "Nyberg",
];

const TRADE: [&str; 24] = [
    "Bygg",
    "El",
    "Rör",
    "Måleri",
    "Åkeri",
    "Redovisning",
    "Fastigheter",
    "Plåt",
    "Trädgård",
    "Snickeri",
    "Konsult",
    "Livs",
    "Mekaniska",
    "Städ",
    "Bageri",
    "Golv",
    "Tandvård",
    "Krog",
    "Skog",
    "Verkstad",
    "Transport",
    "Data",
    "Foto",
    "Optik",
];

const FORM: [&str; 5] = ["AB", "AB", "AB", "HB", "i Sverige AB"];

/// Towns by region, north to south.
pub const TOWNS: [[&str; 6]; 4] = [
    [
        "Umeå",
        "Luleå",
        "Sundsvall",
        "Östersund",
        "Skellefteå",
        "Örnsköldsvik",
    ],
    [
        "Stockholm",
        "Uppsala",
        "Västerås",
        "Örebro",
        "Gävle",
        "Eskilstuna",
    ],
    [
        "Göteborg",
        "Borås",
        "Trollhättan",
        "Karlstad",
        "Skövde",
        "Uddevalla",
    ],
    [
        "Malmö",
        "Lund",
        "Helsingborg",
        "Växjö",
        "Kalmar",
        "Halmstad",
    ],
];

pub const REGIONS: [&str; 4] = ["Norr", "Mitt", "Väst", "Syd"];

pub fn person(dice: &mut Dice) -> String {
    format!("{} {}", dice.pick(&FIRST), dice.pick(&LAST))
}

pub fn firm(dice: &mut Dice, town: &str) -> String {
    let trade = dice.pick(&TRADE);
    let form = dice.pick(&FORM);
    match dice.between(0, 2) {
        0 => format!("{} {trade} {form}", dice.pick(&LAST)),
        1 => format!("{town} {trade} {form}"),
        _ => format!("{} & {} {trade} {form}", dice.pick(&LAST), dice.pick(&LAST)),
    }
}

/// An address that cannot reach anyone: the domain is reserved for examples.
pub fn email(name: &str, firm: &str) -> String {
    let plain = |text: &str| -> String {
        text.to_lowercase()
            .chars()
            .filter_map(|c| match c {
                'å' | 'ä' => Some('a'),
                'ö' => Some('o'),
                ' ' => Some('.'),
                'a'..='z' | '0'..='9' => Some(c),
                _ => None,
            })
            .collect()
    };
    let house: String = plain(firm).chars().filter(|c| *c != '.').collect();
    format!("{}@{house}.example", plain(name))
}

/// The same name as somebody else might have typed it.
pub fn mistyped(name: &str, dice: &mut Dice) -> String {
    let letters: Vec<char> = name.chars().collect();
    let at = dice.between(1, letters.len() as i32 - 2).max(1) as usize;
    match dice.between(0, 3) {
        0 => letters
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != at)
            .map(|(_, c)| c)
            .collect(),
        1 => {
            let mut swapped = letters.clone();
            swapped.swap(at - 1, at);
            swapped.into_iter().collect()
        }
        2 => name.to_uppercase(),
        _ => name.replace('ö', "o").replace(['å', 'ä'], "a") + " ",
    }
}
