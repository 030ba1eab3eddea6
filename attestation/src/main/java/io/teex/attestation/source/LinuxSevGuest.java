package io.teex.attestation.source;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The secure processor as Linux shows it to a guest. The ioctl's message has a version, two
 * addresses and the firmware's error, each of 8 bytes.
 *
 * @see <a
 *     href="https://github.com/torvalds/linux/blob/master/include/uapi/linux/sev-guest.h">linux/sev-guest.h</a>
 */
final class LinuxSevGuest implements SevGuestDevice {
  /** {@code _IOWR('S', 1, struct snp_guest_request_ioctl)}, of which the size is 32. */
  private static final long SNP_GET_DERIVED_KEY = 0xC020_5301L;

  private static final int MESSAGE_VERSION = 1;
  private static final int RESPONSE_SIZE = 64;

  private final LinuxDevice device;

  /**
   * @param device such as {@code /dev/sev-guest}
   */
  LinuxSevGuest(String device) {
    this.device = new LinuxDevice(device);
  }

  @Override
  public byte[] derivedKey(byte[] request) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment response = arena.allocate(RESPONSE_SIZE);
      MemorySegment message = arena.allocate(JAVA_LONG, 4);
      message.set(JAVA_BYTE, 0, (byte) MESSAGE_VERSION);
      message.setAtIndex(JAVA_LONG, 1, arena.allocateFrom(JAVA_BYTE, request).address());
      message.setAtIndex(JAVA_LONG, 2, response.address());
      try {
        device.ioctl(SNP_GET_DERIVED_KEY, message, arena);
        return response.toArray(JAVA_BYTE);
      } catch (IOException e) {
        throw new IOException(
            "%s (firmware and host say 0x%x)"
                .formatted(e.getMessage(), message.getAtIndex(JAVA_LONG, 3)),
            e);
      } finally {
        response.fill((byte) 0);
      }
    }
  }
}
