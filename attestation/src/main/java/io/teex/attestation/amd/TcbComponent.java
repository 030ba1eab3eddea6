package io.teex.attestation.amd;

import io.teex.protocol.Bytes;
import java.util.List;

/**
 * One version number of the firmware below a guest.
 *
 * @param name as policies call it
 * @param query as AMD's service calls it
 * @param offset its byte in a TCB_VERSION
 * @param extension where a certificate has it, below {@value Vek#EXTENSIONS}
 */
public record TcbComponent(String name, String query, int offset, String extension) {
  static final List<TcbComponent> UP_TO_GENOA =
      List.of(
          new TcbComponent("bootloader", "blSPL", 0, "3.1"),
          new TcbComponent("tee", "teeSPL", 1, "3.2"),
          new TcbComponent("snp", "snpSPL", 6, "3.3"),
          new TcbComponent("microcode", "ucodeSPL", 7, "3.8"));

  static final List<TcbComponent> FROM_TURIN =
      List.of(
          new TcbComponent("fmc", "fmcSPL", 0, "3.9"),
          new TcbComponent("bootloader", "blSPL", 1, "3.1"),
          new TcbComponent("tee", "teeSPL", 2, "3.2"),
          new TcbComponent("snp", "snpSPL", 3, "3.3"),
          new TcbComponent("microcode", "ucodeSPL", 7, "3.8"));

  public int of(Bytes tcbVersion) {
    return tcbVersion.at(offset) & 0xff;
  }
}
