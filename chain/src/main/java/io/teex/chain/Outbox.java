package io.teex.chain;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What an account has signed and may have sent, until it lies deep enough in the chain. A
 * transaction is kept before it is sent, so that whoever takes over after a crash knows which
 * nonces are taken, also if the node has forgotten. Used by one process at a time.
 */
public interface Outbox {
  /** By nonce. */
  List<Sent> all();

  /** Keeps a transaction, in place of the one of the same nonce, durably. */
  void keep(Sent sent);

  void forget(long nonce);

  /** For a process that leaves nothing to the next. */
  static Outbox inMemory() {
    TreeMap<Long, Sent> kept = new TreeMap<>();
    return new Outbox() {
      @Override
      public synchronized List<Sent> all() {
        return new ArrayList<>(kept.values());
      }

      @Override
      public synchronized void keep(Sent sent) {
        kept.put(sent.nonce(), sent);
      }

      @Override
      public synchronized void forget(long nonce) {
        kept.remove(nonce);
      }
    };
  }
}
