package io.teex.protocol;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@link Tier#profile} says: how a service is executed, and when its user is answered.
 *
 * <p>Written as the name of the guest interface, and for answers in steps {@code +step=} and the
 * step in milliseconds: {@code wasm-1+step=500}. A worker that does not know steps refuses such an
 * order, so nobody who asked for them is answered without.
 *
 * @param guest the name of the guest interface, such as {@value Tier#WASM_1}
 * @param responseStepMillis whatever a task comes to leaves its worker only after a whole number of
 *     these since it began, so that nobody learns more exactly how long it took; 0 for at once
 */
public record Profile(String guest, int responseStepMillis) {
  public static final int STEP_MILLIS_MIN = 10;
  public static final int STEP_MILLIS_MAX = 60_000;

  private static final Pattern TEXT =
      Pattern.compile("([a-z0-9-]{1,32})(?:\\+step=([1-9]\\d{1,4}))?");

  public Profile {
    if (responseStepMillis != 0 && !isStep(responseStepMillis)) {
      throw new IllegalArgumentException(
          "a response step is %d to %d milliseconds, is %d"
              .formatted(STEP_MILLIS_MIN, STEP_MILLIS_MAX, responseStepMillis));
    }
  }

  private static boolean isStep(int millis) {
    return millis >= STEP_MILLIS_MIN && millis <= STEP_MILLIS_MAX;
  }

  /** Answers at once. */
  public static Profile of(String guest) {
    return new Profile(guest, 0);
  }

  public Profile withResponseStep(int millis) {
    return new Profile(guest, millis);
  }

  /**
   * Reads what {@link #text} wrote, of an order that somebody else wrote.
   *
   * @throws TeexException {@code ORDER_MISMATCH}
   */
  public static Profile parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw refused(text);
    }
    int step = parts.group(2) == null ? 0 : Integer.parseInt(parts.group(2));
    if (step != 0 && !isStep(step)) {
      throw refused(text);
    }
    return new Profile(parts.group(1), step);
  }

  /** The one way in which this is written. */
  public String text() {
    return responseStepMillis == 0 ? guest : "%s+step=%d".formatted(guest, responseStepMillis);
  }

  private static TeexException refused(String text) {
    return new TeexException(
        ErrorCode.ORDER_MISMATCH,
        "profile '%s' is none: expected %s, or that with +step= and %d to %d milliseconds"
            .formatted(text, Tier.WASM_1, STEP_MILLIS_MIN, STEP_MILLIS_MAX));
  }
}
