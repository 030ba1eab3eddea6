// What a TEEX service sees of the world: the import module "teex", and what a program needs around it.

// @ts-ignore: decorator
@external("teex", "dataset_count")
declare function dataset_count(): i32;
// @ts-ignore: decorator
@external("teex", "dataset_size")
declare function dataset_size(index: i32): i64;
// @ts-ignore: decorator
@external("teex", "dataset_read")
declare function dataset_read(index: i32, offset: i64, to: usize, length: i32): i32;
// @ts-ignore: decorator
@external("teex", "input_size")
declare function input_size(): i32;
// @ts-ignore: decorator
@external("teex", "input_read")
declare function input_read(offset: u32, to: usize, length: i32): i32;
// @ts-ignore: decorator
@external("teex", "output_write")
declare function output_write(from: usize, length: i32): i32;
// @ts-ignore: decorator
@external("teex", "log")
declare function teex_log(from: usize, length: i32): i32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "proc_exit")
declare function proc_exit(code: i32): void;

/** For the service's author: shown by `teex dev test`, and by nobody and nowhere else. */
export function log(text: string): void {
  const bytes = String.UTF8.encode(text);
  teex_log(changetype<usize>(bytes), bytes.byteLength);
}

/** Ends the task with exit code 1; the user is told the code, the author (in development) why. */
export function fail(why: string): void {
  log(why);
  proc_exit(1);
}

export function input(): Uint8Array {
  const bytes = new Uint8Array(input_size());
  if (input_read(0, bytes.dataStart, bytes.length) != bytes.length) fail("the input cannot be read");
  return bytes;
}

export function output(text: string): void {
  const bytes = String.UTF8.encode(text);
  if (output_write(changetype<usize>(bytes), bytes.byteLength) != 0) fail("the output cannot be written");
}

/** One of the order's data sets. Reads by range: what is not read is not even fetched. */
export class Dataset {
  /** -1 if there is no such data set. */
  readonly size: i64;

  constructor(private index: i32) {
    this.size = dataset_size(index);
  }

  static count(): i32 {
    return dataset_count();
  }

  /** At most `length` bytes from `offset` on: fewer at the end. */
  read(offset: i64, length: i32): Uint8Array {
    const left = <i32>max<i64>(0, min<i64>(length, this.size - offset));
    const bytes = new Uint8Array(left);
    if (dataset_read(this.index, offset, bytes.dataStart, left) != left) fail("the data cannot be read");
    return bytes;
  }
}

/** What AssemblyScript calls when an assertion fails or an index is out of bounds. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const what = message ? message : "abort";
  const where = file ? file : "?";
  fail(what + " at " + where + ":" + line.toString() + ":" + column.toString());
}

/** What seeds Math.random: the task's own randomness, the same for every attempt. */
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "random_get")
declare function random_get(to: usize, length: i32): i32;
export function seed(): f64 {
  const bytes = new Uint8Array(8);
  random_get(bytes.dataStart, 8);
  return reinterpret<f64>(load<u64>(bytes.dataStart) >> 12 | 0x3ff0000000000000);
}
