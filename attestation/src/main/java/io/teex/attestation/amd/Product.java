package io.teex.attestation.amd;

import java.util.List;
import java.util.Optional;

/**
 * A line of processors that has one root of its own.
 *
 * @param name as in the names of its certificates and in the paths of AMD's service
 * @param tcb how its TCB_VERSION is laid out
 * @param chipIdSize bytes that name a chip
 */
public record Product(String name, List<TcbComponent> tcb, int chipIdSize) {
  public static final Product MILAN = new Product("Milan", TcbComponent.UP_TO_GENOA, 64);

  /** Also Bergamo and Siena. */
  public static final Product GENOA = new Product("Genoa", TcbComponent.UP_TO_GENOA, 64);

  public static final Product TURIN = new Product("Turin", TcbComponent.FROM_TURIN, 8);

  public static final List<Product> ALL = List.of(MILAN, GENOA, TURIN);

  /** By the CPUID that a report shows. */
  public static Optional<Product> ofCpuid(int family, int model) {
    return switch (family) {
      case 0x19 ->
          switch (model >> 4) {
            case 0x0 -> Optional.of(MILAN);
            case 0x1, 0xa -> Optional.of(GENOA);
            default -> Optional.empty();
          };
      case 0x1a -> model < 0x20 ? Optional.of(TURIN) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** By the productName of a certificate, which may name a stepping: {@code Milan-B0}. */
  public static Optional<Product> ofName(String productName) {
    int dash = productName.indexOf('-');
    String line = dash < 0 ? productName : productName.substring(0, dash);
    return ALL.stream().filter(product -> product.name.equals(line)).findFirst();
  }
}
