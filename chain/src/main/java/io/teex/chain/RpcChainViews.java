package io.teex.chain;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Views as one node tells them: UNVERIFIED. The node is asked for its newest block at most every
 * {@value #POLL_MILLIS} ms; facts that can change are asked for again when it has moved, facts that
 * cannot are kept until a reorganisation shows that they were never settled.
 */
public final class RpcChainViews implements ChainViews {
  static final long POLL_MILLIS = 200;

  private final ChainClient client;
  private final Addresses addresses;
  private final Finality counts;
  private final InstantSource clock;
  private final LongSupplier monotonicNanos;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile @Nullable Seen seen;

  private record Seen(RpcChainView view, Memory forEver, long atNanos) {}

  /**
   * @param counts from when on a block counts; {@link Finality#NONE} for the embedded chain
   * @param monotonicNanos as {@link System#nanoTime()}
   */
  public RpcChainViews(
      ChainClient client,
      Addresses addresses,
      Finality counts,
      InstantSource clock,
      LongSupplier monotonicNanos) {
    this.client = client;
    this.addresses = addresses.requireChain(client);
    this.counts = counts;
    this.clock = clock;
    this.monotonicNanos = monotonicNanos;
  }

  /** For the embedded chain: every block counts. */
  public RpcChainViews(ChainClient client, Addresses addresses) {
    this(client, addresses, Finality.NONE, InstantSource.system(), System::nanoTime);
  }

  @Override
  public ChainView latest() {
    Seen last = seen;
    long fresh = Duration.ofMillis(POLL_MILLIS).toNanos();
    if (last != null && monotonicNanos.getAsLong() - last.atNanos() < fresh) {
      return last.view();
    }
    return refresh();
  }

  @Override
  public ChainView refresh() {
    long asked = monotonicNanos.getAsLong();
    asking.lock();
    try {
      Seen last = seen;
      if (last != null && last.atNanos() - asked > 0) {
        // Somebody else began to ask after this call came in: the answer is as good.
        return last.view();
      }
      Seen next = ask(last, monotonicNanos.getAsLong());
      seen = next;
      return next.view();
    } finally {
      asking.unlock();
    }
  }

  private Seen ask(@Nullable Seen last, long now) {
    ChainClient.HeadAndAncestor answer =
        client.headAnd(last == null ? 0 : last.view().block().number());
    ChainClient.Block block = counting(answer.head());
    if (last != null && last.view().block().hash().equals(block.hash())) {
      return new Seen(last.view().seenAgain(clock.instant()), last.forEver(), now);
    }
    Memory forEver =
        last != null && isStillThere(last.view().block(), answer.ancestor())
            ? last.forEver()
            : new Memory();
    return new Seen(
        new RpcChainView(client, addresses, block, clock.instant(), forEver), forEver, now);
  }

  private ChainClient.Block counting(ChainClient.Block head) {
    return counts.equals(Finality.NONE) ? head : client.head(counts);
  }

  private static boolean isStillThere(ChainClient.Block before, Optional<ChainClient.Block> now) {
    return now.isPresent() && now.get().hash().equals(before.hash());
  }
}
