//! When are the pages packed into the program anew? When they have been built anew.

fn main() {
    println!("cargo:rerun-if-changed=../../web/dist");
}
