package io.teex.worker;

import io.teex.attestation.Tee;
import io.teex.executor.instrument.Instrumented;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/** Instrumented images that outlive this process, since instrumenting a large one takes a while. */
interface ImageCache {
  /** Where nothing is kept. */
  ImageCache NONE =
      new ImageCache() {
        @Override
        public Optional<Instrumented> find(Bytes32 digest, SecretBytes imageKey) {
          return Optional.empty();
        }

        @Override
        public void keep(Bytes32 digest, SecretBytes imageKey, Instrumented image) {}
      };

  /**
   * @param imageKey as it was released for this image
   */
  Optional<Instrumented> find(Bytes32 digest, SecretBytes imageKey);

  void keep(Bytes32 digest, SecretBytes imageKey, Instrumented image);

  /** In files below {@code directory}; none on platforms that seal nothing. */
  static ImageCache of(Tee tee, Path directory, SecureRandom random) {
    try {
      return new SealedImages(tee.sealingKey("instrumented images"), directory, random);
    } catch (TeexException e) {
      if (e.code() == ErrorCode.SEALING_UNAVAILABLE) {
        return NONE;
      }
      throw e;
    }
  }
}
