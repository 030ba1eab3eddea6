// A service in AssemblyScript: the ten most frequent words of the input, without those that data set 0 lists.
//
// Input: text. Data (may be missing): one word a line. Output: lines of "word count".
import { Dataset, fail, input, log, output } from "./teex";

const TOP = 10;
const CHUNK = 4096;

class Counted {
  constructor(public word: string, public count: i32) {}
}

// Letters only, and in lower case; all other bytes separate words.
function wordsOf(text: Uint8Array): string[] {
  const words = new Array<string>();
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    let c: u8 = at < text.length ? text[at] : 0;
    if (c >= 0x41 && c <= 0x5a) {
      c += 0x20;
      text[at] = c;
    }
    if (c >= 0x61 && c <= 0x7a) continue;
    if (at > from) words.push(String.UTF8.decodeUnsafe(text.dataStart + from, at - from));
    from = at + 1;
  }
  return words;
}

function stopWords(): Set<string> {
  const stop = new Set<string>();
  const data = new Dataset(0);
  if (data.size < 0) return stop;
  const text = new Uint8Array(<i32>data.size);
  for (let at: i64 = 0; at < data.size; at += CHUNK) text.set(data.read(at, CHUNK), <i32>at);
  const words = wordsOf(text);
  for (let i = 0; i < words.length; i++) stop.add(words[i]);
  return stop;
}

function main(): void {
  const words = wordsOf(input());
  if (words.length == 0) fail("the input holds no words");
  const stop = stopWords();
  const counts = new Map<string, i32>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (!stop.has(word)) counts.set(word, counts.has(word) ? counts.get(word) + 1 : 1);
  }
  const order = new Array<Counted>();
  const keys = counts.keys();
  for (let i = 0; i < keys.length; i++) order.push(new Counted(keys[i], counts.get(keys[i])));
  order.sort((a, b) => (a.count != b.count ? b.count - a.count : a.word < b.word ? -1 : 1));
  log(words.length.toString() + " words, " + order.length.toString() + " counted");
  for (let i = 0; i < order.length && i < TOP; i++) output(order[i].word + " " + order[i].count.toString() + "\n");
}

main();
