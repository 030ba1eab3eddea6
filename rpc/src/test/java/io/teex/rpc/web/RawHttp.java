package io.teex.rpc.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.teex.rpc.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;

/** A connection on which one says what one likes. */
final class RawHttp implements AutoCloseable {
  private static final int READ_MILLIS_MAX = 30_000;

  private final Socket socket;

  RawHttp(Endpoint at) throws IOException {
    socket = new Socket();
    socket.setSoTimeout(READ_MILLIS_MAX);
    socket.connect(new InetSocketAddress(at.host(), at.port()));
  }

  RawHttp send(String text) throws IOException {
    return send(text.getBytes(ISO_8859_1));
  }

  RawHttp send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** Everything until the other side closes. */
  String rest() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
  }

  /** What has come within the time, if that is something. */
  String some() throws IOException {
    byte[] some = new byte[8_192];
    int read = socket.getInputStream().read(some);
    return read < 0 ? "" : new String(some, 0, read, ISO_8859_1);
  }

  /** Waits until the other side closed without a word. */
  boolean isClosed() throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  static String post(String path, int length) {
    return "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n".formatted(path, length);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
