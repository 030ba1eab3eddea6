package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Keccak;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import java.math.BigInteger;
import java.util.Optional;
import java.util.function.Supplier;

/** What the typed bindings of all contracts share: a place to read, an address, decoding. */
abstract class Contract {
  record AddressValue(Address value) {}

  record NumberValue(BigInteger value) {}

  record BoolValue(boolean value) {}

  record HashValue(Bytes32 value) {}

  private final ChainReader chain;
  private final Address address;

  Contract(ChainReader chain, Address address) {
    this.chain = chain;
    this.address = address;
  }

  public Address address() {
    return address;
  }

  ChainReader chain() {
    return chain;
  }

  /** Reads a view that returns one struct. */
  <T extends Record> T struct(Class<T> type, Bytes call) {
    return decode(() -> TypedData.decode(type, chain.read(address, call).copy()));
  }

  /** Reads a view that returns one struct or refuses with an error that means "there is none". */
  <T extends Record> Optional<T> findStruct(Class<T> type, Bytes call, String... absent) {
    return chain
        .find(address, call, absent)
        .map(returned -> decode(() -> TypedData.decode(type, returned.copy())));
  }

  /** Reads a view that returns plain values, here the components of {@code type}. */
  <T extends Record> T values(Class<T> type, Bytes call) {
    return decode(() -> TypedData.decodeArguments(type, chain.read(address, call).copy()));
  }

  /** Reads a view that returns plain values or refuses with an error for "there is none". */
  <T extends Record> Optional<T> findValues(Class<T> type, Bytes call, String... absent) {
    return chain
        .find(address, call, absent)
        .map(returned -> decode(() -> TypedData.decodeArguments(type, returned.copy())));
  }

  BigInteger number(Bytes call) {
    return values(NumberValue.class, call).value();
  }

  Mined send(TransactionSender sender, String what, Bytes call) {
    return sender.call(what, address, call);
  }

  /**
   * Sends unless the contract refuses with one of these errors, which say that there is nothing to
   * do.
   *
   * @return empty if nothing was sent
   */
  Optional<Mined> sendUnless(TransactionSender sender, String what, Bytes call, String... done) {
    try {
      return Optional.of(send(sender, what, call));
    } catch (TeexException e) {
      if (e.getCause() instanceof RpcException refusal && Reverts.isOneOf(refusal, done)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Sends a call that has its effect once: asked for again, it waits for the one that was sent. */
  Mined sendOnce(TransactionSender sender, String what, Bytes call) {
    return sender.callOnce(
        "%s %s".formatted(address, Keccak.hash(call.copy())), what, address, call);
  }

  static <T> T decode(Supplier<T> decoding) {
    try {
      return decoding.get();
    } catch (TeexException e) {
      if (e.code() != ErrorCode.MALFORMED) {
        throw e;
      }
      throw new TeexException(
          ErrorCode.CHAIN_UNAVAILABLE,
          "a contract answered something else than expected: " + e.getMessage(),
          e);
    }
  }
}
