package io.teex.attestation.source;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.amd.EndorsementKey;
import io.teex.attestation.collateral.CollateralFile;
import io.teex.protocol.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The certificates that an SNP host gives to its guests: entries of GUID (16 bytes in text order),
 * offset and length (u32, little-endian), ended by a zero GUID; then the certificates, in DER.
 *
 * @see <a
 *     href="https://www.amd.com/content/dam/amd/en/documents/epyc-technical-docs/specifications/56421.pdf">AMD
 *     56421, section 4.1.8.1</a>
 */
final class CertificateTable {
  /** The kernel asks for 16 KiB. */
  static final int SIZE_MAX = 64 * 1024;

  private static final int ENTRY_SIZE = 24;
  private static final int ENTRIES_MAX = 32;
  private static final Bytes END = Bytes.of(new byte[16]);
  private static final Bytes VCEK = Bytes.fromHex("63da758de6644564adc5f4b93be8accd");
  private static final Bytes VLEK = Bytes.fromHex("a8074bc2a25a483eaae639c045a0b8a1");
  private static final Bytes ASK = Bytes.fromHex("4ab7b379bbac4fe4a02f05aef327c782");
  private static final Bytes ARK = Bytes.fromHex("c0b406a4a803495297433fb6014cd0ae");

  private CertificateTable() {}

  /**
   * The certificate of the key that signed the report and its issuers, as far as they are there. A
   * host may give those of a VLEK and a VCEK: the report says which of them it used.
   *
   * @throws IllegalArgumentException if the table is not well-formed, or the report is none
   */
  static Collateral read(byte[] table, Bytes report) {
    if (table.length > SIZE_MAX) {
      throw new IllegalArgumentException("a table of more than %d bytes".formatted(SIZE_MAX));
    }
    Map<Bytes, Bytes> certificates = certificates(table);
    Map<String, Bytes> documents = new HashMap<>();
    Bytes vek =
        EndorsementKey.of(report)
            .map(CertificateTable::id)
            .map(certificates::get)
            .orElse(Bytes.EMPTY);
    if (!vek.isEmpty()) {
      documents.put(CollateralName.VEK, vek);
    }
    Bytes ask = certificates.getOrDefault(ASK, Bytes.EMPTY);
    Bytes ark = certificates.getOrDefault(ARK, Bytes.EMPTY);
    if (!ask.isEmpty() && !ark.isEmpty()) {
      String chain = CollateralFile.pem(ask.copy()) + CollateralFile.pem(ark.copy());
      documents.put(
          CollateralName.VEK_ISSUER_CHAIN, Bytes.of(chain.getBytes(StandardCharsets.US_ASCII)));
    }
    return new Collateral(documents);
  }

  private static Bytes id(EndorsementKey key) {
    return switch (key) {
      case VCEK -> VCEK;
      case VLEK -> VLEK;
    };
  }

  private static Map<Bytes, Bytes> certificates(byte[] table) {
    Bytes bytes = Bytes.of(table);
    ByteBuffer in = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
    Map<Bytes, Bytes> certificates = new HashMap<>();
    for (int entry = 0; in.remaining() >= ENTRY_SIZE; entry++) {
      Bytes id = bytes.slice(in.position(), in.position() + END.size());
      if (id.equals(END)) {
        return certificates;
      }
      if (entry == ENTRIES_MAX) {
        throw new IllegalArgumentException("more than %d certificates".formatted(ENTRIES_MAX));
      }
      in.position(in.position() + END.size());
      long offset = Integer.toUnsignedLong(in.getInt());
      long length = Integer.toUnsignedLong(in.getInt());
      if (offset + length > table.length) {
        throw new IllegalArgumentException(
            "a certificate at %d of %d bytes in a table of %d"
                .formatted(offset, length, table.length));
      }
      certificates.putIfAbsent(id, bytes.slice((int) offset, (int) (offset + length)));
    }
    if (table.length == 0) {
      return Map.of();
    }
    throw new IllegalArgumentException("a table without its end");
  }
}
