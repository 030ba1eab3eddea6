package io.teex.protocol;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Batches as a market makes them: a few services, workers and users; digests that nobody knows. */
final class ReceiptSamples {
  private static final int ONE_IN = 5;

  private final RandomGenerator random;
  private final List<Address> users;
  private final List<Address> workers;
  private final List<Bytes32> digests;
  private final Address dispatcher;

  ReceiptSamples(RandomGenerator random, int users, int workers) {
    this.random = random;
    this.users = Stream.generate(this::address).limit(users).toList();
    this.workers = Stream.generate(this::address).limit(workers).toList();
    this.digests = Stream.generate(this::digest).limit(ONE_IN).toList();
    this.dispatcher = address();
  }

  /** Tasks of all users in turn; one in five uses a data set. */
  ReceiptData batch(int tasks) {
    List<ReceiptData.Entry> entries = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      entries.add(
          new ReceiptData.Entry(
              users.get(i % users.size()),
              0,
              1 + i / users.size(),
              ReceiptLeaf.Kind.RECEIPT,
              List.of(receipt())));
    }
    return new ReceiptData(entries);
  }

  /** The same with voids and requests between. */
  ReceiptData mixture(int tasks) {
    List<ReceiptData.Entry> entries =
        IntStream.rangeClosed(1, tasks)
            .mapToObj(i -> {
              ReceiptLeaf.Kind kind = Seeds.pick(random, ReceiptLeaf.Kind.values());
              return new ReceiptData.Entry(
                  users.get(random.nextInt(users.size())),
                  random.nextInt(3),
                  kind == ReceiptLeaf.Kind.REQUEST ? 0 : i,
                  kind,
                  kind == ReceiptLeaf.Kind.VOID ? List.of() : List.of(receipt()));
            })
            .toList();
    return new ReceiptData(entries);
  }

  Receipt receipt() {
    List<DatasetCharge> datasets =
        random.nextInt(ONE_IN) == 0
            ? List.of(
                new DatasetCharge(
                    DatasetId.of(3), digests.get(0), workers.getFirst(), Amount.of(50)))
            : List.of();
    Amount provider = amount();
    Amount worker = amount();
    Amount share = amount();
    int service = random.nextInt(3);
    int by = random.nextInt(workers.size());
    return new Receipt(
        new TaskId(digest()),
        1,
        dispatcher,
        workers.get(by),
        digests.get(by % ONE_IN),
        new ReceiptDigests(
            digests.get(service),
            digests.get(service + 1),
            datasets.isEmpty() ? Bytes32.ZERO : digests.get(4),
            digests.get(3)),
        digest(),
        digest(),
        digest(),
        datasets,
        1_000L * random.nextInt(1_000_000),
        1L << (16 + random.nextInt(8)),
        1_900_000_000L - 1_900_000_000L % 60 + 60L * random.nextInt(10),
        random.nextInt(20) == 0 ? Outcome.TRAP : Outcome.COMPLETED,
        new FeeSplit(
            datasets.stream()
                .map(DatasetCharge::amount)
                .reduce(provider.plus(worker).plus(share), Amount::plus),
            workers.get(service % workers.size()),
            provider,
            workers.get(by),
            worker,
            dispatcher,
            share),
        new Execution("teex-wasm 1.0", Isolation.SESSION, Tier.single(Isolation.SESSION, 1), 4),
        digest());
  }

  /** Up to a million of a token with six decimals. */
  private Amount amount() {
    return new Amount(BigInteger.valueOf(random.nextLong(1L << 40)));
  }

  private Bytes32 digest() {
    return Bytes32.random(random);
  }

  private Address address() {
    return new Address(digest().value().slice(0, Address.SIZE));
  }
}
