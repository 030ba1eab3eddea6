package io.teex.manager.state;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.TaskId;
import java.nio.charset.StandardCharsets;

/**
 * Where things lie within the manager's namespace: a word, then the digest or id in hexadecimal.
 */
public final class StateKeys {
  /** Before the keys of all registrations that were not seen listed yet. */
  public static final Bytes UNLISTED = key("unlisted/");

  private StateKeys() {}

  /** An {@code ImageRecord}. */
  public static Bytes image(Bytes32 imageDigest) {
    return key("image/" + imageDigest.value().toHex());
  }

  /** A {@code DatasetRecord}. */
  public static Bytes dataset(Bytes32 licenceDigest) {
    return key("dataset/" + licenceDigest.value().toHex());
  }

  /**
   * That the image or licence was not seen listed yet, in the order of registration.
   *
   * @param since seconds since the epoch
   */
  public static Bytes unlisted(long since, Bytes32 digest) {
    return Bytes.concat(UNLISTED, key("%016x/%s".formatted(since, digest.value().toHex())));
  }

  /** A {@code LicenceState}. */
  public static Bytes licence(Bytes32 licenceDigest) {
    return key("licence/" + licenceDigest.value().toHex());
  }

  /** A {@code TaskRelease}. */
  public static Bytes task(TaskId task) {
    return key("task/" + task.value().value().toHex());
  }

  /** A {@code ReplayRecord}. */
  public static Bytes replays(TaskId task) {
    return key("replay/" + task.value().value().toHex());
  }

  /** The task that took one use of a licence, numbered from 1 on: the owner's audit trail. */
  public static Bytes use(Bytes32 licenceDigest, long number) {
    return key("use/%s/%016x".formatted(licenceDigest.value().toHex(), number));
  }

  private static Bytes key(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }
}
