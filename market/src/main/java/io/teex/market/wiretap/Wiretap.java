package io.teex.market.wiretap;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A stretch of network owned by somebody curious: it forwards every byte to the target, and keeps a
 * copy of each direction of each connection as {@code <n>.up} and {@code <n>.down}.
 */
public final class Wiretap implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final ServerSocket server;
  private final InetSocketAddress target;
  private final Path recordings;
  private final AtomicInteger connections = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private Wiretap(ServerSocket server, InetSocketAddress target, Path recordings) {
    this.server = server;
    this.target = target;
    this.recordings = recordings;
  }

  /**
   * Listens on loopback.
   *
   * @param port 0 for any free one
   * @param recordings directory of the copies, made if missing
   */
  public static Wiretap open(int port, InetSocketAddress target, Path recordings)
      throws IOException {
    Files.createDirectories(recordings);
    ServerSocket server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    Wiretap tap = new Wiretap(server, target, recordings);
    Thread.ofVirtual().name("wiretap-", 0).start(tap::accept);
    return tap;
  }

  public int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket caller = server.accept();
        Thread.ofVirtual().start(() -> connect(caller));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void connect(Socket caller) {
    int number = connections.incrementAndGet();
    try (caller;
        Socket called = new Socket()) {
      called.connect(target);
      caller.setTcpNoDelay(true);
      called.setTcpNoDelay(true);
      open.add(caller);
      open.add(called);
      Thread back = Thread.ofVirtual().start(() -> copy(called, caller, number + ".down"));
      copy(caller, called, number + ".up");
      back.join();
    } catch (IOException e) {
      // The target is down: the caller sees a closed connection, as on any network.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.removeIf(Socket::isClosed);
    }
  }

  private void copy(Socket from, Socket to, String recording) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (OutputStream record = Files.newOutputStream(recordings.resolve(recording))) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        record.write(buffer, 0, n);
        out.write(buffer, 0, n);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      closeQuietly(from);
      closeQuietly(to);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    open.forEach(Wiretap::closeQuietly);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Closing is all that was wanted.
    }
  }
}
