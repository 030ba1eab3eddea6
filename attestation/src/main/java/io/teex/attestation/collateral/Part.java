package io.teex.attestation.collateral;

import io.teex.attestation.CollateralName;
import io.teex.attestation.Reason;
import io.teex.attestation.amd.EndorsementKey;
import io.teex.attestation.amd.Product;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What one request to a collateral service brings: kept, aged and replaced as one. */
public sealed interface Part {
  Vendor vendor();

  /** Where the service has it, below its base. */
  String path();

  /** For logs and file names: lower-case letters, digits and hyphens. */
  String name();

  /** The {@link CollateralName names} of its documents, all of which it always has. */
  Set<String> documents();

  /** Whether a verifier can decide nothing without it. */
  default boolean required() {
    return true;
  }

  /** Whether a new one may come before the old one expires. */
  default boolean changes() {
    return true;
  }

  default Reason missing() {
    return Reason.COLLATERAL_MISSING;
  }

  default Reason expired() {
    return Reason.COLLATERAL_EXPIRED;
  }

  /** A part that is a revocation list. */
  sealed interface Crl extends Part {
    /** Which {@link CollateralName} the list has. */
    String document();

    /** The common name of who issues the list. */
    String issuer();

    @Override
    default Set<String> documents() {
      return Set.of(document());
    }

    @Override
    default Reason missing() {
      return Reason.CRL_MISSING;
    }

    @Override
    default Reason expired() {
      return Reason.CRL_EXPIRED;
    }
  }

  /** A part that is an object signed by Intel. */
  sealed interface Signed extends Part {
    TeeKind kind();

    /** The name of the object in the service's answer. */
    String property();

    String document();

    String signature();

    String issuerChain();

    @Override
    default Vendor vendor() {
      return Vendor.INTEL;
    }

    @Override
    default Set<String> documents() {
      return Set.of(document(), signature(), issuerChain());
    }
  }

  record TcbInfo(TeeKind kind, Bytes fmspc) implements Signed {
    @Override
    public String path() {
      return "/%s/certification/v4/tcb?fmspc=%s".formatted(lower(kind.name()), fmspc.toHex());
    }

    @Override
    public String name() {
      return "%s-tcb-info-%s".formatted(lower(kind.name()), fmspc.toHex());
    }

    @Override
    public String property() {
      return "tcbInfo";
    }

    @Override
    public String document() {
      return CollateralName.TCB_INFO;
    }

    @Override
    public String signature() {
      return CollateralName.TCB_INFO_SIGNATURE;
    }

    @Override
    public String issuerChain() {
      return CollateralName.TCB_INFO_ISSUER_CHAIN;
    }
  }

  record QeIdentity(TeeKind kind) implements Signed {
    @Override
    public String path() {
      return "/%s/certification/v4/qe/identity".formatted(lower(kind.name()));
    }

    @Override
    public String name() {
      return "%s-qe-identity".formatted(lower(kind.name()));
    }

    @Override
    public String property() {
      return "enclaveIdentity";
    }

    @Override
    public String document() {
      return CollateralName.QE_IDENTITY;
    }

    @Override
    public String signature() {
      return CollateralName.QE_IDENTITY_SIGNATURE;
    }

    @Override
    public String issuerChain() {
      return CollateralName.QE_IDENTITY_ISSUER_CHAIN;
    }
  }

  record PckCrl(PckCa ca) implements Crl {
    @Override
    public Vendor vendor() {
      return Vendor.INTEL;
    }

    @Override
    public String path() {
      return "/sgx/certification/v4/pckcrl?ca=%s&encoding=der".formatted(ca.key());
    }

    @Override
    public String name() {
      return "pck-crl-" + ca.key();
    }

    @Override
    public String document() {
      return CollateralName.PCK_CRL;
    }

    @Override
    public Set<String> documents() {
      return Set.of(CollateralName.PCK_CRL, CollateralName.PCK_CRL_ISSUER_CHAIN);
    }

    @Override
    public String issuer() {
      return ca.commonName();
    }
  }

  record RootCaCrl() implements Crl {
    @Override
    public Vendor vendor() {
      return Vendor.INTEL;
    }

    @Override
    public String path() {
      return "/sgx/certification/v4/rootcacrl";
    }

    @Override
    public String name() {
      return "root-ca-crl";
    }

    @Override
    public String document() {
      return CollateralName.ROOT_CA_CRL;
    }

    @Override
    public String issuer() {
      return "Intel SGX Root CA";
    }
  }

  /**
   * @param chip as many bytes as the product has
   */
  record Vcek(Product product, Bytes chip, Bytes tcb) implements Part {
    @Override
    public Vendor vendor() {
      return Vendor.AMD;
    }

    @Override
    public String path() {
      String levels =
          product.tcb().stream()
              .map(component -> "%s=%02d".formatted(component.query(), component.of(tcb)))
              .collect(Collectors.joining("&"));
      return "/vcek/v1/%s/%s?%s".formatted(product.name(), chip.toHex(), levels);
    }

    @Override
    public String name() {
      return "vcek-%s-%s-%s".formatted(lower(product.name()), chip.toHex(), tcb.toHex());
    }

    @Override
    public Set<String> documents() {
      return Set.of(CollateralName.VEK);
    }

    @Override
    public boolean changes() {
      return false;
    }
  }

  /** Optional: the chains are known to every verifier, and renewed ones come this way. */
  record VekChain(Product product, EndorsementKey key) implements Part {
    @Override
    public Vendor vendor() {
      return Vendor.AMD;
    }

    @Override
    public String path() {
      return "/%s/v1/%s/cert_chain".formatted(lower(key.name()), product.name());
    }

    @Override
    public String name() {
      return "%s-chain-%s".formatted(lower(key.name()), lower(product.name()));
    }

    @Override
    public Set<String> documents() {
      return Set.of(CollateralName.VEK_ISSUER_CHAIN);
    }

    @Override
    public boolean changes() {
      return false;
    }

    @Override
    public boolean required() {
      return false;
    }
  }

  /** Optional: whether evidence is refused without one is the policy's word. */
  record VekCrl(Product product, EndorsementKey key) implements Crl {
    @Override
    public Vendor vendor() {
      return Vendor.AMD;
    }

    @Override
    public String path() {
      return "/%s/v1/%s/crl".formatted(lower(key.name()), product.name());
    }

    @Override
    public String name() {
      return "%s-crl-%s".formatted(lower(key.name()), lower(product.name()));
    }

    @Override
    public boolean required() {
      return false;
    }

    @Override
    public String document() {
      return CollateralName.VEK_CRL;
    }

    @Override
    public String issuer() {
      return "ARK-" + product.name();
    }
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
