package io.teex.chain;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Views as of blocks that are trusted. What the node proves is VERIFIED: the block itself, the
 * blocks below it, and what the settlement contract holds. The other facts are UNVERIFIED as of the
 * same block.
 */
public final class ProvenChainViews implements ChainViews {
  private final ChainClient client;
  private final Addresses addresses;
  private final TrustedHeads heads;
  private final InstantSource clock;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile @Nullable ProvenChainView newest;

  public ProvenChainViews(
      ChainClient client, Addresses addresses, TrustedHeads heads, InstantSource clock) {
    this.client = client;
    this.addresses = addresses.requireChain(client);
    this.heads = heads;
    this.clock = clock;
  }

  @Override
  public ChainView latest() {
    return refresh();
  }

  @Override
  public ChainView refresh() {
    TrustedHeads.Head head = heads.newest();
    asking.lock();
    try {
      ProvenChainView last = newest;
      if (last != null && last.block().hash().equals(head.hash())) {
        return last;
      }
      ProvenChainView next = at(head);
      newest = next;
      return next;
    } finally {
      asking.unlock();
    }
  }

  private ProvenChainView at(TrustedHeads.Head head) {
    StateProofs proofs = client.proofs();
    BlockHeader header = proofs.header(head.hash());
    if (header.number() != head.number()) {
      throw new TeexException(
          ErrorCode.CHAIN_UNAVAILABLE,
          "block %s has number %d, the trusted head says %d"
              .formatted(head.hash(), header.number(), head.number()));
    }
    return new ProvenChainView(
        proofs,
        header,
        new ProvenSettlement(proofs, header, addresses.settlement()),
        new RpcChainView(client, addresses, header.block(), clock.instant(), new Memory()));
  }
}
