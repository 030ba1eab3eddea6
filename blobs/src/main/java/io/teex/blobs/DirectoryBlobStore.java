package io.teex.blobs;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Blobs in a directory of one process: a file per block, named by its CID. A block appears whole or
 * not at all, and children are durable before their parent, so a root that can be read stands for a
 * complete blob. Every block is compared with its name when it is read.
 */
public final class DirectoryBlobStore implements BlobStore, AutoCloseable {
  private final Path blocks;
  private final Path unfinished;
  private final FileChannel lock;
  private final int blobBytesMax;
  private final AtomicLong unfinishedCount = new AtomicLong();

  private DirectoryBlobStore(Path blocks, Path unfinished, FileChannel lock, int blobBytesMax) {
    this.blocks = blocks;
    this.unfinished = unfinished;
    this.lock = lock;
    this.blobBytesMax = blobBytesMax;
  }

  /**
   * Opens or makes the directory and removes what an interrupted {@code put} left.
   *
   * @throws TeexException {@code UNAVAILABLE} if another process has it open or it cannot be used
   */
  public static DirectoryBlobStore open(Path directory, int blobBytesMax) {
    try {
      Path blocks = Files.createDirectories(directory.resolve("blocks"));
      Path unfinished = Files.createDirectories(directory.resolve("unfinished"));
      FileChannel lock = lock(directory);
      try (DirectoryStream<Path> left = Files.newDirectoryStream(unfinished)) {
        for (Path file : left) {
          Files.delete(file);
        }
      }
      sync(directory);
      return new DirectoryBlobStore(blocks, unfinished, lock, blobBytesMax);
    } catch (IOException e) {
      throw unavailable("cannot open the blob directory " + directory, e);
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock held = channel.tryLock();
      if (held != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new IOException("it is open in this process already", e);
    }
    channel.close();
    throw new IOException("another process has it open");
  }

  @Override
  public Cid put(byte[] content) {
    if (content.length > blobBytesMax) {
      throw tooLarge(content.length, blobBytesMax);
    }
    try {
      Cid root = UnixFs.IPFS.write(content, this::putBlock);
      sync(blocks);
      return root;
    } catch (IOException e) {
      throw unavailable("cannot write a blob", e);
    }
  }

  static TeexException tooLarge(long bytes, int bytesMax) {
    return new TeexException(
        ErrorCode.MALFORMED,
        "a blob of %,d bytes, at most %,d are taken".formatted(bytes, bytesMax));
  }

  private void putBlock(Cid cid, byte[] bytes, int from, int to) {
    try {
      Path block = blocks.resolve(cid.toString());
      if (holds(block, bytes, from, to)) {
        return;
      }
      if (cid.codec() == Cid.Codec.DAG_PB) {
        // The names of its children must be durable before its own.
        sync(blocks);
      }
      Path draft = unfinished.resolve(Long.toString(unfinishedCount.incrementAndGet()));
      try {
        writeDurably(draft, ByteBuffer.wrap(bytes, from, to - from));
        Files.move(draft, block, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(draft);
      }
    } catch (IOException e) {
      throw unavailable("cannot write block " + cid, e);
    }
  }

  /** Whether the block is there, undamaged: a damaged one is written anew. */
  private static boolean holds(Path block, byte[] bytes, int from, int to) throws IOException {
    if (!Files.exists(block) || Files.size(block) != to - from) {
      return false;
    }
    byte[] present = Files.readAllBytes(block);
    return Arrays.equals(present, 0, present.length, bytes, from, to);
  }

  private static void writeDurably(Path file, ByteBuffer bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public byte[] get(Cid cid) {
    return UnixFs.read(
        cid, block -> block.equals(cid) ? readRoot(block) : readInner(cid, block), blobBytesMax);
  }

  /** The size of a blob's content by its root block, if the store has it. */
  OptionalLong size(Cid cid) {
    try {
      return OptionalLong.of(UnixFs.contentBytes(cid, read(cid)));
    } catch (NoSuchFileException e) {
      return OptionalLong.empty();
    } catch (IOException e) {
      throw unavailable("cannot read block " + cid, e);
    }
  }

  private byte[] readRoot(Cid cid) {
    try {
      return read(cid);
    } catch (NoSuchFileException e) {
      throw new TeexException(ErrorCode.BLOB_NOT_FOUND, "no blob " + cid, e);
    } catch (IOException e) {
      throw unavailable("cannot read block " + cid, e);
    }
  }

  private byte[] readInner(Cid root, Cid cid) {
    try {
      return read(cid);
    } catch (NoSuchFileException e) {
      throw new TeexException(
          ErrorCode.BLOB_TAMPERED,
          "block %s of blob %s was removed: storing the blob again repairs it".formatted(cid, root),
          e);
    } catch (IOException e) {
      throw unavailable("cannot read block " + cid, e);
    }
  }

  private byte[] read(Cid cid) throws IOException {
    Path file = blocks.resolve(cid.toString());
    // No block is larger; a file that grew is damaged and need not be read.
    byte[] block;
    try (var in = Files.newInputStream(file)) {
      block = in.readNBytes(UnixFs.IPFS.chunkBytes() + 1);
    }
    if (!Cid.ofBlock(cid.codec(), block).equals(cid)) {
      throw new TeexException(
          ErrorCode.BLOB_TAMPERED,
          "block %s has other content on disk: storing its blob again repairs it".formatted(cid));
    }
    return block;
  }

  private static TeexException unavailable(String what, IOException cause) {
    return new TeexException(
        ErrorCode.UNAVAILABLE, "%s: %s".formatted(what, cause.getMessage()), cause);
  }

  /** Lets another process open the directory. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw unavailable("cannot close the blob directory", e);
    }
  }
}
