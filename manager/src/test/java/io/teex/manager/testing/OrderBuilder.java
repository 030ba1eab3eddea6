package io.teex.manager.testing;

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

/** An order that says only what a test is about. */
public final class OrderBuilder {
  private Address user;
  private Address dispatcher;
  private long sequence = 7;
  private ServiceRef service;
  private List<DatasetUse> datasets = List.of();
  private String purpose = "";
  private Bytes32 inputCommitment = Bytes32.ZERO;
  private long outputBytes = 1_000;
  private Amount feeMax = Amount.of(500);
  private BlockRef recentBlock;
  private long deadline;
  private Bytes32 salt = Bytes32.ZERO;

  OrderBuilder(
      Address user, Address dispatcher, ServiceRef service, BlockRef recentBlock, long deadline) {
    this.user = user;
    this.dispatcher = dispatcher;
    this.service = service;
    this.recentBlock = recentBlock;
    this.deadline = deadline;
  }

  public OrderBuilder by(Address value) {
    user = value;
    return this;
  }

  public OrderBuilder to(Address value) {
    dispatcher = value;
    return this;
  }

  public OrderBuilder sequence(long value) {
    sequence = value;
    return this;
  }

  public OrderBuilder of(ServiceRef value) {
    service = value;
    return this;
  }

  public OrderBuilder using(DatasetUse... values) {
    datasets = List.of(values);
    return this;
  }

  public OrderBuilder using(List<DatasetUse> values) {
    datasets = List.copyOf(values);
    return this;
  }

  public OrderBuilder purpose(String value) {
    purpose = value;
    return this;
  }

  public OrderBuilder input(Bytes32 commitment) {
    inputCommitment = commitment;
    return this;
  }

  public OrderBuilder outputBytes(long value) {
    outputBytes = value;
    return this;
  }

  public OrderBuilder feeMax(long value) {
    feeMax = Amount.of(value);
    return this;
  }

  public OrderBuilder recentBlock(BlockRef value) {
    recentBlock = value;
    return this;
  }

  public OrderBuilder deadline(long value) {
    deadline = value;
    return this;
  }

  public OrderBuilder salt(Bytes32 value) {
    salt = value;
    return this;
  }

  public Order build() {
    return new Order(
        user,
        dispatcher,
        3,
        sequence,
        service,
        datasets,
        purpose,
        inputCommitment,
        new OutputTerms(Bytes32.ZERO, outputBytes, 0),
        new FeeTerms(feeMax, 100),
        new Limits(1_000_000, 1_000, 1 << 20),
        Tier.single(Isolation.PROCESS, TeeKind.SIMULATED.bit()),
        recentBlock,
        deadline,
        salt);
  }
}
