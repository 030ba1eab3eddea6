package io.teex.attestation.source;

import io.teex.attestation.fuzz.Mutators;
import io.teex.attestation.fuzz.Target;
import io.teex.protocol.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** What a TEE reads of its host, who may be its enemy. */
public final class SourceTargets {
  private SourceTargets() {}

  public static List<Target> all() {
    Bytes report = Bytes.of(new byte[1184]);
    return List.of(
        new Target(
            "certificate-table",
            100,
            List.of(new Target.Seed("own", Bytes.of(table()))),
            List.of(),
            (seed, input) -> {
              try {
                CertificateTable.read(input, report);
              } catch (IllegalArgumentException e) {
                // As it should be.
              }
            }),
        new Target(
            "nsm-answer",
            100,
            List.of(
                new Target.Seed(
                    "document",
                    Bytes.fromHex("a16b4174746573746174696f6ea168646f63756d656e7443010203")),
                new Target.Seed("error", Bytes.fromHex("a1654572726f726b496e7075744572726f72"))),
            List.of(Mutators.cbor()),
            (seed, input) -> {
              try {
                NsmMessages.document(input);
              } catch (IllegalArgumentException e) {
                // As it should be.
              }
            }));
  }

  private static byte[] table() {
    ByteBuffer table = ByteBuffer.allocate(24 * 3 + 200).order(ByteOrder.LITTLE_ENDIAN);
    table.put(Bytes.fromHex("63da758de6644564adc5f4b93be8accd").copy()).putInt(72).putInt(100);
    table.put(Bytes.fromHex("4ab7b379bbac4fe4a02f05aef327c782").copy()).putInt(172).putInt(100);
    return table.array();
  }
}
