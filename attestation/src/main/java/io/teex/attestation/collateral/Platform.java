package io.teex.attestation.collateral;

import io.teex.attestation.amd.EndorsementKey;
import io.teex.attestation.amd.Product;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.util.List;

/** What collateral is about: platforms that are equal share theirs. */
public sealed interface Platform {
  /** What a verifier may need beside the evidence of this platform, issuers first. */
  List<Part> parts();

  /** Who has all of it. */
  Vendor vendor();

  /**
   * @param kind SGX or TDX
   * @param fmspc 6 bytes: family, model, stepping, platform and custom SKU
   */
  record Intel(TeeKind kind, Bytes fmspc, PckCa ca) implements Platform {
    public Intel {
      if (kind != TeeKind.SGX && kind != TeeKind.TDX) {
        throw new IllegalArgumentException(kind + " is no kind of Intel's");
      }
      if (fmspc.size() != 6) {
        throw new IllegalArgumentException("an FMSPC has 6 bytes, not " + fmspc.size());
      }
    }

    @Override
    public Vendor vendor() {
      return Vendor.INTEL;
    }

    @Override
    public List<Part> parts() {
      return List.of(
          new Part.RootCaCrl(),
          new Part.PckCrl(ca),
          new Part.QeIdentity(kind),
          new Part.TcbInfo(kind, fmspc));
    }

    @Override
    public String toString() {
      return "%s platform %s (%s CA)".formatted(kind, fmspc.toHex(), ca.key());
    }
  }

  /**
   * An SNP platform whose chip's own key signs.
   *
   * @param chip CHIP_ID, 64 bytes
   * @param tcb REPORTED_TCB, 8 bytes
   */
  record Amd(Product product, Bytes chip, Bytes tcb) implements Platform {
    public Amd {
      if (chip.size() != 64 || tcb.size() != 8) {
        throw new IllegalArgumentException("CHIP_ID has 64 bytes and REPORTED_TCB 8");
      }
    }

    @Override
    public Vendor vendor() {
      return Vendor.AMD;
    }

    @Override
    public List<Part> parts() {
      return List.of(
          new Part.VekCrl(product, EndorsementKey.VCEK),
          new Part.VekChain(product, EndorsementKey.VCEK),
          new Part.Vcek(product, chip.slice(0, product.chipIdSize()), tcb));
    }

    @Override
    public String toString() {
      return "SNP platform %s %s, TCB %s"
          .formatted(product.name(), chip.slice(0, 8).toHex(), tcb.toHex());
    }
  }

  /**
   * All SNP platforms of a product whose evidence comes with its endorsement key's certificate. So
   * it always does where a VLEK signs, which AMD gives to cloud providers only.
   */
  record AmdEndorsed(Product product, EndorsementKey key) implements Platform {
    @Override
    public Vendor vendor() {
      return Vendor.AMD;
    }

    @Override
    public List<Part> parts() {
      return List.of(new Part.VekCrl(product, key), new Part.VekChain(product, key));
    }

    @Override
    public String toString() {
      return "SNP platforms %s with a %s".formatted(product.name(), key);
    }
  }
}
