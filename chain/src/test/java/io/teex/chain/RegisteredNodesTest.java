package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeexException;
import java.security.SecureRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may act, by the real registry on a real node, and what ends it. */
@ParameterizedClass
@EnumSource(NodeKind.class)
class RegisteredNodesTest {
  @Parameter NodeKind kind;

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final SigningKey OPERATOR = DevAccounts.key(3);
  private static final long EPOCH = 7;

  private static EmbeddedChain chain;

  private final Bytes machine = Bytes32.random(RANDOM).value();
  private final Address manager = newAddress();
  private final Address store = newAddress();
  private final Address worker = newAddress();
  private NodeRegistry nodes;

  @BeforeParameterizedClassInvocation
  static void start(NodeKind kind) {
    chain = EmbeddedChain.start(kind);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    if (chain != null) {
      chain.close();
    }
  }

  /** A manager and a store that may act, on a machine of their operator's. */
  @BeforeEach
  void trust() {
    nodes = new RegisteredNodes(new RpcChainViews(chain.client, chain.addresses));
    list(OPERATOR.address());
    chain.registry().setManager(chain.governance, manager, EPOCH, true);
    operate(Role.MANAGER, manager);
    operate(Role.STORE, store);
    requireAll();
  }

  private void requireAll() {
    nodes.requireManager(manager, machine);
    nodes.requireNode(certificate(Role.STORE, store), manager, machine);
    nodes.requireNode(certificate(Role.WORKER, worker), manager, Bytes.EMPTY);
  }

  @Test
  void nobodyOnAnotherMachineOrWithoutOneIsThatNode() {
    Bytes another = Bytes32.random(RANDOM).value();

    refuses(ErrorCode.NODE_NOT_OPERATED, () -> nodes.requireManager(manager, another));
    refuses(ErrorCode.NODE_NOT_OPERATED, () -> requireStore(another));
    refuses(ErrorCode.ATTESTATION_REFUSED, () -> nodes.requireManager(manager, Bytes.EMPTY));
    refuses(ErrorCode.ATTESTATION_REFUSED, () -> requireStore(Bytes.EMPTY));
  }

  @Test
  void nobodyActsInARoleThatNobodyAnswersForItIn() {
    refuses(
        ErrorCode.NODE_NOT_OPERATED,
        () -> nodes.requireNode(certificate(Role.DISPATCHER, store), manager, machine));
  }

  @Test
  void aMachineThatIsUnlistedTakesAllWithItThatRunsThere() {
    list(Address.ZERO);

    refuses(ErrorCode.NODE_NOT_OPERATED, () -> nodes.requireManager(manager, machine));
    refuses(ErrorCode.CERTIFICATE_INVALID, () -> requireStore(machine));
    refuses(ErrorCode.CERTIFICATE_INVALID, this::requireWorker);
  }

  @Test
  void anAbandonedNodeIsNoMore() {
    chain.registry().abandon(chain.sender(OPERATOR), store);

    refuses(ErrorCode.NODE_NOT_OPERATED, () -> requireStore(machine));
    nodes.requireManager(manager, machine);
  }

  @Test
  void aRevokedNodeIsNoMore() {
    chain.registry().revoke(chain.governance, store);
    chain.registry().revoke(chain.governance, worker);

    refuses(ErrorCode.CERTIFICATE_INVALID, () -> requireStore(machine));
    refuses(ErrorCode.CERTIFICATE_INVALID, this::requireWorker);
  }

  @Test
  void anUnlistedManagerTakesAllWithItThatItCertified() {
    chain.registry().setManager(chain.governance, manager, EPOCH, false);

    refuses(ErrorCode.NODE_NOT_OPERATED, () -> nodes.requireManager(manager, machine));
    refuses(ErrorCode.CERTIFICATE_INVALID, () -> requireStore(machine));
    refuses(ErrorCode.CERTIFICATE_INVALID, this::requireWorker);
  }

  @Test
  void aManagersNextEpochEndsTheCertificatesOfTheOneBefore() {
    chain.registry().setManager(chain.governance, manager, EPOCH + 1, true);

    nodes.requireManager(manager, machine);
    refuses(ErrorCode.CERTIFICATE_INVALID, () -> requireStore(machine));
  }

  private void requireStore(Bytes on) {
    nodes.requireNode(certificate(Role.STORE, store), manager, on);
  }

  private void requireWorker() {
    nodes.requireNode(certificate(Role.WORKER, worker), manager, Bytes.EMPTY);
  }

  private void list(Address operator) {
    chain.registry().setPlatform(chain.governance, NodeOperation.platform(machine), operator);
  }

  private void operate(Role role, Address node) {
    chain
        .registry()
        .operate(
            chain.governance,
            OPERATOR.sign(
                chain.addresses.domain(),
                new NodeOperation(role, node, NodeOperation.platform(machine))));
  }

  private static NodeCertificate certificate(Role role, Address signer) {
    return new NodeCertificate(
        role,
        Bytes32.ZERO,
        signer,
        signer,
        Bytes.EMPTY,
        Bytes32.ZERO,
        TcbStatus.SIMULATED,
        EPOCH,
        chain.now() + 3_600);
  }

  private static Address newAddress() {
    return SigningKey.generate(RANDOM).address();
  }

  private static void refuses(ErrorCode code, ThrowingCallable ask) {
    assertThatThrownBy(ask)
        .isInstanceOfSatisfying(TeexException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
