package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an account has sent, compared with what the chain has of it. A nonce is taken from the later
 * of both, so that neither a node that forgets nor an outbox that is lost makes two transactions of
 * one nonce. Used by one thread at a time.
 */
final class Outgoing {
  /** As deep as this nothing is undone any more, so that it need not be kept. */
  private static final int KEPT_DEPTH = 64;

  private static final System.Logger LOG = System.getLogger(Outgoing.class.getName());

  private final ChainClient chain;
  private final Address account;
  private final Outbox outbox;

  /** In which block a nonce was seen used. */
  private final Map<Long, Long> minedIn = new HashMap<>();

  Outgoing(ChainClient chain, Address account, Outbox outbox) {
    this.chain = chain;
    this.account = account;
    this.outbox = outbox;
  }

  long nextNonce() {
    List<Sent> all = outbox.all();
    long pending = chain.pendingNonce(account);
    return all.isEmpty() ? pending : Math.max(pending, all.getLast().nonce() + 1);
  }

  /** What was sent for an intent that is not empty, unless it lies deep in the chain. */
  Optional<Sent> find(String intent) {
    return intent.isEmpty()
        ? Optional.empty()
        : outbox.all().stream().filter(sent -> sent.intent().equals(intent)).findFirst();
  }

  /**
   * Whether something waits for a block that has blobs where this has none, or the other way round:
   * nodes refuse an account's transaction of one kind while they hold one of the other.
   */
  boolean isHeldUp(boolean hasBlobs) {
    List<Sent> others = outbox.all().stream().filter(sent -> sent.hasBlobs() != hasBlobs).toList();
    return !others.isEmpty() && others.getLast().nonce() >= chain.minedNonce(account);
  }

  /** Forgets what is settled for good, and sends again what the node has lost. */
  void tidy() {
    List<Sent> all = outbox.all();
    if (all.isEmpty()) {
      return;
    }
    if (chain.pendingNonce(account) < all.getFirst().nonce()) {
      // It lost more than was kept, as a development chain may: what is left can never be mined.
      LOG.log(
          System.Logger.Level.WARNING,
          "the chain lost transactions of %s from before nonce %d: what was sent is forgotten"
              .formatted(account, all.getFirst().nonce()));
      all.forEach(sent -> forget(sent.nonce()));
      return;
    }
    long used = chain.minedNonce(account);
    long head = chain.blockNumber();
    for (Sent sent : all) {
      if (sent.nonce() >= used) {
        minedIn.remove(sent.nonce());
        continue;
      }
      Long block = minedIn.get(sent.nonce());
      if (block == null) {
        Optional<Mined> mined = receipt(sent);
        mined.ifPresent(found -> minedIn.put(sent.nonce(), found.block()));
        block = mined.map(Mined::block).orElse(head);
        minedIn.putIfAbsent(sent.nonce(), head);
      }
      if (head - block >= KEPT_DEPTH) {
        forget(sent.nonce());
      }
    }
    resend();
  }

  /** Whichever version of a transaction is in a block. */
  Optional<Mined> receipt(Sent sent) {
    for (Sent.Version version : sent.versions().reversed()) {
      Optional<Mined> mined = chain.receipt(version.hash());
      if (mined.isPresent()) {
        return mined;
      }
    }
    return Optional.empty();
  }

  /** Sends what the node does not know, in order: a nonce that is left out holds up the later. */
  void resend() {
    long pending = chain.pendingNonce(account);
    for (Sent sent : outbox.all()) {
      if (sent.nonce() >= pending) {
        chain.send("sending transaction %d again".formatted(sent.nonce()), sent.newest().raw());
      }
    }
  }

  /**
   * Keeps a transaction and sends it.
   *
   * @return false if its nonce turned out to be somebody else's; then it was not sent
   */
  boolean launch(String what, Sent sent) {
    outbox.keep(sent);
    try {
      if (chain.send(what, sent.newest().raw()) == ChainClient.Taken.TAKEN
          || receipt(sent).isPresent()) {
        return true;
      }
    } catch (TeexException e) {
      if (e.code() == ErrorCode.CHAIN_UNAVAILABLE) {
        // Whether the node has it is not known; whoever waits for it finds out.
        return true;
      }
      forget(sent.nonce());
      throw e;
    }
    forget(sent.nonce());
    return false;
  }

  /** Keeps and sends a version that takes the place of the one before. */
  void replace(String what, Sent bumped) {
    outbox.keep(bumped);
    chain.send(what, bumped.newest().raw());
  }

  /** Whoever asks for the intent of a transaction that reverted wants another one. */
  void failed(Sent sent) {
    outbox.keep(new Sent(sent.nonce(), "", sent.versions()));
  }

  void forget(long nonce) {
    outbox.forget(nonce);
    minedIn.remove(nonce);
  }
}
