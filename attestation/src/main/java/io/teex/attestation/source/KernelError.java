package io.teex.attestation.source;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.Locale;

/** What the JDK does not tell apart: the error numbers behind an {@link IOException}. */
enum KernelError {
  /** EFBIG: there is evidence, but more than the kernel has room for. */
  TOO_LARGE,
  /** EBUSY, EWOULDBLOCK, EINTR, EEXIST: it may work the next time. */
  BUSY,
  OTHER;

  static KernelError of(IOException e) {
    if (e instanceof FileAlreadyExistsException) {
      return BUSY;
    }
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    if (message.contains("file too large")) {
      return TOO_LARGE;
    }
    boolean busy =
        message.contains("resource busy")
            || message.contains("temporarily unavailable")
            || message.contains("interrupted system call");
    return busy ? BUSY : OTHER;
  }
}
