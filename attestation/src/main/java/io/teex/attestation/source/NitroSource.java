package io.teex.attestation.source;

import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.attestation.ReportData;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.util.Optional;

/**
 * Attestation documents of AWS Nitro; the report data is their {@code user_data}.
 *
 * @see <a href="https://github.com/aws/aws-nitro-enclaves-nsm-api">the module's API</a>
 */
final class NitroSource implements PlatformSource {
  private final NsmDevice device;

  NitroSource(NsmDevice device) {
    this.device = device;
  }

  @Override
  public TeeKind kind() {
    return TeeKind.NITRO;
  }

  @Override
  public String name() {
    return "Nitro security module";
  }

  @Override
  public Endorsed endorsed(ReportData reportData) {
    try {
      Bytes document =
          NsmMessages.document(device.call(NsmMessages.request(reportData.value().copy())));
      return Endorsed.bare(new Evidence(TeeKind.NITRO, document));
    } catch (IOException | IllegalArgumentException e) {
      throw new TeexException(
          ErrorCode.UNAVAILABLE,
          "no evidence from the %s: %s".formatted(name(), e.getMessage()),
          e);
    }
  }

  /** An enclave has no state of its own: a key service has to know it by its evidence. */
  @Override
  public Optional<SealingSecret> sealing() {
    return Optional.empty();
  }
}
