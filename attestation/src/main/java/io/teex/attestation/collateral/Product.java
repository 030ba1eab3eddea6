package io.teex.attestation.collateral;

import io.teex.protocol.Bytes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A line of processors that AMD endorses under a root of its own. */
public enum Product {
  MILAN("Milan", 64, "blSPL teeSPL - - - - snpSPL ucodeSPL"),
  GENOA("Genoa", 64, "blSPL teeSPL - - - - snpSPL ucodeSPL"),
  TURIN("Turin", 8, "fmcSPL blSPL teeSPL snpSPL - - - ucodeSPL");

  private final String label;
  private final int chipSize;

  /** What each byte of a TCB_VERSION means, by the names of the service's query. */
  private final String components;

  Product(String label, int chipSize, String components) {
    this.label = label;
    this.chipSize = chipSize;
    this.components = components;
  }

  /** As in the service's paths and in the names of AMD's certificates. */
  public String label() {
    return label;
  }

  /** How many of the 64 bytes of CHIP_ID name the chip; the rest is zero. */
  int chipSize() {
    return chipSize;
  }

  /** The security patch levels of a TCB_VERSION as the service's query wants them. */
  String query(Bytes tcb) {
    return levels(tcb).entrySet().stream()
        .map(level -> "%s=%02d".formatted(level.getKey(), level.getValue()))
        .collect(Collectors.joining("&"));
  }

  /** The security patch levels that a TCB_VERSION of this product has, by name. */
  Map<String, Integer> levels(Bytes tcb) {
    String[] names = components.split(" ");
    Map<String, Integer> levels = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      if (!names[i].equals("-")) {
        levels.put(names[i], tcb.at(i) & 0xff);
      }
    }
    return levels;
  }

  /** By CPUID as reports from version 3 on have it. */
  static Optional<Product> of(int family, int model) {
    if (family == 0x19) {
      if (model <= 0x0f) {
        return Optional.of(MILAN);
      }
      boolean genoa = (model >= 0x10 && model <= 0x1f) || (model >= 0xa0 && model <= 0xaf);
      return genoa ? Optional.of(GENOA) : Optional.empty();
    }
    return family == 0x1a && model <= 0x1f ? Optional.of(TURIN) : Optional.empty();
  }
}
