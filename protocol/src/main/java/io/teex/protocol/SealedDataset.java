package io.teex.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A data set as it lies in blob stores: sealed chunks, each a blob of its own, under an index that
 * commits to all of them. Any chunk can be fetched and opened alone, and keys can be given for a
 * range ({@link DatasetKeys}).
 *
 * <pre>
 * header     = "TEEXDATA" ‖ version 1 (1 byte) ‖ chunk size (4) ‖ size of the data (8) ‖ salt (32)
 * index      = header ‖ SHA-256 of each sealed chunk, in order
 * digest     = SHA-256("TEEX-data-2" ‖ first chunk (4) ‖ chunk behind the last (4) ‖ index)
 * root       = HKDF-SHA256(data set key, salt, "TEEX data tree 1" ‖ header), 32 bytes
 * left       = HMAC-SHA256(node, 0x00)      right = HMAC-SHA256(node, 0x01)
 * chunk      = HMAC-SHA256(leaf, 0x03) ‖ AES-256-GCM(HMAC-SHA256(leaf, 0x02), nonce = 0, plaintext)
 * </pre>
 *
 * <p>Numbers are big-endian. The tree has the least depth that gives each chunk a leaf. A key seals
 * one chunk of one sealing, so its nonce can stand still. The commitment in front of a chunk binds
 * its key, which AES-GCM does not: so a digest names one plaintext, whatever keys its owner deals
 * out.
 *
 * <p>What this hides and what not is in docs/sealed-data.md.
 *
 * @param digests SHA-256 of each sealed chunk
 */
public record SealedDataset(DatasetShape shape, Bytes32 salt, Bytes digests) {
  private static final byte[] MAGIC = "TEEXDATA".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DIGEST_TAG = "TEEX-data-2".getBytes(StandardCharsets.US_ASCII);
  private static final byte VERSION = 1;
  private static final int SHAPE_AT = 9;
  private static final int SALT_AT = SHAPE_AT + 12;
  private static final int HEADER_BYTES = SALT_AT + Bytes32.SIZE;
  private static final int TAG_BYTES = 16;
  private static final int COMMITMENT_BYTES = 32;

  /** Bytes that sealing adds to a chunk. */
  public static final int CHUNK_OVERHEAD_BYTES = COMMITMENT_BYTES + TAG_BYTES;

  public SealedDataset {
    if (digests.size() != (long) shape.chunks() * Bytes32.SIZE) {
      throw tampered(
          "its index lists %d bytes of digests, %d chunks have %d"
              .formatted(digests.size(), shape.chunks(), shape.chunks() * Bytes32.SIZE));
    }
  }

  /** Takes each sealed chunk, in order. */
  @FunctionalInterface
  public interface ChunkSink {
    void put(int chunk, byte[] sealed);
  }

  /**
   * Seals a data set chunk by chunk, so that it need not fit into memory.
   *
   * @param key 32 random bytes; every sealing draws a salt, so a key may be used again
   * @param plaintext gives the bytes of a chunk, {@link DatasetShape#chunkSize} of them, in an
   *     array that is overwritten
   * @param random cryptographically strong outside of tests
   */
  public static SealedDataset seal(
      SecretBytes key,
      DatasetShape shape,
      IntFunction<byte[]> plaintext,
      ChunkSink sink,
      RandomGenerator random) {
    Bytes32 salt = Bytes32.random(random);
    byte[] digests = new byte[shape.chunks() * Bytes32.SIZE];
    try (DatasetKeys keys = keys(key, shape, salt)) {
      for (int i = 0; i < shape.chunks(); i++) {
        byte[] plain = plaintext.apply(i);
        if (plain.length != shape.chunkSize(i)) {
          throw new IllegalArgumentException(
              "chunk %d has %d bytes, expected %d".formatted(i, plain.length, shape.chunkSize(i)));
        }
        byte[] sealed = sealChunk(keys.chunk(shape, i), plain);
        Arrays.fill(plain, (byte) 0);
        Sha256.hash(sealed).value().copyTo(digests, i * Bytes32.SIZE);
        sink.put(i, sealed);
      }
    }
    return new SealedDataset(shape, salt, Bytes.owned(digests));
  }

  /** What opens all of it, and can be narrowed to a range. */
  public DatasetKeys keys(SecretBytes key) {
    return keys(key, shape, salt);
  }

  private static DatasetKeys keys(SecretBytes key, DatasetShape shape, Bytes32 salt) {
    byte[] root = KeyTree.root(key, salt.copy(), header(shape, salt));
    try {
      return DatasetKeys.whole(shape, root);
    } finally {
      Arrays.fill(root, (byte) 0);
    }
  }

  /** The data digest of a licence for this range. */
  public Bytes32 dataDigest(ChunkRange range) {
    byte[] bounds = ByteBuffer.allocate(8).putInt(range.from()).putInt(range.to()).array();
    return Sha256.hash(DIGEST_TAG, bounds, encode().copy());
  }

