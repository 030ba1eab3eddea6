package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.chain.Deployment.Deployed;
import io.teex.chain.Deployment.ManagerQuotes;
import io.teex.chain.Deployment.Parties;
import io.teex.chain.Deployment.Terms;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A deployment that dies at every step of its work, and is gone on with. */
@ParameterizedClass
@EnumSource(NodeKind.class)
class ResumedDeploymentTest {
  @Parameter NodeKind kind;

  private static final SigningKey DEPLOYER = DevAccounts.key(5);
  private static final Address GOVERNANCE = DevAccounts.key(2).address();
  private static final int CONTRACTS = 12;
  private static final Terms TERMS =
      Terms.development(Duration.ofHours(2))
          .withManagerQuotes(
              new ManagerQuotes.Needed(Duration.ofDays(7), QuoteContracts.INTEL_ROOT));

  /** The process dies. What it had written is there. */
  private static final class Death extends Error {
    private static final long serialVersionUID = 1;
  }

  /** Dies at the n-th of the moments at which something is, or has just been, written. */
  private static final class Fate {
    private long momentsLeft;

    Fate(long moments) {
      this.momentsLeft = moments;
    }

    void strikes() {
      if (momentsLeft-- == 0) {
        throw new Death();
      }
    }

    DeploymentProgress upon(DeploymentProgress progress) {
      return new DeploymentProgress() {
        @Override
        public Optional<Begun> begun() {
          return progress.begun();
        }

        @Override
        public void begin(Begun begun) {
          strikes();
          progress.begin(begun);
          strikes();
        }

        @Override
        public Optional<Created> find(Address contract) {
          return progress.find(contract);
        }

        // Its transaction is in a block by now.
        @Override
        public void keep(Created created) {
          strikes();
          progress.keep(created);
          strikes();
        }
      };
    }

    Outbox upon(Outbox outbox) {
      return new Outbox() {
        @Override
        public List<Sent> all() {
          return outbox.all();
        }

        // It was signed, and is sent next.
        @Override
        public void keep(Sent sent) {
          strikes();
          outbox.keep(sent);
          strikes();
        }

        @Override
        public void forget(long nonce) {
          outbox.forget(nonce);
        }
      };
    }
  }

  @TempDir private Path root;
  private Path directory;
  private EmbeddedChain chain;

  @BeforeEach
  void start() {
    directory = root;
    chain = EmbeddedChain.start(kind);
  }

  @AfterEach
  void stop() {
    if (chain != null) {
      chain.close();
    }
  }

  private Parties parties() {
    return new Parties(chain.addresses.token(), GOVERNANCE);
  }

  private Deployed deploy(Terms terms, Parties parties) {
    return deploy(terms, parties, DEPLOYER);
  }

  private Deployed deploy(Terms terms, Parties parties, SigningKey deployer) {
    return new ResumedDeployment(chain.client, TransactionSigner.of(deployer), directory)
        .run(terms, parties);
  }

  private Deployed deploy(Fate fate) {
    return new ResumedDeployment(chain.client, TransactionSigner.of(DEPLOYER), directory)
        .run(
            TERMS,
            parties(),
            fate.upon(ProgressFile.open(directory.resolve("progress.json"))),
            market -> fate.upon(outbox(market)));
  }

  private Outbox outbox(Domain market) {
    return FileOutbox.open(directory.resolve("sent"), market, DEPLOYER.address());
  }

  /** One process after the other dies one moment later than the one before. */
  @Test
  void whoeverGoesOnCreatesEachContractOnce() {
    int deaths = 0;
    Deployed deployed = null;
    for (long moment = 0; deployed == null; moment++) {
      try {
        // Each begins with what those before left.
        deployed = deploy(new Fate(moment % 5));
      } catch (Death e) {
        deaths++;
        assertThat(deaths).isLessThan(1_000);
      }
    }

    assertThat(deaths).isGreaterThan(CONTRACTS);
    assertComplete(deployed);
  }

  /** Each moment of a whole deployment, each in a deployment of its own. */
  @Test
  void everyMomentIsSurvived() throws IOException {
    int moments = 2 + 4 * CONTRACTS;
    // What is written and when is the same on every node; one that is slow is tried now and then.
    int step = kind == NodeKind.ANVIL ? 1 : 7;
    for (int moment = 0; moment < moments; moment += step) {
      Fate fate = new Fate(moment);
      assertThatThrownBy(() -> deploy(fate)).as("moment %d", moment).isInstanceOf(Death.class);
      long before = chain.client.minedNonce(DEPLOYER.address());

      Deployed deployed = deploy(new Fate(Long.MAX_VALUE));

      assertThat(chain.client.minedNonce(DEPLOYER.address()) - before)
          .as("moment %d: what was left", moment)
          .isEqualTo(CONTRACTS - Math.max(0, moment - 2) / 4 - (isMined(moment) ? 1 : 0));
      assertComplete(deployed);
      start(moment);
    }
  }

  /** Between the second and the third moment of a contract its transaction gets into a block. */
  private static boolean isMined(int moment) {
    return moment >= 2 && (moment - 2) % 4 >= 2;
  }

