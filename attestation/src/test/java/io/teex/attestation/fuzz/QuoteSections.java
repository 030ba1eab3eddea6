package io.teex.attestation.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Spoils one section of an Intel quote and writes the lengths around it anew, so that readers get
 * past them. Sections: header and body, signature and key, the QE's report and its signature,
 * authentication data, certification data.
 */
final class QuoteSections implements Mutator {
  private static final int HEADER = 48;
  private static final int SIGNATURE_AND_KEY = 128;
  private static final int QE_REPORT_AND_SIGNATURE = 448;

  private final Mutations mutations;
  private final PemText chains = new PemText();

  QuoteSections(Mutations mutations) {
    this.mutations = mutations;
  }

  @Override
  public Source of(byte[] seed) {
    ByteBuffer in = ByteBuffer.wrap(seed).order(ByteOrder.LITTLE_ENDIAN);
    int version = in.getShort(0);
    int body = version == 5 ? 6 + in.getInt(HEADER + 2) : in.getInt(4) == 0 ? 384 : 584;
    in.position(HEADER + body + 4);
    byte[] signature = take(in, SIGNATURE_AND_KEY);
    boolean isNested = version > 3;
    short outerType = isNested ? in.getShort() : 0;
    if (isNested) {
      in.getInt();
    }
    byte[] qeReport = take(in, QE_REPORT_AND_SIGNATURE);
    byte[] authentication = take(in, in.getShort() & 0xffff);
    short type = in.getShort();
    byte[] certification = take(in, in.getInt());
    List<byte[]> sections =
        List.of(
            Arrays.copyOf(seed, HEADER + body), signature, qeReport, authentication, certification);
    Source chain = chains.of(certification);
    return random -> {
      List<byte[]> spoilt = new ArrayList<>(sections);
      int at = random.nextInt(spoilt.size());
      spoilt.set(
          at,
          at == 4 && random.nextInt(4) > 0
              ? chain.next(random)
              : mutations.mutated(spoilt.get(at), random));
      return assembled(spoilt, isNested, changed(outerType, random), changed(type, random));
    };
  }

  private static short changed(short type, RandomGenerator random) {
    return random.nextInt(20) == 0 ? (short) random.nextInt(9) : type;
  }

  private static byte[] assembled(
      List<byte[]> sections, boolean isNested, short outerType, short type) {
    byte[] certification = sections.get(4);
    byte[] authentication = sections.get(3);
    int inner = sections.get(2).length + 2 + authentication.length + 2 + 4 + certification.length;
    int data = sections.get(1).length + (isNested ? 6 : 0) + inner;
    ByteBuffer out =
        ByteBuffer.allocate(sections.get(0).length + 4 + data).order(ByteOrder.LITTLE_ENDIAN);
    out.put(sections.get(0)).putInt(data).put(sections.get(1));
    if (isNested) {
      out.putShort(outerType).putInt(inner);
    }
    out.put(sections.get(2)).putShort((short) authentication.length).put(authentication);
    return out.putShort(type).putInt(certification.length).put(certification).array();
  }

  private static byte[] take(ByteBuffer in, int size) {
    byte[] bytes = new byte[size];
    in.get(bytes);
    return bytes;
  }
}
