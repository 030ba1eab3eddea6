package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;

/**
 * The ledger of one lane: which sequences are taken and how much of the allowance they hold.
 *
 * <p>A sequence goes through {@code next} (accepted: it holds {@code fee.max}), is lightened when
 * its receipt says less, is launched in a batch and lands when the chain has debited it. What a
 * sequence holds can be spent by nothing else; {@code remaining} of the chain less {@link #locked}
 * is what a new order may hold.
 *
 * @param next the sequence that the next order must have, from 1 on
 * @param settled the last sequence that a landed batch covers
 * @param held what the sequences after {@code launched} and before {@code next} hold together
 * @param launched the last sequence that the batch under way covers; {@code settled} if there is
 *     none
 * @param inFlight what the batch under way debits
 */
record Lane(
    Address payer,
    int number,
    long next,
    long settled,
    Amount held,
    long launched,
    Amount inFlight) {
  Lane {
    if (settled > launched || launched >= next || settled < 0) {
      throw new IllegalStateException(
          "lane %s/%d: settled %d, launched %d, next %d"
              .formatted(payer, number, settled, launched, next));
    }
    if (settled == launched && !inFlight.isZero()) {
      throw new IllegalStateException(
          "lane %s/%d: %s in flight without a batch".formatted(payer, number, inFlight));
    }
  }

  /** A lane in which nothing was ordered since the chain settled {@code settled}. */
  static Lane idle(Address payer, int number, long settled) {
    return new Lane(payer, number, settled + 1, settled, Amount.ZERO, settled, Amount.ZERO);
  }

  /**
   * What is not free of {@code allowance}. A batch may be mined before its landing is noted here,
   * so the amount depends on which of the two the allowance was read after.
   *
   * @throws TeexException {@code UNAVAILABLE} if the allowance is of another time than this ledger,
   *     as when the chain's node fell behind
   */
  Amount locked(Allowance allowance) {
    if (allowance.settledSequence() == settled) {
      return held.plus(inFlight);
    }
    if (allowance.settledSequence() == launched) {
      return held;
    }
    throw new TeexException(
        ErrorCode.UNAVAILABLE,
        "the chain's view of lane %d of %s is at sequence %d, the ledger at %d: try again"
            .formatted(number, payer, allowance.settledSequence(), settled));
  }

  /** What a new order may hold of {@code allowance}; zero if less than nothing. */
  Amount free(Allowance allowance) {
    Amount locked = locked(allowance);
    return allowance.remaining().compareTo(locked) < 0
        ? Amount.ZERO
        : allowance.remaining().minus(locked);
  }

  /**
   * Takes {@code sequence} with {@code amount}.
   *
   * @throws TeexException {@code SEQUENCE_REUSED}, {@code SEQUENCE_GAP} or {@code
   *     ALLOWANCE_TOO_SMALL}
   */
  Lane accept(long sequence, Amount amount, Allowance allowance) {
    requireNext(sequence);
    Amount free = free(allowance);
    if (free.compareTo(amount) < 0) {
      throw new TeexException(
          ErrorCode.ALLOWANCE_TOO_SMALL,
          "the order may cost %s, but lane %d of %s has %s free (%s on chain less %s locked): allow more, or wait for what is under way"
              .formatted(amount, number, payer, free, allowance.remaining(), locked(allowance)));
    }
    return new Lane(payer, number, next + 1, settled, held.plus(amount), launched, inFlight);
  }

  /**
   * @throws TeexException {@code SEQUENCE_REUSED} or {@code SEQUENCE_GAP}
   */
  void requireNext(long sequence) {
    if (sequence == next) {
      return;
    }
    boolean reused = sequence < next;
    throw new TeexException(
        reused ? ErrorCode.SEQUENCE_REUSED : ErrorCode.SEQUENCE_GAP,
        "sequence %d of lane %d of %s %s: sign with the next one, %d"
            .formatted(
                sequence, number, payer, reused ? "was used by another order" : "is ahead", next));
  }

  /** A sequence that held {@code before} holds {@code after} from now on, which is not more. */
  Lane lighten(Amount before, Amount after) {
    return new Lane(
        payer, number, next, settled, held.minus(before.minus(after)), launched, inFlight);
  }

  /** A batch that debits {@code amount} for all sequences up to {@code to} is under way. */
  Lane launch(long to, Amount amount) {
    if (launched != settled) {
      throw new IllegalStateException(
          "lane %s/%d: a batch is under way to %d".formatted(payer, number, launched));
    }
    return new Lane(payer, number, next, settled, held.minus(amount), to, amount);
  }

  /** The batch under way will never be settled: its sequences hold what they held. */
  Lane ground() {
    return new Lane(payer, number, next, settled, held.plus(inFlight), settled, Amount.ZERO);
  }

  /** The batch under way was settled. */
  Lane land() {
    return new Lane(payer, number, next, launched, held, launched, Amount.ZERO);
  }
}
