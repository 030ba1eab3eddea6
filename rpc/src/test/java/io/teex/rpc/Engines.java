package io.teex.rpc;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** Two ends of a TLS connection, without a network between them. */
final class Engines {
  private Engines() {}

  /** Runs the handshake, and what follows it by itself such as session tickets, to its end. */
  static void handshake(SSLEngine client, SSLEngine server) throws SSLException {
    client.beginHandshake();
    server.beginHandshake();
    ByteBuffer toServer = ByteBuffer.allocate(64 * 1024).flip();
    ByteBuffer toClient = ByteBuffer.allocate(64 * 1024).flip();
    boolean moved;
    do {
      moved = step(client, toClient, toServer);
      moved |= step(server, toServer, toClient);
    } while (moved);
  }

  private static boolean step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    runTasks(engine);
    ByteBuffer plain = ByteBuffer.allocate(64 * 1024);
    boolean moved = false;
    if (in.hasRemaining()) {
      SSLEngineResult result = engine.unwrap(in, plain);
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
