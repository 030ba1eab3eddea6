package io.teex.blobs;

import io.teex.protocol.TeexException;

/**
 * Keeps blobs under the hash of their content. A store is trusted with nothing: what {@link #get}
 * returns was compared with the CID, and whatever must stay secret is sealed before {@link #put}.
 * Safe for use by many threads.
 */
public interface BlobStore {
  /** The largest blob that a store takes unless it is told otherwise: 64 MiB. */
  int BLOB_BYTES_MAX = 64 << 20;

  /**
   * Keeps {@code content} durably; keeping it twice changes nothing.
   *
   * @return {@link Cid#of} the content
   * @throws TeexException {@code MALFORMED} if it is too large, {@code UNAVAILABLE} if the store
   *     cannot take it now
   */
  Cid put(byte[] content);

  /**
   * The content, in an array that the caller owns.
   *
   * @throws TeexException {@code BLOB_NOT_FOUND}, {@code BLOB_TAMPERED} if the store has other
   *     bytes than {@code cid} names, {@code MALFORMED} if it is too large, {@code UNAVAILABLE} if
   *     the store cannot be read now
   */
  byte[] get(Cid cid);
}
