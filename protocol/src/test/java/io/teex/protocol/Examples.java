package io.teex.protocol;

import java.math.BigInteger;
import java.util.List;

/** Documents that tests start from. */
final class Examples {
  static final Domain DOMAIN =
      new Domain(31337, Address.fromHex("0x5FbDB2315678afecb367f032d93F642f64180aa3"));
  static final SigningKey USER = key(1);
  static final SigningKey SESSION = key(2);
  static final SigningKey DISPATCHER = key(3);

  private Examples() {}

  static SigningKey key(long secret) {
    return SigningKey.of(SecretBytes.copyOf(Words.uint(BigInteger.valueOf(secret))));
  }

  static Order order() {
    return new Order(
        USER.address(),
        DISPATCHER.address(),
        3,
        7,
        new ServiceRef(ServiceId.of(1), 2, Sha256.hash(new byte[] {1}), 4),
        List.of(new DatasetUse(DatasetId.of(9), Sha256.hash(new byte[] {2}), Amount.of(1_000))),
        "digits",
        Sha256.hash(new byte[] {3}),
        new OutputTerms(Sha256.hash(new byte[] {4}), 1_024, 256),
        new FeeTerms(Amount.of(1_000_000), 250),
        new Limits(10_000_000, 1_000, 1 << 24),
        Tier.single(Isolation.SESSION, TeeKind.SIMULATED.bit()),
        new BlockRef(12, Sha256.hash(new byte[] {5})),
        1_900_000_000L,
        Sha256.hash(new byte[] {6}));
  }

  static Session session() {
    return new Session(
        USER.address(),
        SESSION.address(),
        DISPATCHER.address(),
        3,
        Amount.of(5_000_000),
        Amount.of(1_000_000),
        List.of(ServiceId.of(1)),
        1_900_000_000L,
        Sha256.hash(new byte[] {7}));
  }
}
