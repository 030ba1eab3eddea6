package io.teex.protocol;

/**
 * What leaves a task besides its output. A service and a user who work together against the owner
 * of the data between them could agree to say something by it, so it is counted like output.
 *
 * <p>At most this many different things can be told of one task: its fuel in steps, the power of
 * two that its memory is rounded to, its outcome with the trap or the exit code, and its time.
 * Output of up to <i>n</i> bytes, padded or not, can say hardly more than <i>n</i> bytes with its
 * size.
 */
public final class SideChannels {
  /** What a licence's budget is charged for each task on top of its output: 128 bits. */
  public static final int TASK_BYTES = 16;

  private static final int OUTCOMES = 8 + 8 + 256;
  private static final int MEMORY_BUCKETS = 13;
  private static final long MILLIS_PER_DAY = 86_400_000;
  private static final long NANOS_PER_DAY = 1_000_000 * MILLIS_PER_DAY;

  private SideChannels() {}

  /**
   * How many bits one task under this order can say besides its output, at most.
   *
   * @throws TeexException {@code ORDER_MISMATCH} if its profile is none
   */
  public static int bits(Order order) {
    long step = Math.max(1, order.limits().fuelStep());
    int stepMillis = Profile.parse(order.tier().profile()).responseStepMillis();
    long times = stepMillis == 0 ? NANOS_PER_DAY : MILLIS_PER_DAY / stepMillis;
    return bits(Math.ceilDiv(order.limits().fuel(), step))
        + bits(MEMORY_BUCKETS)
        + bits(OUTCOMES)
        + bits(times);
  }

  /** What it takes to tell 0 to {@code most}. */
  private static int bits(long most) {
    return Long.SIZE - Long.numberOfLeadingZeros(most);
  }
}
