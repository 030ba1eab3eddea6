package io.teex.blobs;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/**
 * What a blob store process is told.
 *
 * @param listen {@code listen}, host:port, port 0 for any free one; 127.0.0.1:0
 * @param data {@code data}, the directory of the blobs
 * @param parentWatch {@code parent.watch}: ends when its standard input ends; false
 * @param blobBytesMax {@code blob.bytes-max}, the largest blob; {@link BlobStore#BLOB_BYTES_MAX}
 */
record BlobStoreConfig(InetSocketAddress listen, Path data, boolean parentWatch, int blobBytesMax) {
  private static final Set<String> KEYS =
      Set.of("listen", "data", "parent.watch", "blob.bytes-max");

  /**
   * @throws TeexException {@code USAGE} for an unknown key or a wrong value
   */
  static BlobStoreConfig read(Path file) {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      properties.load(in);
    } catch (IOException | IllegalArgumentException e) {
      throw new TeexException(
          ErrorCode.USAGE, "cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
    return of(properties);
  }

  static BlobStoreConfig of(Properties properties) {
    for (String key : properties.stringPropertyNames()) {
      if (!KEYS.contains(key)) {
        throw usage(key, "unknown key, expected one of " + KEYS.stream().sorted().toList());
      }
    }
    return new BlobStoreConfig(
        address(properties.getProperty("listen", "127.0.0.1:0")),
        Path.of(value(properties, "data").orElseThrow(() -> usage("data", "missing"))),
        flag(properties.getProperty("parent.watch", "false")),
        value(properties, "blob.bytes-max")
            .map(BlobStoreConfig::size)
            .orElse(BlobStore.BLOB_BYTES_MAX));
  }

  private static Optional<String> value(Properties properties, String key) {
    return Optional.ofNullable(properties.getProperty(key));
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    try {
      if (colon > 0) {
        return new InetSocketAddress(
            text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
      }
    } catch (IllegalArgumentException e) {
      // The message below says it.
    }
    throw usage("listen", "expected host:port, got " + text);
  }

  private static boolean flag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw usage("parent.watch", "expected true or false, got " + text);
    };
  }

  private static int size(String text) {
    try {
      int bytes = Integer.parseInt(text);
      if (bytes > 0) {
        return bytes;
      }
    } catch (NumberFormatException e) {
      // The message below says it.
    }
    throw usage("blob.bytes-max", "expected a positive number of bytes, got " + text);
  }

  private static TeexException usage(String key, String problem) {
    return new TeexException(ErrorCode.USAGE, "%s: %s".formatted(key, problem));
  }
}
