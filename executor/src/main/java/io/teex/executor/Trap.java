package io.teex.executor;

/** Which trap ended a guest, in words that do not depend on the engine. */
enum Trap {
  OTHER("a trap"),
  UNREACHABLE("reached an unreachable instruction (abort, failed assertion)"),
  MEMORY("accessed memory out of bounds"),
  DIVISION_BY_ZERO("divided an integer by zero"),
  DIVISION_OVERFLOW("divided an integer with overflow"),
  CONVERSION("converted a number that no integer represents"),
  INDIRECT_CALL("called a function pointer of another type"),
  TABLE("accessed a table out of bounds");

  private final String text;

  Trap(String text) {
    this.text = text;
  }

  static String describe(int code) {
    Trap[] all = values();
    return "the service " + (code > 0 && code < all.length ? all[code] : OTHER).text;
  }
}
