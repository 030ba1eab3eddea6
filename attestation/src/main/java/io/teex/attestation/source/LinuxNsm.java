package io.teex.attestation.source;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The security module as Linux shows it. One ioctl takes two vectors, of the request and of room
 * for the answer, and sets the length of the second.
 *
 * @see <a
 *     href="https://github.com/torvalds/linux/blob/master/include/uapi/linux/nsm.h">linux/nsm.h</a>
 */
final class LinuxNsm implements NsmDevice {
  /** {@code _IOWR(0x0A, 0, struct nsm_raw)}, of which the size is 32. */
  private static final long NSM_IOCTL_RAW = 0xC020_0A00L;

  private static final int RESPONSE_SIZE_MAX = 0x3000;

  private final LinuxDevice device;

  /**
   * @param device such as {@code /dev/nsm}
   */
  LinuxNsm(String device) {
    this.device = new LinuxDevice(device);
  }

  @Override
  public byte[] call(byte[] request) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment room = arena.allocate(RESPONSE_SIZE_MAX);
      MemorySegment message = arena.allocate(JAVA_LONG, 4);
      message.setAtIndex(JAVA_LONG, 0, arena.allocateFrom(JAVA_BYTE, request).address());
      message.setAtIndex(JAVA_LONG, 1, request.length);
      message.setAtIndex(JAVA_LONG, 2, room.address());
      message.setAtIndex(JAVA_LONG, 3, RESPONSE_SIZE_MAX);
      device.ioctl(NSM_IOCTL_RAW, message, arena);
      long size = message.getAtIndex(JAVA_LONG, 3);
      if (size < 0 || size > RESPONSE_SIZE_MAX) {
        throw new IOException("%s answered with %d bytes".formatted(device, size));
      }
      return room.asSlice(0, size).toArray(JAVA_BYTE);
    }
  }
}
