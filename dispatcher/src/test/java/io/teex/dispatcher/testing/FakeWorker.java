package io.teex.dispatcher.testing;

import io.teex.protocol.Address;
import io.teex.protocol.Bill;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetCharge;
import io.teex.protocol.Domain;
import io.teex.protocol.Execution;
import io.teex.protocol.Keccak;
import io.teex.protocol.Lease;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Payees;
import io.teex.protocol.Price;
import io.teex.protocol.Pricing;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptDigests;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import io.teex.protocol.Tier;
import io.teex.protocol.TypedData;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** A worker that executes nothing and writes the receipts that one would. */
public final class FakeWorker {
  public static final Bytes32 COST_TABLE = Keccak.hash(new byte[] {7});

  private static final int MINUTE = 60;

  /** Who is paid what, as a worker reads it from manager and chain. */
  public record Tariff(
      Price price,
      Address provider,
      List<DatasetCharge> datasets,
      int basisPoints,
      Address dispatcherPayee) {}

  private final Domain domain;
  private final SigningKey key;
  private final Signed<NodeCertificate> certificate;
  private final InstantSource clock;

  /**
   * @param manager who signs its certificate
   * @param name tells one worker's accounts and keys from another's
   */
  public FakeWorker(
      Domain domain, SigningKey manager, SigningKey key, String name, InstantSource clock) {
    this(
        domain,
        manager,
        key,
        named(name + " tls"),
        new Address(named(name + " payout").value().slice(0, Address.SIZE)),
        Bytes.of(new byte[48]),
        clock);
  }

  /** A worker that has a TLS key and so can be on the network. */
  public FakeWorker(
      Domain domain,
      SigningKey manager,
      SigningKey key,
      Bytes32 tlsKeyHash,
      Address payout,
      Bytes measurement,
      InstantSource clock) {
    this.domain = domain;
    this.key = key;
    this.clock = clock;
    this.certificate =
        manager.sign(
            domain,
            new NodeCertificate(
                Role.WORKER,
                tlsKeyHash,
                key.address(),
                payout,
                measurement,
                named("platform of " + key.address()),
                TcbStatus.UP_TO_DATE,
                1,
                clock.instant().plus(Duration.ofDays(1)).getEpochSecond()));
  }

  public Address address() {
    return key.address();
  }

  public Address payout() {
    return certificate.value().payout();
  }

  public Signed<NodeCertificate> certificate() {
    return certificate;
  }

  /** The receipt of a task that used so much fuel. */
  public Receipt receipt(Order order, Lease lease, Tariff tariff, Outcome outcome, long fuelUsed) {
    long fuel = Pricing.chargedFuel(fuelUsed, order.limits());
    Bill bill =
        Pricing.bill(
            tariff.price(),
            outcome,
            fuel,
            tariff.datasets(),
            tariff.basisPoints(),
            new Payees(tariff.provider(), payout(), tariff.dispatcherPayee()));
    boolean output = outcome == Outcome.COMPLETED;
    long now = clock.instant().getEpochSecond();
    return new Receipt(
        lease.taskId(),
        lease.attempt(),
        lease.dispatcher(),
        address(),
        TypedData.hash(domain, certificate.value()),
        new ReceiptDigests(
            order.service().imageDigest(),
            tariff.price().digest(),
            ReceiptDigests.licences(order.datasets()),
            COST_TABLE),
        order.inputCommitment(),
        output ? named("output of " + lease.taskId()) : Bytes32.ZERO,
        output ? named("ciphertext of " + lease.taskId()) : Bytes32.ZERO,
        bill.datasets(),
        fuel,
        1 << 20,
        Math.ceilDiv(now, MINUTE) * MINUTE,
        outcome,
        bill.fee(),
        new Execution(
            "fake-1",
            order.tier().isolation(),
            Tier.single(order.tier().isolation(), TeeKind.SIMULATED.bit()),
            Execution.SIMULATED),
        named("seed of " + lease.taskId()));
  }

  public Signed<Receipt> sign(Receipt receipt) {
    return key.sign(domain, receipt);
  }

  /** Bytes that a name stands for. */
  public static Bytes32 named(String name) {
    return Keccak.hash(name.getBytes(StandardCharsets.UTF_8));
  }
}
