package io.teex.attestation;

import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.security.cert.CertificateException;
import java.util.Map;

/**
 * dstack's envelope: the evidence of one platform and what dstack says about it. Version 1 is
 * MessagePack, {@code {version: 1, platform: {kind, data}, stack}}; version 0 is SCALE: a zero
 * byte, the kind in another, and the evidence as a vector. Either may be packed, as {@code
 * "ELGZv1"} and gzip.
 *
 * <p>Only the evidence is taken, and what is needed to verify it: the event log in certificates is
 * shortened by dstack and does not lead to all registers any more.
 *
 * @see <a href="https://github.com/Dstack-TEE/dstack">dstack, {@code dstack-attest}</a>
 */
record DstackEnvelope(Evidence evidence, Collateral alongside) {
  private static final int CERTIFICATES_MAX = 8;
  private static final long VERSION = 1;

  /** Version 0's numbers of kinds. */
  private static final int TDX = 0;

  private static final int NITRO = 2;
  private static final int SNP = 3;

  /**
   * @throws IllegalArgumentException if it is no envelope of evidence that is known here
   */
  static DstackEnvelope read(Bytes envelope) {
    if (envelope.isEmpty()) {
      throw new IllegalArgumentException("an empty envelope");
    }
    return envelope.at(0) == 0 ? version0(envelope) : version1(envelope);
  }

  private static DstackEnvelope version0(Bytes envelope) {
    if (envelope.size() < 3) {
      throw new IllegalArgumentException("an envelope of %d bytes".formatted(envelope.size()));
    }
    int kind = envelope.at(1) & 0xff;
    return switch (kind) {
      case TDX -> of(TeeKind.TDX, vector(envelope, 2));
      case NITRO -> of(TeeKind.NITRO, vector(envelope, 2));
      case SNP -> of(TeeKind.SNP, vector(envelope, 2));
      default -> throw unknown("number " + kind);
    };
  }

  /** SCALE's compact length (in the two lowest bits how many bytes it has), then as many bytes. */
  private static Bytes vector(Bytes bytes, int at) {
    int mode = bytes.at(at) & 3;
    int width = mode == 3 ? 0 : 1 << mode;
    if (width == 0 || bytes.size() - at < width) {
      throw new IllegalArgumentException("evidence of an unlikely length");
    }
    long length = 0;
    for (int i = width - 1; i >= 0; i--) {
      length = length << 8 | (bytes.at(at + i) & 0xff);
    }
    length >>= 2;
    int from = at + width;
    if (length > bytes.size() - from) {
      throw new IllegalArgumentException(
          "%d bytes of evidence announced, %d there".formatted(length, bytes.size() - from));
    }
    return bytes.slice(from, (int) (from + length));
  }

  private static DstackEnvelope version1(Bytes envelope) {
    MessagePack in = new MessagePack(envelope);
    long version = -1;
    DstackEnvelope found = null;
    for (long left = in.map(); left > 0; left--) {
      switch (in.text()) {
        case "version" -> version = in.number();
        case "platform" -> {
          if (found != null) {
            throw new IllegalArgumentException("an envelope of two platforms");
          }
          found = platform(in);
        }
        default -> in.skip();
      }
    }
    in.end();
    if (version != VERSION || found == null) {
      throw new IllegalArgumentException(
          "expected an envelope of version 1 with a platform, found version " + version);
    }
    return found;
  }

  /** {@code {kind, data: {..}}}, in this order as dstack writes it. */
  private static DstackEnvelope platform(MessagePack in) {
    if (in.map() != 2 || !in.text().equals("kind")) {
      throw new IllegalArgumentException("expected a platform {kind, data}");
    }
    String kind = in.text();
    if (!in.text().equals("data")) {
      throw new IllegalArgumentException("expected a platform {kind, data}");
    }
    return switch (kind) {
      case "tdx" -> of(TeeKind.TDX, member(in, "quote"));
      case "nitro-enclave" -> of(TeeKind.NITRO, member(in, "nsm_quote"));
      case "sev-snp" -> snp(in);
      default -> throw unknown(kind);
    };
  }

  private static Bytes member(MessagePack in, String name) {
    Bytes member = null;
    for (long left = in.map(); left > 0; left--) {
      if (!in.text().equals(name)) {
        in.skip();
      } else if (member == null) {
        member = in.octets();
      } else {
        throw new IllegalArgumentException("%s appears twice".formatted(name));
      }
    }
    if (member == null) {
      throw new IllegalArgumentException("%s is missing".formatted(name));
    }
    return member;
  }

  private static DstackEnvelope snp(MessagePack in) {
    Bytes report = null;
    Collateral alongside = Collateral.none();
    for (long left = in.map(); left > 0; left--) {
      switch (in.text()) {
        case "report" -> {
          if (report != null) {
            throw new IllegalArgumentException("report appears twice");
          }
          report = in.octets();
        }
        case "cert_chain" -> alongside = certificates(in);
        default -> in.skip();
      }
    }
    if (report == null) {
      throw new IllegalArgumentException("report is missing");
    }
    return new DstackEnvelope(new Evidence(TeeKind.SNP, report), alongside);
  }

  /** The platform's own among them; its issuers are built in. */
  private static Collateral certificates(MessagePack in) {
    long count = in.list();
    if (count > CERTIFICATES_MAX) {
      throw new IllegalArgumentException(
          "%d certificates, at most %d".formatted(count, CERTIFICATES_MAX));
    }
    Collateral vek = Collateral.none();
    for (long left = count; left > 0; left--) {
      Bytes certificate = in.octets();
      if (isVek(certificate)) {
        vek = new Collateral(Map.of(CollateralName.VEK, certificate));
      }
    }
    return vek;
  }

  private static boolean isVek(Bytes certificate) {
    try {
      return Certificates.first(certificate.copy())
          .map(one -> one.getSubjectX500Principal().getName())
          .filter(name -> name.contains("CN=SEV-VCEK") || name.contains("CN=SEV-VLEK"))
          .isPresent();
    } catch (CertificateException e) {
      return false;
    }
  }

  private static DstackEnvelope of(TeeKind kind, Bytes evidence) {
    return new DstackEnvelope(new Evidence(kind, evidence), Collateral.none());
  }

  private static IllegalArgumentException unknown(String kind) {
    return new IllegalArgumentException(
        ("an envelope of the platform %s: known are tdx, sev-snp and nitro-enclave, whose evidence"
                + " counts without a TPM's")
            .formatted(kind));
  }
}
