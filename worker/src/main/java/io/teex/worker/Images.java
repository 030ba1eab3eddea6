package io.teex.worker;

import io.teex.blobs.BlobStore;
import io.teex.executor.instrument.InstrumentOptions;
import io.teex.executor.instrument.Instrumented;
import io.teex.executor.instrument.Instrumenter;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SaltedContent;
import io.teex.protocol.SealedContent;
import io.teex.protocol.TeexException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Instrumented images by their digest, in memory and, sealed, in a cache behind it. A task gets one
 * only after its own release, so keeping it saves work and gives nobody anything; several tasks
 * that want the same image at once wait for one preparation.
 */
final class Images {
  private final BlobStore blobs;
  private final ImageCache cache;
  private final long bytesMax;
  private final Map<Bytes32, CompletableFuture<Instrumented>> preparing = new HashMap<>();
  private final LinkedHashMap<Bytes32, Instrumented> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long keptBytes;

  /**
   * @param bytesMax of all images kept; the newest stays in any case
   */
  Images(BlobStore blobs, ImageCache cache, long bytesMax) {
    this.blobs = blobs;
    this.cache = cache;
    this.bytesMax = bytesMax;
  }

  /**
   * The image of a release, ready for the engine.
   *
   * @throws TeexException {@code BLOB_NOT_FOUND}, {@code BLOB_TAMPERED} if the image is not what
   *     {@code digest} commits to, {@code INVALID_MODULE} or {@code FORBIDDEN_IMPORT}
   */
  Instrumented load(Bytes32 digest, Release release) {
    CompletableFuture<Instrumented> preparation;
    boolean first;
    synchronized (this) {
      Instrumented image = kept.get(digest);
      if (image != null) {
        return image;
      }
      first = !preparing.containsKey(digest);
      preparation = preparing.computeIfAbsent(digest, missing -> new CompletableFuture<>());
    }
    return first ? prepare(digest, release, preparation) : await(preparation);
  }

  private Instrumented prepare(
      Bytes32 digest, Release release, CompletableFuture<Instrumented> preparation) {
    try {
      Instrumented image = cachedOrInstrumented(digest, release);
      synchronized (this) {
        keep(digest, image);
      }
      preparation.complete(image);
      return image;
    } catch (RuntimeException | Error e) {
      preparation.completeExceptionally(e);
      throw e;
    } finally {
      synchronized (this) {
        preparing.remove(digest);
      }
    }
  }

  private Instrumented cachedOrInstrumented(Bytes32 digest, Release release) {
    Optional<Instrumented> found = cache.find(digest, release.imageKey());
    if (found.isPresent()) {
      return found.get();
    }
    Instrumented image = instrumented(digest, release);
    cache.keep(digest, release.imageKey(), image);
    return image;
  }

  private Instrumented instrumented(Bytes32 digest, Release release) {
    SaltedContent image =
        SaltedContent.decode(
            SealedContent.open(release.imageKey(), Bytes.of(blobs.get(release.image()))));
    if (!image.imageDigest().equals(digest)) {
      throw new TeexException(
          ErrorCode.BLOB_TAMPERED,
          "blob %s holds image %s, the order names %s: its provider has to store it anew"
              .formatted(release.image(), image.imageDigest(), digest));
    }
    byte[] wasm = image.content().expose();
    image.content().close();
    try {
      return Instrumenter.instrument(wasm, InstrumentOptions.DEFAULT);
    } finally {
      Arrays.fill(wasm, (byte) 0);
    }
  }

  private void keep(Bytes32 digest, Instrumented image) {
    kept.put(digest, image);
    keptBytes += image.bytes();
    var oldest = kept.entrySet().iterator();
    while (keptBytes > bytesMax && kept.size() > 1) {
      keptBytes -= oldest.next().getValue().bytes();
      oldest.remove();
    }
  }

  private static Instrumented await(CompletableFuture<Instrumented> preparation) {
    try {
      return preparation.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
