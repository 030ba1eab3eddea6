package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Keccak;
import io.teex.protocol.TypedData;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The contracts that an account creates with its next nonces. An address follows from account and
 * nonce, so all of them are known before anything is sent, and contracts can name each other.
 */
final class DeploymentPlan {
  /**
   * A contract that is to be created.
   *
   * @param contract name of its artifact
   * @param arguments of its constructor, encoded
   */
  record Planned(String contract, Bytes arguments, long nonce, Address address) {
    Bytes creationCode() {
      return Bytes.concat(ContractArtifact.load(contract).bytecode(), arguments);
    }

    /** What its transaction is kept under. */
    String intent() {
      return "create %s with nonce %d".formatted(Keccak.hash(creationCode().copy()), nonce);
    }
  }

  private final Address deployer;
  private final long firstNonce;
  private final List<Planned> planned = new ArrayList<>();

  DeploymentPlan(Address deployer, long firstNonce) {
    this.deployer = deployer;
    this.firstNonce = firstNonce;
  }

  Address deployer() {
    return deployer;
  }

  long firstNonce() {
    return firstNonce;
  }

  /** In the order in which they are created. */
  List<Planned> all() {
    return List.copyOf(planned);
  }

  /** Plans the next contract, and tells where it will be. */
  Address create(String contract, Record arguments) {
    Address address = ahead(0);
    planned.add(
        new Planned(
            contract,
            Bytes.of(TypedData.encodeArguments(arguments)),
            firstNonce + planned.size(),
            address));
    return address;
  }

  /** Where the contract will be that is planned after so many others from now on. */
  Address ahead(int others) {
    return created(deployer, firstNonce + planned.size() + others);
  }

  /** What all of it is made with. */
  Bytes32 argumentsDigest() {
    return digest(planned.stream().map(it -> named(it, it.arguments())).toList());
  }

  /** What all of it is compiled to. */
  Bytes32 codeDigest() {
    return digest(
        planned.stream()
            .map(it -> named(it, ContractArtifact.load(it.contract()).bytecode()))
            .toList());
  }

  /** Hashes of fixed length, so that nothing can move from one contract to the next. */
  private static Bytes32 named(Planned contract, Bytes value) {
    return Keccak.hash(
        Keccak.hash(contract.contract().getBytes(StandardCharsets.US_ASCII)).copy(),
        Keccak.hash(value.copy()).copy());
  }

  private static Bytes32 digest(List<Bytes32> parts) {
    return Keccak.hash(parts.stream().map(Bytes32::copy).toArray(byte[][]::new));
  }

  /** The address of the contract that an account's transaction with this nonce creates. */
  static Address created(Address creator, long nonce) {
    byte[] seed = Rlp.list(List.of(Rlp.string(creator.value()), Rlp.number(nonce)));
    return new Address(Keccak.hash(seed).value().slice(12, 32));
  }
}
