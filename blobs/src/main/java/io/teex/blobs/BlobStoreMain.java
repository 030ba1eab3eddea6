package io.teex.blobs;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.file.Path;

/**
 * A blob store as a process of its own, outside every TEE. Its one argument is a properties file
 * ({@link BlobStoreConfig}); it prints one line of JSON when it serves, and ends on SIGTERM.
 */
public final class BlobStoreMain {
  private static final System.Logger LOG = System.getLogger(BlobStoreMain.class.getName());

  private BlobStoreMain() {}

  public static void main(String[] args) {
    // A connection that sends or takes nothing for this long (seconds) is cut.
    System.setProperty("sun.net.httpserver.maxReqTime", "60");
    System.setProperty("sun.net.httpserver.maxRspTime", "60");
    try {
      if (args.length != 1) {
        throw new TeexException(ErrorCode.USAGE, "expected one argument: a properties file");
      }
      start(BlobStoreConfig.read(Path.of(args[0])));
    } catch (TeexException e) {
      LOG.log(Level.ERROR, "{0}: {1}", e.code(), e.getMessage());
      System.exit(e.code().exitCode());
    }
  }

  private static void start(BlobStoreConfig config) {
    DirectoryBlobStore store = DirectoryBlobStore.open(config.data(), config.blobBytesMax());
    BlobServer server = BlobServer.start(config.listen(), store, config.blobBytesMax());
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.close();
                  store.close();
                },
                "stop"));
    if (config.parentWatch()) {
      Thread.ofVirtual().name("parent-watch").start(BlobStoreMain::endWithParent);
    }
    LOG.log(Level.INFO, "serving blobs of {0} on port {1}", config.data(), server.port() + "");
    System.out.println("{\"ready\":\"blobs\",\"port\":%d}".formatted(server.port()));
    System.out.flush();
  }

  private static void endWithParent() {
    try (InputStream in = System.in) {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      LOG.log(Level.WARNING, "standard input failed: {0}", e.getMessage());
    }
    System.exit(0);
  }
}
