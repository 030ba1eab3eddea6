package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.TaskId;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What the settlement contract's storage holds as of a trusted block, proven. */
final class ProvenSettlement {
  private static final StorageLayout LAYOUT = ContractArtifact.load("Settlement").storage();
  private static final int ADDRESS_BYTES = 20;

  private final StateProofs proofs;
  private final BlockHeader header;
  private final Address contract;

  ProvenSettlement(StateProofs proofs, BlockHeader header, Address contract) {
    this.proofs = proofs;
    this.header = header;
    this.contract = contract;
  }

  Settlement.Allowance allowance(Address payer, Address dispatcher, int lane) {
    Struct struct =
        read(
            "_allowances",
            Event.word(payer),
            Event.word(dispatcher),
            StorageLayout.word(BigInteger.valueOf(Integer.toUnsignedLong(lane))));
    return new Settlement.Allowance(
        new Amount(struct.number("remaining")),
        struct.number("settledSequence").longValueExact(),
        struct.number("expiry").longValueExact());
  }

  /** Empty if it was never requested. */
  Optional<Settlement.Request> request(TaskId task) {
    Struct struct = read("_requests", task.value());
    Settlement.RequestState state = state(struct.number("state").intValueExact());
    return state == Settlement.RequestState.NONE
        ? Optional.empty()
        : Optional.of(
            new Settlement.Request(
                struct.address("user"),
                struct.number("reclaimableAt").longValueExact(),
                state,
                new Amount(struct.number("escrow"))));
  }

  Settlement.BatchChain batchChain(Address dispatcher) {
    Struct struct = read("_chains", Event.word(dispatcher));
    return new Settlement.BatchChain(
        struct.number("number").longValueExact(),
        struct.number("period").intValueExact(),
        struct.number("frozen").signum() != 0,
        StorageLayout.word(struct.number("head")),
        new Amount(struct.number("newer")),
        new Amount(struct.number("older")));
  }

  private static Settlement.RequestState state(int code) {
    for (Settlement.RequestState state : Settlement.RequestState.values()) {
      if (state.code() == code) {
        return state;
      }
    }
    throw new IllegalStateException("a request in state %d".formatted(code));
  }

  private Struct read(String variable, Bytes32... keys) {
    StorageLayout.Variable layout = LAYOUT.variable(variable);
    List<Bytes32> slots = layout.slots(keys);
    Map<Bytes32, Bytes32> words = proofs.storage(header, contract, slots);
    Map<Long, Bytes32> byIndex = new HashMap<>();
    for (int i = 0; i < slots.size(); i++) {
      byIndex.put((long) i, words.getOrDefault(slots.get(i), Bytes32.ZERO));
    }
    return new Struct(layout, index -> byIndex.getOrDefault(index, Bytes32.ZERO));
  }

  private record Struct(StorageLayout.Variable layout, Function<Long, Bytes32> words) {
    BigInteger number(String member) {
      StorageLayout.Member place = layout.member(member);
      return place.of(words.apply(place.slot()));
    }

    Address address(String member) {
      return new Address(StorageLayout.word(number(member)).value().slice(32 - ADDRESS_BYTES, 32));
    }
  }
}
