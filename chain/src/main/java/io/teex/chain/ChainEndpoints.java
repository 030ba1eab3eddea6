package io.teex.chain;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Nodes of one chain, the preferred one first. A URL may hold credentials, in front of the host, in
 * its path or in its query, so no message, log or {@link #toString} shows more of it than {@link
 * #shown}.
 */
public record ChainEndpoints(List<URI> urls) {
  private static final int MAX = 16;

  /**
   * @throws IllegalArgumentException if there is none or too many, or one is no URL over HTTP
   */
  public ChainEndpoints {
    urls = List.copyOf(urls);
    if (urls.isEmpty() || urls.size() > MAX) {
      throw new IllegalArgumentException(
          "%d endpoints are given, expected 1 to %d".formatted(urls.size(), MAX));
    }
    for (int i = 0; i < urls.size(); i++) {
      requireHttp(urls.get(i), i + 1);
    }
    if (new HashSet<>(urls).size() < urls.size()) {
      throw new IllegalArgumentException(
          "an endpoint is given twice, which would make it its own witness");
    }
  }

  public static ChainEndpoints of(URI url) {
    return new ChainEndpoints(List.of(url));
  }

  /**
   * @param text URLs separated by commas
   * @throws IllegalArgumentException as the constructor; the message does not quote the text
   */
  public static ChainEndpoints parse(String text) {
    List<String> parts = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    return new ChainEndpoints(parts.stream().map(ChainEndpoints::url).toList());
  }

  private static URI url(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      // Its message would quote the URL, and with it what may be a password.
      throw new IllegalArgumentException(
          "an endpoint cannot be read as a URL at character " + e.getIndex());
    }
  }

  private static void requireHttp(URI url, int position) {
    String scheme = String.valueOf(url.getScheme());
    if (!(scheme.equals("http") || scheme.equals("https")) || url.getHost() == null) {
      throw new IllegalArgumentException(
          "endpoint %d is no URL of the form http://host:port or https://host/path"
              .formatted(position));
    }
  }

  /** Scheme, host and port, and whether there is more. */
  static String shown(URI url) {
    String port = url.getPort() < 0 ? "" : ":" + url.getPort();
    boolean more =
        url.getRawQuery() != null
            || (url.getRawPath() != null && url.getRawPath().replace("/", "").length() > 0);
    return url.getScheme() + "://" + url.getHost() + port + (more ? "/…" : "");
  }

  @Override
  public String toString() {
    return urls.stream().map(ChainEndpoints::shown).collect(Collectors.joining(", "));
  }
}
