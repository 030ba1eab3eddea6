package io.teex.dispatcher.testing;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.FeeTerms;
import io.teex.protocol.Isolation;
import io.teex.protocol.Limits;
import io.teex.protocol.Order;
import io.teex.protocol.OutputTerms;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.TeeKind;
import io.teex.protocol.Tier;
import java.util.List;

/** Makes an order out of what a test is about; the rest is that of a cheap one that is fine. */
public final class OrderBuilder {
  private final Address user;
  private Address dispatcher;
  private int lane;
  private long sequence = 1;
  private ServiceRef service;
  private List<DatasetUse> datasets = List.of();
  private String purpose = "";
  private Bytes32 inputCommitment = FakeWorker.named("input");
  private long outputCap = 1_000;
  private long outputPadding;
  private long feeMax = 1_000;
  private int basisPointsMax = 200;
  private Tier tier = Tier.single(Isolation.SESSION, TeeKind.SIMULATED.bit());
  private BlockRef block;
  private long deadline;
  private String salt = "salt";

  public OrderBuilder(
      Address user, Address dispatcher, ServiceRef service, BlockRef block, long deadline) {
    this.user = user;
    this.dispatcher = dispatcher;
    this.service = service;
    this.block = block;
    this.deadline = deadline;
  }

  public OrderBuilder dispatcher(Address account) {
    dispatcher = account;
    return this;
  }

  public OrderBuilder lane(int number) {
    lane = number;
    return this;
  }

  public OrderBuilder sequence(long number) {
    sequence = number;
    return this;
  }

  public OrderBuilder service(ServiceRef reference) {
    service = reference;
    return this;
  }

  public OrderBuilder datasets(DatasetUse... uses) {
    datasets = List.of(uses);
    return this;
  }

  public OrderBuilder purpose(String words) {
    purpose = words;
    return this;
  }

  public OrderBuilder output(long capBytes, long paddingBytes) {
    outputCap = capBytes;
    outputPadding = paddingBytes;
    return this;
  }

  public OrderBuilder inputCommitment(Bytes32 commitment) {
    inputCommitment = commitment;
    return this;
  }

  public OrderBuilder feeMax(long amount) {
    feeMax = amount;
    return this;
  }

  public OrderBuilder basisPointsMax(int basisPoints) {
    basisPointsMax = basisPoints;
    return this;
  }

  public OrderBuilder tier(Tier required) {
    tier = required;
    return this;
  }

  public OrderBuilder block(BlockRef recent) {
    block = recent;
    return this;
  }

  public OrderBuilder deadline(long seconds) {
    deadline = seconds;
    return this;
  }

  public OrderBuilder salt(String words) {
    salt = words;
    return this;
  }

  public Order build() {
    return new Order(
        user,
        dispatcher,
        lane,
        sequence,
        service,
        datasets,
        purpose,
        inputCommitment,
        new OutputTerms(FakeWorker.named("output key"), outputCap, outputPadding),
        new FeeTerms(Amount.of(feeMax), basisPointsMax),
        new Limits(10_000_000, 1_000_000, 1 << 24),
        tier,
        block,
        deadline,
        FakeWorker.named(salt));
  }
}
