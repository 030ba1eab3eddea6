package io.teex.rpc;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.net.InetSocketAddress;

/**
 * Where a node listens, as {@code host:port}; IPv6 addresses stand in brackets.
 *
 * @param port 0 to 65,535; 0 only to listen on any free port
 */
public record Endpoint(String host, int port) {
  private static final int PORT_MAX = 65_535;

  public Endpoint {
    if (host.isEmpty() || port < 0 || port > PORT_MAX) {
      throw new TeexException(
          ErrorCode.USAGE, "endpoint %s:%d is not host:port".formatted(host, port));
    }
  }

  /**
   * @throws TeexException {@code USAGE} if the text is not {@code host:port}
   */
  public static Endpoint parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon > 0) {
      String host = text.substring(0, colon);
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      }
      try {
        return new Endpoint(host, Integer.parseInt(text, colon + 1, text.length(), 10));
      } catch (NumberFormatException e) {
        // Falls through to the one message.
      }
    }
    throw new TeexException(ErrorCode.USAGE, "endpoint %s is not host:port".formatted(text));
  }

  InetSocketAddress address() {
    return new InetSocketAddress(host, port);
  }

  @Override
  public String toString() {
    return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
  }
}