  /** The next deployment has a directory of its own. */
  private void start(int moment) {
    directory = root.resolve("moment-" + moment);
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void assertComplete(Deployed deployed) {
    assertThat(deployed.contracts()).hasSize(CONTRACTS);
    deployed.requireCode(chain.client);
    long first =
        ProgressFile.open(directory.resolve("progress.json")).begun().orElseThrow().firstNonce();
    // The account has sent nothing but these: there is no second copy.
    assertThat(chain.client.minedNonce(DEPLOYER.address())).isEqualTo(first + CONTRACTS);
    assertThat(deployed.contracts())
        .extracting(Created::address)
        .containsExactlyElementsOf(
            LongStream.range(first, first + CONTRACTS)
                .mapToObj(nonce -> DeploymentPlan.created(DEPLOYER.address(), nonce))
                .toList());
    for (Created created : deployed.contracts()) {
      Mined mined = chain.client.receipt(created.transaction()).orElseThrow();
      assertThat(mined.created()).contains(created.address());
      assertThat(mined.gasUsed()).isEqualTo(created.gasUsed());
    }
    Addresses addresses = deployed.addresses();
    Settlement settlement = new Settlement(chain.client, addresses);
    assertThat(settlement.domainSeparator()).isEqualTo(addresses.domain().separator());
    assertThat(new Stakes(chain.client, addresses).address()).isEqualTo(settlement.stakes());
  }

  @Test
  void aCompleteOneIsFoundComplete() {
    Deployed first = deploy(TERMS, parties());
    long nonce = chain.client.minedNonce(DEPLOYER.address());

    Deployed again = deploy(TERMS, parties());

    assertThat(again).isEqualTo(first);
    assertThat(chain.client.minedNonce(DEPLOYER.address())).isEqualTo(nonce);
  }

  /** Deep in the chain the outbox forgets, but not what the progress does not have yet. */
  @Test
  void itIsGoneOnWithAfterALongTime() {
    assertThatThrownBy(() -> deploy(new Fate(2 + 4 * 3 + 2))).isInstanceOf(Death.class);
    chain.client.development("hardhat_mine", "0x80");

    assertComplete(deploy(TERMS, parties()));
  }

  @Test
  void whatAReorganisationUndidIsCreatedAgainWhereItWas() {
    String before = chain.client.snapshot();
    assertThatThrownBy(() -> deploy(new Fate(2 + 4 * 5))).isInstanceOf(Death.class);
    chain.client.development("evm_revert", before);

    assertComplete(deploy(TERMS, parties()));
  }

  @Test
  void theDirectoryOfAnotherDeploymentIsRefused() throws IOException {
    assertThatThrownBy(() -> deploy(new Fate(20))).isInstanceOf(Death.class);
    long nonce = chain.client.minedNonce(DEPLOYER.address());

    refused(() -> deploy(TERMS.withTrustDelay(Duration.ofDays(1)), parties()), "begun with terms");
    refused(
        () -> deploy(TERMS, new Parties(chain.addresses.token(), DEPLOYER.address())),
        "begun with terms, token or governance: 0x");
    refused(() -> deploy(TERMS, parties(), DevAccounts.key(6)), "begun with account 0x");
    edit("\"code\" : \"0x", "\"code\" : \"0x" + "1".repeat(64) + "\", \"was\" : \"");
    refused(() -> deploy(TERMS, parties()), "begun with compiled contracts, of another version");
    edit("\"genesis\" : \"0x", "\"genesis\" : \"0x" + "2".repeat(64) + "\", \"was\" : \"");
    refused(() -> deploy(TERMS, parties()), "begun with chain 31337 with the first block 0x2222");

    assertThat(chain.client.minedNonce(DEPLOYER.address())).isEqualTo(nonce);
  }

  private void edit(String from, String to) throws IOException {
    Path file = directory.resolve("progress.json");
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  private static void refused(Runnable deployment, String why) {
    assertThatThrownBy(deployment::run)
        .hasMessageContaining(why)
        .hasMessageContaining("begin another in another directory")
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
  }

  @Test
  void anAccountThatSentSomethingElseMeanwhileIsTold() {
    assertThatThrownBy(() -> deploy(new Fate(2 + 4 * 2))).isInstanceOf(Death.class);
    chain.sender(DEPLOYER).transfer(GOVERNANCE, BigInteger.ONE);

    assertThatThrownBy(() -> deploy(TERMS, parties()))
        .hasMessageContaining("deploying QuoteVerifier")
        .hasMessageContaining("the account sent something else meanwhile")
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REJECTED));
  }

  @Test
  void otherCodeWhereAContractShouldBeIsSaid() {
    assertThatThrownBy(() -> deploy(new Fate(2 + 4 * 2))).isInstanceOf(Death.class);
    Created first =
        ProgressFile.open(directory.resolve("progress.json"))
            .find(DeploymentPlan.created(DEPLOYER.address(), 0))
            .orElseThrow();
    chain.client.development("hardhat_setCode", first.address().toString(), "0x60006000f3");

    assertThatThrownBy(() -> deploy(TERMS, parties()))
        .hasMessageContaining("CertificateStore")
        .hasMessageContaining("is not that of its artifact");
  }

  @Test
  void aFileThatTellsNoProgressIsRefused() throws IOException {
    Files.writeString(directory.resolve("progress.json"), "{\"chainId\": 1}");

    assertThatThrownBy(() -> deploy(TERMS, parties()))
        .hasMessageContaining("does not tell how far a deployment got")
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_CORRUPT));
  }

  /** What is signed for is told apart by each contract's place, so that nothing can move. */
  @Test
  void plansTellEachOtherApart() {
    DeploymentPlan one = new DeploymentPlan(GOVERNANCE, 7);
    DeploymentPlan other = new DeploymentPlan(GOVERNANCE, 7);
    Addresses addresses = Deployment.plan(one, 1, TERMS, parties());
    Deployment.plan(other, 1, TERMS.withTrustDelay(Duration.ofSeconds(1)), parties());

    assertThat(addresses.settlement()).isEqualTo(DeploymentPlan.created(GOVERNANCE, 7 + 4));
    assertThat(one.codeDigest()).isEqualTo(other.codeDigest()).isNotEqualTo(Bytes32.ZERO);
    assertThat(one.argumentsDigest()).isNotEqualTo(other.argumentsDigest());
  }
}
