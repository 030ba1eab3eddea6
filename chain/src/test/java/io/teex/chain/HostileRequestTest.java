package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.FeeTerms;
import io.teex.protocol.Limits;
import io.teex.protocol.OutputTerms;
import io.teex.protocol.ServiceId;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.Sha256;
import io.teex.protocol.Signature;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.protocol.TypedData;
import io.teex.protocol.Uint;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The contract takes what its types allow, which is more than TEEX knows. Such an order must not
 * stop those who read the others.
 */
@ParameterizedClass
@EnumSource(NodeKind.class)
class HostileRequestTest {
  @Parameter NodeKind kind;

  private static final Bytes32 DIGEST = Sha256.hash(new byte[] {1});

  record Tier(
      @Uint(8) int isolation,
      String profile,
      int teeKinds,
      @Uint(64) BigInteger tcbNotBefore,
      @Uint(8) int required,
      @Uint(8) int redundancy,
      @Uint(8) int distinctOwners,
      @Uint(8) int distinctVendors,
      @Uint(8) int distinctPlatforms) {}

  record Order(
      Address user,
      Address dispatcher,
      int lane,
      long sequence,
      ServiceRef service,
      List<DatasetUse> datasets,
      String purpose,
      Bytes32 inputCommitment,
      OutputTerms output,
      FeeTerms fee,
      Limits limits,
      Tier tier,
      BlockRef recentBlock,
      long deadline,
      Bytes32 salt) {}

  record Call(Order order, Signature signature, String sealedInputCid) {}

  @Test
  void ordersThatTeexDoesNotKnowAreSkipped() {
    try (EmbeddedChain chain = EmbeddedChain.start(kind)) {
      SigningKey user = DevAccounts.key(1);
      TransactionSender sender = chain.sender(user);
      chain.fund(user.address(), Amount.of(30));
      chain.token().approve(sender, chain.addresses.settlement(), Amount.of(30));
      chain.settlement().deposit(sender, Amount.of(30));

      TaskId unknownIsolation = request(chain, user, 9, BigInteger.ZERO, 1);
      TaskId hugeTime = request(chain, user, 0, BigInteger.TWO.pow(64).subtract(BigInteger.ONE), 2);
      TaskId ordinary = request(chain, user, 0, BigInteger.ZERO, 3);

      long head = chain.client.blockNumber();
      assertThat(chain.settlement().requestedTasks(0, head))
          .containsExactly(unknownIsolation, hugeTime, ordinary);
      assertThat(chain.settlement().requests(0, head))
          .extracting(Settlement.Requested::task)
          .containsExactly(ordinary);
      assertThat(chain.settlement().request(hugeTime).orElseThrow().escrow())
          .isEqualTo(Amount.of(10));
    }
  }

  private static TaskId request(
      EmbeddedChain chain, SigningKey user, int isolation, BigInteger tcbNotBefore, int salt) {
    Order order =
        new Order(
            user.address(),
            Address.ZERO,
            0,
            0,
            new ServiceRef(ServiceId.of(1), 1, DIGEST, 1),
            List.of(),
            "",
            DIGEST,
            new OutputTerms(DIGEST, 1_024, 0),
            new FeeTerms(Amount.of(10), 100),
            new Limits(1_000_000, 1, 1 << 20),
            new Tier(isolation, "wasm-1", 1, tcbNotBefore, 1, 1, 0, 0, 0),
            new BlockRef(0, DIGEST),
            chain.now() + 600,
            Sha256.hash(new byte[] {(byte) salt}));
    Bytes32 hash = TypedData.hash(chain.addresses.domain(), order);
    Bytes call = TypedData.encodeCall("request", new Call(order, user.sign(hash), "bafy"));
    chain.sender(user).call("requesting", chain.addresses.settlement(), call);
    return new TaskId(hash);
  }
}
