package io.teex.rpc;

/** What is bound to the thread that serves a call. */
final class CallScope {
  static final ScopedValue<Peer> PEER = ScopedValue.newInstance();
  static final ScopedValue<ServerTransport> TRANSPORT = ScopedValue.newInstance();
  static final ScopedValue<CallBytes> BYTES = ScopedValue.newInstance();

  private CallScope() {}
}
