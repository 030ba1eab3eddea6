package io.teex.blobs;

import static io.teex.blobs.DirectoryBlobStoreTest.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CachingBlobStoreTest {
  private static final class Origin implements BlobStore {
    final Map<Cid, byte[]> blobs = new ConcurrentHashMap<>();
    final AtomicInteger reads = new AtomicInteger();
    volatile CountDownLatch gate = new CountDownLatch(0);

    @Override
    public Cid put(byte[] content) {
      Cid cid = Cid.of(content);
      blobs.put(cid, content.clone());
      return cid;
    }

    @Override
    public byte[] get(Cid cid) {
      reads.incrementAndGet();
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      byte[] content = blobs.get(cid);
      if (content == null) {
        throw new TeexException(ErrorCode.BLOB_NOT_FOUND, "no blob " + cid);
      }
      return content.clone();
    }
  }

  private final Origin origin = new Origin();
  private final CachingBlobStore cache = new CachingBlobStore(origin, 250);

  @Test
  void readsABlobOnce() {
    Cid cid = origin.put(Contents.ofSize(100));

    byte[] first = cache.get(cid);
    first[0] ^= 1;

    assertThat(cache.get(cid)).isEqualTo(Contents.ofSize(100));
    assertThat(origin.reads).hasValue(1);
  }

  @Test
  void forgetsTheLeastRecentlyUsed() {
    Cid a = origin.put(Contents.ofSize(100));
    Cid b = origin.put(Contents.ofSize(101));
    Cid c = origin.put(Contents.ofSize(102));
    cache.get(a);
    cache.get(b);
    cache.get(a);
    cache.get(c);
    assertThat(origin.reads).hasValue(3);

    cache.get(a);
    cache.get(c);
    assertThat(origin.reads).hasValue(3);
    cache.get(b);
    assertThat(origin.reads).hasValue(4);
  }

  @Test
  void passesALargeBlobThrough() {
    Cid cid = cache.put(Contents.ofSize(251));

    cache.get(cid);
    cache.get(cid);

    assertThat(origin.reads).hasValue(2);
  }

  @Test
  void remembersNoFailure() {
    Cid cid = Cid.of(Contents.ofSize(10));
    assertFails(ErrorCode.BLOB_NOT_FOUND, () -> cache.get(cid));

    origin.put(Contents.ofSize(10));

    assertThat(cache.get(cid)).isEqualTo(Contents.ofSize(10));
  }

  @Test
  void transfersOnceForAllWhoWait() throws Exception {
    Cid cid = origin.put(Contents.ofSize(100));
    origin.gate = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> gets = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        gets.add(threads.submit(() -> cache.get(cid)));
      }
      origin.gate.countDown();
      for (Future<byte[]> get : gets) {
        assertThat(get.get()).isEqualTo(Contents.ofSize(100));
      }
    }
    assertThat(origin.reads).hasValue(1);
  }
}