  /** SHA-256 of a sealed chunk, which is also what names its blob. */
  public Bytes32 chunkDigest(int chunk) {
    int from = chunk * Bytes32.SIZE;
    return Bytes32.of(digests.slice(from, from + Bytes32.SIZE).copy());
  }

  /**
   * The plaintext of one chunk.
   *
   * @param sealed what a store gave for it
   * @throws TeexException {@code BLOB_TAMPERED} if it is not the chunk that the index commits to,
   *     or is not sealed with these keys; {@code PERMISSION_DENIED} if it is outside of their range
   */
  public SecretBytes open(DatasetKeys keys, int chunk, byte[] sealed) {
    byte[] secret = requireKey(keys, chunk, sealed);
    byte[] key = KeyTree.derive(secret, KeyTree.Step.CHUNK_KEY);
    try {
      return SecretBytes.owned(
          cipher(Cipher.DECRYPT_MODE, key)
              .doFinal(sealed, COMMITMENT_BYTES, sealed.length - COMMITMENT_BYTES));
    } catch (AEADBadTagException e) {
      throw tampered("chunk %d does not open under its own key".formatted(chunk));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-256-GCM", e);
    } finally {
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * Whether a chunk is the index's and sealed with these keys, without opening it.
   *
   * @throws TeexException as {@link #open}
   */
  public void requireSealedWith(DatasetKeys keys, int chunk, byte[] sealed) {
    Arrays.fill(requireKey(keys, chunk, sealed), (byte) 0);
  }

  private byte[] requireKey(DatasetKeys keys, int chunk, byte[] sealed) {
    byte[] secret = keys.chunk(shape, chunk);
    if (sealed.length != shape.chunkSize(chunk) + CHUNK_OVERHEAD_BYTES
        || !Sha256.hash(sealed).equals(chunkDigest(chunk))) {
      throw tampered("chunk %d is not the one that its index commits to".formatted(chunk));
    }
    byte[] commitment = KeyTree.derive(secret, KeyTree.Step.CHUNK_COMMITMENT);
    if (!MessageDigest.isEqual(commitment, Arrays.copyOf(sealed, COMMITMENT_BYTES))) {
      throw tampered("chunk %d is sealed under another key".formatted(chunk));
    }
    return secret;
  }

  private static byte[] sealChunk(byte[] secret, byte[] plain) {
    byte[] key = KeyTree.derive(secret, KeyTree.Step.CHUNK_KEY);
    byte[] sealed = new byte[plain.length + CHUNK_OVERHEAD_BYTES];
    System.arraycopy(
        KeyTree.derive(secret, KeyTree.Step.CHUNK_COMMITMENT), 0, sealed, 0, COMMITMENT_BYTES);
    try {
      cipher(Cipher.ENCRYPT_MODE, key).doFinal(plain, 0, plain.length, sealed, COMMITMENT_BYTES);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-256-GCM", e);
    } finally {
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
  }

  private static Cipher cipher(int mode, byte[] key) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BYTES * 8, new byte[12]));
    return cipher;
  }

  /** The index, to be stored as a blob. */
  public Bytes encode() {
    return Bytes.concat(Bytes.owned(header(shape, salt)), digests);
  }

  /**
   * @throws TeexException {@code BLOB_TAMPERED} if it is no index of a data set
   */
  public static SealedDataset decode(byte[] index) {
    if (index.length < HEADER_BYTES
        || !Arrays.equals(index, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
        || index[MAGIC.length] != VERSION) {
      throw tampered("%d bytes are no index of version 1".formatted(index.length));
    }
    ByteBuffer in = ByteBuffer.wrap(index).position(SHAPE_AT);
    int chunkBytes = in.getInt();
    long size = in.getLong();
    DatasetShape shape;
    try {
      shape = new DatasetShape(size, chunkBytes);
    } catch (TeexException e) {
      throw tampered(String.valueOf(e.getMessage()));
    }
    Bytes32 salt = Bytes32.of(Arrays.copyOfRange(index, SALT_AT, HEADER_BYTES));
    return new SealedDataset(
        shape, salt, Bytes.owned(Arrays.copyOfRange(index, HEADER_BYTES, index.length)));
  }

  private static byte[] header(DatasetShape shape, Bytes32 salt) {
    return ByteBuffer.allocate(HEADER_BYTES)
        .put(MAGIC)
        .put(VERSION)
        .putInt(shape.chunkBytes())
        .putLong(shape.size())
        .put(salt.copy())
        .array();
  }

  private static TeexException tampered(String what) {
    return new TeexException(
        ErrorCode.BLOB_TAMPERED,
        "sealed data set: %s; fetch it again, or have its owner store it anew".formatted(what));
  }

  @Override
  public String toString() {
    return "SealedDataset[%d bytes in %d chunks]".formatted(shape.size(), shape.chunks());
  }
}
