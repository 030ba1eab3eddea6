package io.teex.manager;

import io.teex.attestation.EvidenceSource;
import io.teex.chain.Addresses;
import io.teex.chain.ChainClient;
import io.teex.protocol.Address;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import io.teex.rpc.node.QuoteFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Keeps a quote for the chain in the data directory, where the market asks managers for one: over a
 * recent block, and so written anew before the chain forgets that block's hash. Who posts it, and
 * when, is the operator's business.
 */
final class ChainQuotes implements AutoCloseable {
  /** A quarter of the 256 blocks of twelve seconds in which the chain knows a block's hash. */
  private static final Duration EVERY = Duration.ofMinutes(12);

  /** After a failure, such as a chain that is away. */
  private static final Duration AGAIN = Duration.ofMinutes(1);

  /** So that a short reorganisation does not make the quote worthless. */
  private static final int BLOCKS_BEHIND = 8;

  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("chain-quotes").factory());
  private final Supplier<QuoteFile> writer;
  private final ManagerLog log;

  private ChainQuotes(Supplier<QuoteFile> writer, ManagerLog log) {
    this.writer = writer;
    this.log = log;
  }

  /** Begins, unless managers need no quote. */
  static ChainQuotes start(
      EvidenceSource tee,
      Address key,
      ChainClient chain,
      Addresses addresses,
      Path data,
      ManagerLog log) {
    ChainQuotes quotes = new ChainQuotes(() -> write(tee, key, chain, addresses, data), log);
    if (!addresses.managerAttestation().isZero()) {
      quotes.next(Duration.ZERO);
    }
    return quotes;
  }

  /**
   * @throws TeexException {@code USAGE} if the chain takes no quotes of this kind of TEE
   */
  static void requireVerifiable(TeeKind kind, Addresses addresses) {
    if (!addresses.managerAttestation().isZero() && kind != TeeKind.SGX && kind != TeeKind.TDX) {
      throw new TeexException(
          ErrorCode.USAGE,
          "this market's registry takes managers by a quote of SGX or TDX, this TEE is %s: run the"
                  .formatted(kind)
              + " manager on one of those, or use a market that asks for no quotes");
    }
  }

  static QuoteFile write(
      EvidenceSource tee, Address key, ChainClient chain, Addresses addresses, Path data) {
    long number = Math.max(0, chain.blockNumber() - BLOCKS_BEHIND);
    ChainClient.Block block =
        chain
            .block(number)
            .orElseThrow(() ->
                new TeexException(
                    ErrorCode.CHAIN_UNAVAILABLE,
                    "%s do not know block %d".formatted(chain.endpoints(), number)));
    QuoteFile quote =
        QuoteFile.of(
            tee, key, addresses.chainId(), addresses.managerAttestation(), number, block.hash());
    quote.write(data);
    return quote;
  }

  private void next(Duration in) {
    var _ = executor.schedule(this::turn, in.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void turn() {
    try {
      log.wroteQuote(writer.get());
      next(EVERY);
    } catch (RuntimeException e) {
      log.noQuote(e);
      next(AGAIN);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
