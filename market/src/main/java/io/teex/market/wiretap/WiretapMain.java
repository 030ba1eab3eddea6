package io.teex.market.wiretap;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * The network of an embedded market as a process of its own: a {@link Wiretap} in front of each
 * server. Keys: {@code recordings} (directory), {@code tap.<name>} ({@code port:targetPort}),
 * {@code parent.watch}.
 */
public final class WiretapMain {
  private WiretapMain() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Properties config = new Properties();
    try (var in = Files.newBufferedReader(Path.of(args[0]))) {
      config.load(in);
    }
    Path recordings = Path.of(config.getProperty("recordings"));
    List<Wiretap> taps = new ArrayList<>();
    for (String key : config.stringPropertyNames()) {
      if (key.startsWith("tap.")) {
        String[] ports = config.getProperty(key).split(":");
        taps.add(
            Wiretap.open(
                Integer.parseInt(ports[0]),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(ports[1])),
                recordings.resolve(key.substring("tap.".length()))));
      }
    }
    System.out.println("{\"ready\":\"network\",\"taps\":" + taps.size() + "}");
    if (Boolean.parseBoolean(config.getProperty("parent.watch"))) {
      while (System.in.read() >= 0) {
        // Only the end of the stream matters: the launcher is gone.
      }
    } else {
      Thread.currentThread().join();
    }
  }
}
