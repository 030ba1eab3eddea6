package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Keccak;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Role;
import io.teex.protocol.Signature;
import io.teex.protocol.Signed;
import io.teex.protocol.TypedData;
import io.teex.protocol.Uint;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Who may act as a TEE node: managers and measurements by governance, nodes by certificate. */
public final class EnclaveRegistry extends Contract {
  /**
   * A manager's signing key.
   *
   * @param from seconds since the epoch: trusted from then on
   */
  public record Manager(long epoch, long from, boolean active) {}

  /**
   * A machine that may run widely trusted nodes.
   *
   * @param operator who answers for it; zero if it is not listed
   * @param from seconds since the epoch
   */
  public record Platform(Address operator, long from) {}

  /**
   * An operator's word that a node is hers.
   *
   * @param role {@link Role#code()}; zero if nobody operates the node
   * @param from seconds since the epoch
   */
  public record Operation(@Uint(8) int role, long from, Address operator, Bytes32 platform) {}

  /**
   * What the last admitted certificate of a node says.
   *
   * @param role {@link Role#code()}
   * @param notAfter seconds since the epoch
   * @param revoked for ever
   * @param manager who signed it
   */
  public record Node(
      @Uint(8) int role,
      Address payout,
      long notAfter,
      long epoch,
      boolean revoked,
      Address manager,
      Bytes32 measurementHash) {}

  private record SetManager(Address manager, long epoch, boolean active) {}

  private record SetMeasurement(Role role, Bytes32 measurementHash, boolean accepted) {}

  private record SetPlatform(Bytes32 platform, Address operator) {}

  private record Operate(NodeOperation operation, Signature signature) {}

  private record OfPlatform(Bytes32 platform) {}

  private record Admit(NodeCertificate certificate, Signature signature) {}

  private record OfAmount(Amount amount) {}

  private record OfNode(Address signer) {}

  private record OfRole(Address signer, Role role) {}

  private record OfEpoch(Address key, long epoch) {}

  private record Accepted(Role role, Bytes32 measurementHash) {}

  private record PlatformIndex(Bytes32 platform, Address operator) {}

  private record PlatformDetails(long from) {}

  private static final Event<PlatformIndex, PlatformDetails> PLATFORM_CHANGED =
      Event.of("PlatformChanged", PlatformIndex.class, PlatformDetails.class);

  public EnclaveRegistry(ChainReader chain, Addresses addresses) {
    super(chain, addresses.registry());
  }

  /** Lists or unlists a manager's signing key. Governance only. */
  public Mined setManager(
      TransactionSender governance, Address manager, long epoch, boolean active) {
    return send(
        governance,
        "listing manager " + manager,
        TypedData.encodeCall("setManager", new SetManager(manager, epoch, active)));
  }

  /** Accepts a measurement for a role, or stops accepting it. Governance only. */
  public Mined setMeasurement(
      TransactionSender governance, Role role, Bytes measurement, boolean accepted) {
    return send(
        governance,
        "accepting a measurement of role " + role,
        TypedData.encodeCall(
            "setMeasurement", new SetMeasurement(role, Keccak.hash(measurement), accepted)));
  }

  /**
   * Gives a platform to an operator, or takes it away ({@link Address#ZERO}) with all that runs
   * there. Governance only.
   */
  public Mined setPlatform(TransactionSender governance, Bytes32 platform, Address operator) {
    return send(
        governance,
        "listing platform " + platform,
        TypedData.encodeCall("setPlatform", new SetPlatform(platform, operator)));
  }

  /** Lets an operator answer for a node; anybody may send it. */
  public Mined operate(TransactionSender sender, Signed<NodeOperation> operation) {
    return send(
        sender,
        "operating " + operation.value().signer(),
        TypedData.encodeCall("operate", new Operate(operation.value(), operation.signature())));
  }

  /** The operator answers for a node no more. */
  public Mined abandon(TransactionSender operator, Address signer) {
    return send(
        operator, "abandoning " + signer, TypedData.encodeCall("abandon", new OfNode(signer)));
  }

  /** Admits a node or renews its admission; anybody may send it. */
  public Mined admit(TransactionSender sender, Signed<NodeCertificate> certificate) {
    return send(
        sender,
        "admitting " + certificate.value().signer(),
        TypedData.encodeCall("admit", new Admit(certificate.value(), certificate.signature())));
  }

  /** Shuts a node out for ever. Governance or an active manager. */
  public Mined revoke(TransactionSender sender, Address signer) {
    return send(sender, "revoking " + signer, TypedData.encodeCall("revoke", new OfNode(signer)));
  }

  /** Asks workers for a stake: more at once, less after the trust delay. Governance only. */
  public Mined setMinimumStake(TransactionSender governance, Amount amount) {
    return send(
        governance,
        "asking workers for a stake of " + amount,
        TypedData.encodeCall("setMinimumStake", new OfAmount(amount)));
  }

  /** What a worker has to have bonded; zero if nothing. */
  public Amount minimumStake() {
    return new Amount(number(TypedData.encodeCall("minimumStake")));
  }

  public Manager manager(Address key) {
    return struct(Manager.class, TypedData.encodeCall("manager", new OfNode(key)));
  }

  /** Whether the key may sign certificates of the epoch in the block that is read. */
  public boolean isManager(Address key, long epoch) {
    return values(BoolValue.class, TypedData.encodeCall("isManager", new OfEpoch(key, epoch)))
        .value();
  }

  public Platform platform(Bytes32 platform) {
    return struct(Platform.class, TypedData.encodeCall("platform", new OfPlatform(platform)));
  }

  /** The machines that have an operator, by what changed in the blocks, both ends included. */
  public Map<Bytes32, Platform> platforms(long from, long to) {
    Map<Bytes32, Platform> listed = new LinkedHashMap<>();
    for (var change : PLATFORM_CHANGED.in(chain(), address(), from, to)) {
      Address operator = change.indexed().operator();
      listed.remove(change.indexed().platform());
      if (!operator.isZero()) {
        listed.put(change.indexed().platform(), new Platform(operator, change.data().from()));
      }
    }
    return listed;
  }

  public Operation operation(Address signer) {
    return struct(Operation.class, TypedData.encodeCall("operation", new OfNode(signer)));
  }

  /** Whether the operator of a listed platform answers for the node in the block that is read. */
  public boolean isOperated(Address signer, Role role) {
    return values(BoolValue.class, TypedData.encodeCall("isOperated", new OfRole(signer, role)))
        .value();
  }

  public boolean isAccepted(Role role, Bytes measurement) {
    return values(
            BoolValue.class,
            TypedData.encodeCall("isAccepted", new Accepted(role, Keccak.hash(measurement))))
        .value();
  }

  /** Empty if the node was never admitted nor revoked. */
  public Optional<Node> node(Address signer) {
    Node node = struct(Node.class, TypedData.encodeCall("node", new OfNode(signer)));
    return node.role() == 0 && !node.revoked() ? Optional.empty() : Optional.of(node);
  }

  /** Whether the node may act in the role in the block that is read. */
  public boolean isActive(Address signer, Role role) {
    return values(BoolValue.class, TypedData.encodeCall("isActive", new OfRole(signer, role)))
        .value();
  }
}
