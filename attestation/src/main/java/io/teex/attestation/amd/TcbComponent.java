package io.teex.attestation.amd;

import io.teex.protocol.Bytes;
import java.util.List;

/**
 * One version number of the firmware below a guest.
 *
 * @param name as policies call it
 * @param offset its byte in a TCB_VERSION
 * @param extension where a certificate has it, below {@value Vek#EXTENSIONS}
 */
record TcbComponent(String name, int offset, String extension) {
  static final List<TcbComponent> UP_TO_GENOA =
      List.of(
          new TcbComponent("bootloader", 0, "3.1"),
          new TcbComponent("tee", 1, "3.2"),
          new TcbComponent("snp", 6, "3.3"),
          new TcbComponent("microcode", 7, "3.8"));

  static final List<TcbComponent> FROM_TURIN =
      List.of(
          new TcbComponent("fmc", 0, "3.9"),
          new TcbComponent("bootloader", 1, "3.1"),
          new TcbComponent("tee", 2, "3.2"),
          new TcbComponent("snp", 3, "3.3"),
          new TcbComponent("microcode", 7, "3.8"));

  int of(Bytes tcbVersion) {
    return tcbVersion.at(offset) & 0xff;
  }
}
