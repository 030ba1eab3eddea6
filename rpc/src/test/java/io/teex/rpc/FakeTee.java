package io.teex.rpc;

import io.teex.attestation.Endorsed;
import io.teex.attestation.Measurement;
import io.teex.attestation.ReportData;
import io.teex.attestation.Tee;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.util.function.Function;

/** Somebody without a TEE who shows evidence that he got elsewhere. */
record FakeTee(Function<ReportData, Endorsed> source) implements Tee {
  @Override
  public TeeKind kind() {
    return TeeKind.SIMULATED;
  }

  @Override
  public Endorsed endorsed(ReportData reportData) {
    return source.apply(reportData);
  }

  @Override
  public Measurement measurement() {
    return Fixture.measurement(io.teex.protocol.Role.WORKER);
  }

  @Override
  public SecretBytes sealingKey(String label) {
    throw new TeexException(ErrorCode.SEALING_UNAVAILABLE, "this is no TEE");
  }
}
