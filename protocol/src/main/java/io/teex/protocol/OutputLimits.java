package io.teex.protocol;

/**
 * How large an output may be. An order states the most that its service may write and the step that
 * this is padded to; every machine on the way holds the padded output in memory several times over
 * and stores it as one blob, so there is a most that anybody may ask for.
 */
public final class OutputLimits {
  /** The largest padded output: 32 MiB, half of what a blob store takes. */
  public static final long PLAIN_BYTES_MAX = 32L << 20;

  private OutputLimits() {}

  /** Whether the longest output under these terms, padded, is at most {@link #PLAIN_BYTES_MAX}. */
  public static boolean isAcceptable(OutputTerms terms) {
    // Each is compared alone first, so that what is computed of them cannot overflow.
    return terms.capBytes() <= PLAIN_BYTES_MAX
        && terms.paddingBytes() <= PLAIN_BYTES_MAX
        && paddedBytes(terms.capBytes(), terms.paddingBytes()) <= PLAIN_BYTES_MAX;
  }

  /**
   * @throws TeexException {@code ORDER_MISMATCH} unless {@link #isAcceptable}
   */
  public static void require(OutputTerms terms) {
    if (!isAcceptable(terms)) {
      throw new TeexException(
          ErrorCode.ORDER_MISMATCH,
          "an output of up to %d bytes in steps of %d may be longer than %d bytes when padded: ask for less"
              .formatted(terms.capBytes(), terms.paddingBytes(), PLAIN_BYTES_MAX));
    }
  }

  /** {@code bytes} rounded up to a multiple of {@code step}; steps 0 and 1 change nothing. */
  static long paddedBytes(long bytes, long step) {
    return step <= 1 ? bytes : Math.multiplyExact(Math.ceilDiv(bytes, step), step);
  }
}
