package io.teex.manager.release;

import io.teex.attestation.SealedFile;
import io.teex.attestation.Tee;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;

/**
 * The time of the newest block that this manager has seen, in a sealed file of 8 bytes of seconds
 * since the epoch. The host cannot forge it; an older copy of the whole disk it can put back.
 */
public final class TimeFile implements MarketClock.Kept {
  private static final String NAME = "time.sealed";
  private static final String LABEL = "manager time";

  private final SealedFile file;

  /**
   * @param data the manager's own directory
   */
  public TimeFile(Path data, Tee tee, SecureRandom random) {
    file = new SealedFile(data.resolve(NAME), tee, LABEL, random);
  }

  /**
   * @throws TeexException {@code STORE_CORRUPT} if the file was changed, or sealed elsewhere
   */
  @Override
  public Instant read() {
    return file.read().map(TimeFile::decode).orElse(Instant.EPOCH);
  }

  private static Instant decode(SecretBytes kept) {
    byte[] bytes = kept.expose();
    if (bytes.length != Long.BYTES) {
      throw new TeexException(
          ErrorCode.STORE_CORRUPT, "%s holds %d bytes".formatted(NAME, bytes.length));
    }
    return Instant.ofEpochSecond(ByteBuffer.wrap(bytes).getLong());
  }

  @Override
  public void write(Instant time) {
    byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(time.getEpochSecond()).array();
    file.write(SecretBytes.copyOf(bytes));
  }
}
