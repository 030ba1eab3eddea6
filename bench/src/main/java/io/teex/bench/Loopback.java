package io.teex.bench;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** Two ends of a TLS connection in one thread, without a network between them. */
final class Loopback {
  private static final int BUFFER_BYTES = 64 * 1024;

  private Loopback() {}

  /** Runs the handshake, and what follows it by itself such as session tickets, to its end. */
  static void handshake(SSLEngine client, SSLEngine server) throws SSLException {
    client.beginHandshake();
    server.beginHandshake();
    ByteBuffer toServer = ByteBuffer.allocate(BUFFER_BYTES).flip();
    ByteBuffer toClient = ByteBuffer.allocate(BUFFER_BYTES).flip();
    ByteBuffer plain = ByteBuffer.allocate(BUFFER_BYTES);
    boolean moved;
    do {
      moved = step(client, toClient, toServer, plain);
      moved |= step(server, toServer, toClient, plain);
    } while (moved);
  }

  private static boolean step(SSLEngine engine, ByteBuffer in, ByteBuffer out, ByteBuffer plain)
      throws SSLException {
    runTasks(engine);
    boolean moved = false;
    if (in.hasRemaining()) {
      SSLEngineResult result = engine.unwrap(in, plain.clear());
      moved = result.bytesConsumed() > 0;
      runTasks(engine);
    }
    if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      out.compact();
      SSLEngineResult result = engine.wrap(ByteBuffer.allocate(0), out);
      out.flip();
      moved |= result.bytesProduced() > 0;
    }
    return moved;
  }

  private static void runTasks(SSLEngine engine) {
    Runnable task = engine.getDelegatedTask();
    while (task != null) {
      task.run();
      task = engine.getDelegatedTask();
    }
  }
}
