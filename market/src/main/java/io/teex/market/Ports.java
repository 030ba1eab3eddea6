package io.teex.market;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The loopback ports of a market, one for each name. They are kept in a file, since certificates,
 * market files and people remember endpoints over a restart.
 */
final class Ports {
  private static final JsonMapper JSON = new JsonMapper();

  private final Path file;
  private final Map<String, Integer> ports;
  private final Set<String> given = new HashSet<>();

  private Ports(Path file, Map<String, Integer> ports) {
    this.file = file;
    this.ports = ports;
  }

  static Ports open(Path file) throws IOException {
    Map<String, Integer> ports = new TreeMap<>();
    if (Files.exists(file)) {
      ports.putAll(read(file));
    }
    return new Ports(file, ports);
  }

  private static Map<String, Integer> read(Path file) throws IOException {
    try {
      return JSON.readValue(Files.readString(file), new TypeReference<Map<String, Integer>>() {});
    } catch (JacksonException e) {
      throw new TeexException(
          ErrorCode.USAGE,
          "%s does not say which ports this market has: choose another directory".formatted(file),
          e);
    }
  }

  /**
   * The port of {@code name}: a free one the first time, the same ever after.
   *
   * @throws TeexException {@code PORT_IN_USE} if somebody else took it in the meantime
   */
  int of(String name) throws IOException {
    Integer known = ports.get(name);
    if (known != null) {
      if (given.add(name)) {
        requireFree(name, known);
      }
      return known;
    }
    int port;
    do {
      port = anyFree();
    } while (ports.containsValue(port));
    ports.put(name, port);
    given.add(name);
    Files.writeString(file, JSON.writeValueAsString(ports));
    return port;
  }

  /** Wishes for a certain port, before the first {@link #of}. */
  void wish(String name, int port) {
    requireFree(name, port);
    ports.put(name, port);
  }

  private static int anyFree() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void requireFree(String name, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.PORT_IN_USE,
          "port %d of %s is taken by another program: stop it (ss -ltnp 'sport = :%d' names it) or"
                  .formatted(port, name, port)
              + " choose another directory or port",
          e);
    }
  }
}
