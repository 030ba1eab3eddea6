package io.teex.attestation.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.random.RandomGenerator;

/** Spoils one of the certificates of a PEM text inside, or leaves out, doubles and swaps them. */
final class PemText implements Mutator {
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";

  private final Trees inside = new Trees(new Der());

  @Override
  public Source of(byte[] seed) {
    List<byte[]> certificates = certificates(seed);
    List<Source> sources = certificates.stream().map(inside::of).toList();
    if (certificates.isEmpty()) {
      return random -> seed;
    }
    return random -> {
      List<byte[]> chain = new ArrayList<>(certificates);
      int at = random.nextInt(chain.size());
      switch (random.nextInt(8)) {
        case 0 -> chain.remove(at);
        case 1 -> chain.add(chain.get(at));
        case 2 -> chain.add(chain.remove(at));
        default -> chain.set(at, sources.get(at).next(random));
      }
      return pem(chain, random);
    };
  }

  private static List<byte[]> certificates(byte[] pem) {
    String text = new String(pem, StandardCharsets.ISO_8859_1);
    List<byte[]> certificates = new ArrayList<>();
    int begin = text.indexOf(BEGIN);
    while (begin >= 0) {
      int end = text.indexOf(END, begin);
      if (end < 0) {
        return certificates;
      }
      certificates.add(Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end)));
      begin = text.indexOf(BEGIN, end);
    }
    return certificates;
  }

  private static byte[] pem(List<byte[]> certificates, RandomGenerator random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Base64.Encoder encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
    for (byte[] certificate : certificates) {
      out.writeBytes((BEGIN + "\n").getBytes(StandardCharsets.US_ASCII));
      out.writeBytes(encoder.encode(certificate));
      out.writeBytes(("\n" + END + "\n").getBytes(StandardCharsets.US_ASCII));
    }
    if (random.nextInt(10) == 0) {
      out.write(0);
    }
    return out.toByteArray();
  }
}
