//! A service in Rust: the ten most frequent words of the input, without those that data set 0 lists.
//!
//! Input: text. Data (may be missing): one word a line. Output: lines of "word count".
use std::collections::{BTreeMap, BTreeSet};
use std::process::exit;

const TOP: usize = 10;
const CHUNK: usize = 4096;

fn main() {
    let text = read_input();
    let words = words_of(&text);
    if words.is_empty() {
        fail("the input holds no words");
    }
    let data = read_data();
    let stop: BTreeSet<String> = words_of(&data).into_iter().collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for word in words.iter().filter(|word| !stop.contains(*word)) {
        *counts.entry(word).or_default() += 1;
    }
    let mut order: Vec<(&str, usize)> = counts.into_iter().collect();
    // Stable, so that words of one count stay in the map's order.
    order.sort_by(|a, b| b.1.cmp(&a.1));
    teex::log(&format!("{} words, {} counted", words.len(), order.len()));
    for (word, count) in order.iter().take(TOP) {
        println!("{} {}", word, count);
    }
}

fn fail(why: &str) -> ! {
    teex::log(why);
    exit(1)
}

fn read_input() -> Vec<u8> {
    let mut text = vec![0; teex::input_size()];
    match teex::read_input(0, &mut text) {
        Ok(count) if count == text.len() => text,
        _ => fail("the input cannot be read"),
    }
}

/// By range: a large data set need not fit into memory, and what is not read is not even fetched.
fn read_data() -> Vec<u8> {
    let mut text = Vec::new();
    if let Some(data) = teex::Dataset::open(0) {
        let mut chunk = [0; CHUNK];
        while (text.len() as u64) < data.size() {
            match data.read(text.len() as u64, &mut chunk) {
                Ok(count) if count > 0 => text.extend_from_slice(&chunk[..count]),
                _ => fail("the data cannot be read"),
            }
        }
    }
    text
}

/// Letters only, and in lower case; all other bytes separate words.
fn words_of(text: &[u8]) -> Vec<String> {
    text.split(|byte| !byte.is_ascii_alphabetic())
        .filter(|word| !word.is_empty())
        .map(|word| String::from_utf8_lossy(word).to_ascii_lowercase())
        .collect()
}
