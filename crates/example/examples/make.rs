//! How long does it take to make the example company, and what is true about it?

use std::path::Path;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| {
        arguments
            .next()
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let (customers, seed) = (number(20_000), number(1));
    let folder = arguments
        .next()
        .unwrap_or_else(|| "example-company".to_string());
    let config = odla_example::Config::standard(customers as usize, seed);
    match odla_example::generate(&config, Path::new(&folder)) {
        Ok(truth) => {
            for known in &truth.truths {
                println!("{:<48} {:>16.4} {}", known.key, known.value, known.unit);
            }
            println!("{:#?}", truth.books);
        }
        Err(error) => eprintln!("{error}"),
    }
}
