package io.teex.blobs;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Keeps the most recently used blobs of another store in memory. What it holds is what the store
 * holds, sealed; it remembers no failure, and callers that want the same blob at once wait for one
 * transfer.
 */
public final class CachingBlobStore implements BlobStore {
  private final BlobStore origin;
  private final long bytesMax;
  private final Map<Cid, CompletableFuture<byte[]>> transfers = new HashMap<>();
  private final LinkedHashMap<Cid, byte[]> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long keptBytes;

  /**
   * @param bytesMax of all blobs kept; a larger blob passes through
   */
  public CachingBlobStore(BlobStore origin, long bytesMax) {
    if (bytesMax < 0) {
      throw new IllegalArgumentException("bytesMax must not be negative: " + bytesMax);
    }
    this.origin = origin;
    this.bytesMax = bytesMax;
  }

  @Override
  public Cid put(byte[] content) {
    byte[] own = content.clone();
    Cid cid = origin.put(own);
    synchronized (this) {
      keep(cid, own);
    }
    return cid;
  }

  @Override
  public byte[] get(Cid cid) {
    CompletableFuture<byte[]> transfer;
    boolean first;
    synchronized (this) {
      byte[] content = kept.get(cid);
      if (content != null) {
        return content.clone();
      }
      first = !transfers.containsKey(cid);
      transfer = transfers.computeIfAbsent(cid, missing -> new CompletableFuture<>());
    }
    return first ? fetch(cid, transfer).clone() : await(transfer).clone();
  }

  private byte[] fetch(Cid cid, CompletableFuture<byte[]> transfer) {
    try {
      byte[] content = origin.get(cid);
      synchronized (this) {
        keep(cid, content);
      }
      transfer.complete(content);
      return content;
    } catch (RuntimeException | Error e) {
      transfer.completeExceptionally(e);
      throw e;
    } finally {
      synchronized (this) {
        transfers.remove(cid);
      }
    }
  }

  private static byte[] await(CompletableFuture<byte[]> transfer) {
    try {
      return transfer.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private void keep(Cid cid, byte[] content) {
    if (content.length > bytesMax || kept.containsKey(cid)) {
      return;
    }
    kept.put(cid, content);
    keptBytes += content.length;
    var oldest = kept.entrySet().iterator();
    while (keptBytes > bytesMax) {
      keptBytes -= oldest.next().getValue().length;
      oldest.remove();
    }
  }
}
