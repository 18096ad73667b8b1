//! What goes on around the customers: the brand, what we tell, and what happens outside?

use crate::company::Company;
use crate::dice::Dice;
use crate::people::REGIONS;
use crate::write::Sheets;

pub fn write(company: &Company, sheets: &mut Sheets) {
    write_brand(company, sheets);
    write_contents(sheets);
    write_events(company, sheets);
}

/// Known, considered and preferred among those who are not customers, by quarter and region.
fn write_brand(company: &Company, sheets: &mut Sheets) {
    let calendar = &company.calendar;
    let mut dice = Dice::new(company.seed, 0, 931);
    let rows = sheets.table("brand_tracker");
    for month in
        (calendar.month(calendar.start)..=calendar.month(calendar.as_of)).filter(|m| m % 3 == 2)
    {
        for (index, region) in REGIONS.iter().enumerate() {
            let asked = 250;
            let known = 0.42 + 0.06 * index as f64 + 0.0015 * month as f64;
            let mut share = |p: f64| {
                let hits = (0..asked).filter(|_| dice.chance(p)).count();
                hits as f64 / f64::from(asked)
            };
            let (known, considered, preferred) =
                (share(known), share(0.5 * known), share(0.18 * known));
            rows.text(&calendar.month_name(month)).text(region);
            rows.number(known, 3)
                .number(considered.min(known), 3)
                .number(preferred.min(considered), 3);
            rows.whole(asked.into()).end();
        }
    }
}

fn write_contents(sheets: &mut Sheets) {
    let list = [
        (
            "need",
            "which_size",
            "Mät bredden på bänken först. Välj sedan den maskin som är fem centimeter smalare.",
            "own test",
        ),
        (
            "search",
            "what_exists",
            "Vi har fyra sorters dammsugare. Den lilla är tystast, den stora orkar mest.",
            "independent test",
        ),
        (
            "compare",
            "difference",
            "Komparativ utvärdering av energieffektivitetsklassificeringen förutsätter beaktande av dimensioneringsförhållanden och användningsfrekvens.",
            "",
        ),
        (
            "compare",
            "price",
            "Här ser du pris, garanti och ljudnivå bredvid varandra.",
            "price list",
        ),
        (
            "decide",
            "delivery",
            "Beställ före klockan tolv så packar vi i dag. Vi skriver vilken dag paketet kommer.",
            "delivery statistics",
        ),
        (
            "decide",
            "right_to_return",
            "Du får lämna tillbaka varan inom trettio dagar.",
            "terms",
        ),
        (
            "use",
            "first_day",
            "Häll i vatten, tryck på knappen och vänta tills lampan blir grön.",
            "manual",
        ),
        (
            "use",
            "new_uses",
            "Visste du att borrmaskinen också kan slipa? Byt till slipskivan och kör på låg fart.",
            "",
        ),
        (
            "use",
            "fault",
            "Om maskinen stannar: dra ur sladden, vänta en minut och sätt i den igen.",
            "support statistics",
        ),
        (
            "renew",
            "terms",
            "Ditt avtal löper ett år i taget. Du kan säga upp det fram till sista dagen före förnyelsen.",
            "terms",
        ),
        (
            "renew",
            "change",
            "Avtalsvillkorsförändringar kommuniceras i enlighet med tillämpliga konsumenträttsliga bestämmelser.",
            "",
        ),
    ];
    let rows = sheets.table("contents");
    for (index, (phase, need, text, evidence)) in list.iter().enumerate() {
        rows.id(format_args!("T{:02}", index + 1))
            .text(phase)
            .text(need)
            .text("sv")
            .text(text);
        rows.maybe((!evidence.is_empty()).then_some(*evidence))
            .end();
    }
    rows.text("T12").text("use").text("first_day").text("en");
    rows.text("Fill it with water, press the button and wait for the green light.")
        .text("manual")
        .end();
}

fn write_events(company: &Company, sheets: &mut Sheets) {
    let calendar = &company.calendar;
    let turns = &company.turns;
    let rows = sheets.table("outside_events");
    rows.text("H-PRIS")
        .text("stress_period")
        .day(calendar, turns.stress_from)
        .day(calendar, turns.stress_to);
    rows.blanks(2).text("Alla priser i branschen höjdes").end();
    rows.text("H-RIVAL")
        .text("rival_leap")
        .day(calendar, calendar.start + 500)
        .day(calendar, calendar.as_of);
    rows.blank()
        .text("household")
        .text("Direkt.se levererar samma dag")
        .end();
    rows.text("H-SUBST")
        .text("substitute")
        .day(calendar, calendar.start + 300)
        .day(calendar, calendar.as_of);
    rows.blank()
        .text("small company")
        .text("Kaffet köps färdigt i automat")
        .end();
    rows.text("H-REGEL")
        .text("regulation")
        .day(calendar, calendar.start + 640)
        .day(calendar, calendar.start + 640);
    rows.blanks(2).text("Rätt till reparation").end();
    rows.text("H-VIRUS")
        .text("other")
        .day(calendar, 0)
        .day(calendar, calendar.months_back(calendar.as_of, 52).max(1));
    rows.blanks(2).text("Restriktioner i butik").end();
}
