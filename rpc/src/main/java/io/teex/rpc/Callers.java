package io.teex.rpc;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The open connections of a server, whose callers are judged again from time to time. */
final class Callers {
  private final Attestor attestor;
  private final Set<ServerTransport> open = ConcurrentHashMap.newKeySet();

  Callers(Attestor attestor) {
    this.attestor = attestor;
  }

  Attestor attestor() {
    return attestor;
  }

  void add(ServerTransport transport) {
    open.add(transport);
  }

  void remove(ServerTransport transport) {
    open.remove(transport);
  }

  /** Cuts off first messages that were begun and never ended. */
  void expelUnfinished() {
    open.forEach(transport -> transport.firstMessages().expelUnfinished());
  }

  /** Returns when every caller is judged: none waits for the collateral of another. */
  void judgeAgain() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      open.forEach(transport -> threads.execute(() -> transport.judgeAgain(attestor)));
    }
  }
}
