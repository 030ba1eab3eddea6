package io.teex.attestation;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The documents of a platform's maker that a verifier needs beside the evidence (TCB information,
 * certificate chains, revocation lists), by name and as they were received. They are verified where
 * they are used, so nobody has to trust where they came from. The simulated TEE needs none.
 */
public record Collateral(Map<String, Bytes> documents) {
  public static final int DOCUMENT_SIZE_MAX = 256 * 1024;

  public static final int EVENT_LOG_SIZE_MAX = 1024 * 1024;

  /** As many bytes of documents as may come with the evidence of a peer. */
  public static final int ALONGSIDE_SIZE_MAX = 64 * 1024;

  /** What only the TEE itself, or its host, may have. */
  private static final Set<String> ALONGSIDE = Set.of(CollateralName.VEK, CollateralName.EVENT_LOG);

  private static final Collateral NONE = new Collateral(Map.of());

  public Collateral {
    documents = Map.copyOf(documents);
    documents.forEach((name, document) -> {
      int max = name.equals(CollateralName.EVENT_LOG) ? EVENT_LOG_SIZE_MAX : DOCUMENT_SIZE_MAX;
      if (document.size() > max) {
        throw new IllegalArgumentException(
            "collateral %s has %d bytes, at most %d".formatted(name, document.size(), max));
      }
    });
  }

  public static Collateral none() {
    return NONE;
  }

  /** A document by its {@link CollateralName}. */
  public Optional<Bytes> find(String name) {
    return Optional.ofNullable(documents.get(name));
  }

  /** Whether a document of this name may come from who is judged by it. */
  public static boolean isAlongside(String name) {
    return ALONGSIDE.contains(name);
  }

  /**
   * Those documents that may come with evidence: the certificate of its key and its event log;
   * never a revocation list, of which a peer could show an old one.
   */
  public Collateral alongside() {
    Map<String, Bytes> kept = new HashMap<>(documents);
    kept.keySet().retainAll(ALONGSIDE);
    return new Collateral(kept);
  }

  /**
   * Of {@link #alongside()} as much as may come with evidence: the certificate of its key first,
   * since a log may be too long.
   */
  public Collateral alongsideThatFits() {
    Map<String, Bytes> kept = new HashMap<>();
    int left = ALONGSIDE_SIZE_MAX;
    for (String name : List.of(CollateralName.VEK, CollateralName.EVENT_LOG)) {
      Bytes document = documents.getOrDefault(name, Bytes.EMPTY);
      if (!document.isEmpty() && document.size() <= left) {
        left -= document.size();
        kept.put(name, document);
      }
    }
    return new Collateral(kept);
  }

  /** All documents of both; of two with one name the other's. */
  public Collateral with(Collateral other) {
    Map<String, Bytes> both = new HashMap<>(documents);
    both.putAll(other.documents);
    return new Collateral(both);
  }

  /** Names exactly these documents, for the record of a verdict. */
  public Bytes32 id() {
    SortedMap<String, Bytes> sorted = new TreeMap<>(documents);
    MessageDigest digest = Digests.sha256();
    sorted.forEach((name, document) -> {
      update(digest, name.getBytes(StandardCharsets.UTF_8));
      update(digest, document.copy());
    });
    return Bytes32.of(digest.digest());
  }

  private static void update(MessageDigest digest, byte[] part) {
    digest.update(ByteBuffer.allocate(4).putInt(part.length).flip());
    digest.update(part);
  }
}
