package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Keccak;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Genuine evidence, judged by the real contracts on a real node with its P-256 precompile. */
@ParameterizedClass
@EnumSource(NodeKind.class)
class QuotesOnChainTest {
  @Parameter NodeKind kind;

  private static final Path CASE =
      Path.of(
          Optional.ofNullable(System.getenv("TEEX_VECTORS"))
              .orElse("../../shared/attestation-vectors"),
          "tdx/near-mpc-dstack-b0c06f000000");

  @Test
  void judgesAGenuineQuote() throws IOException {
    assumeTrue(Files.isDirectory(CASE), "SKIPPED: no attestation vectors in " + CASE);
    assumeTrue(
        kind == NodeKind.ANVIL,
        "SKIPPED: the evidence is of the past, and only anvil lets time go back");
    Bytes quote = Bytes.of(Files.readAllBytes(CASE.resolve("quote.bin")));
    JsonNode expected = json("expected.json");
    JsonNode collateral = json("collateral.json");
    Instant time = Instant.parse(expected.get("evaluations").get(0).get("time").asString());
    try (EmbeddedChain chain = EmbeddedChain.start(kind)) {
      chain.client.development("evm_setTime", BigInteger.valueOf(time.toEpochMilli()));
      TransactionSender anybody = chain.sender(DevAccounts.key(5));
      QuoteContracts contracts = QuoteContracts.deploy(anybody, QuoteContracts.INTEL_ROOT);
      QuoteVerifier verifier = new QuoteVerifier(chain.client, contracts.verifier());
      CertificateStore certificates = verifier.certificates();
      TcbStore tcb = verifier.tcb();

      assertThatThrownBy(() -> verifier.verify(quote))
          .isInstanceOfSatisfying(
              TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REJECTED))
          .hasMessageContaining("PlatformUnknown");

      for (boolean first : List.of(true, false)) {
        assertThat(certificates.postRootCrl(anybody, hex(collateral, "root_ca_crl")))
            .matches(posted -> posted.isPresent() == first);
        assertThat(
                certificates.postPckCrl(
                    anybody, hex(collateral, "pck_crl"), text(collateral, "pck_crl_issuer_chain")))
            .matches(posted -> posted.isPresent() == first);
        assertThat(tcb.postTcbInfo(anybody, document(collateral, "tcb_info")))
            .matches(posted -> posted.isPresent() == first);
        assertThat(tcb.postQeIdentity(anybody, document(collateral, "qe_identity")))
            .matches(posted -> posted.isPresent() == first);
        assertThat(certificates.postPlatform(anybody, verifier.pckChain(quote)))
            .matches(posted -> posted.isPresent() == first);
      }
      QuoteVerifier.Verdict verdict = verifier.verify(quote);

      JsonNode evaluation = expected.get("evaluations").get(0);
      assertThat(verdict.tee()).isEqualTo(TeeKind.TDX);
      assertThat(verdict.status()).isEqualTo(TcbStatus.UP_TO_DATE);
      assertThat(verdict.status().label()).isEqualTo(evaluation.get("tcb_status").asString());
      assertThat(verdict.measurement().size()).isEqualTo(48);
      assertThat(verdict.reportData()).isEqualTo(hex(expected.get("fields"), "report_data"));
      assertThat(verdict.platform())
          .isEqualTo(Keccak.hash(hex(expected.get("pck"), "ppid").copy()));
      assertThat(Instant.ofEpochSecond(verdict.until()).toString())
          .isEqualTo(evaluation.get("valid_to").asString());

      refusesItAsAManagers(chain, anybody, contracts, quote);
    }
  }

  /** Genuine as it is, it binds no key of this market's. */
  private static void refusesItAsAManagers(
      EmbeddedChain chain, TransactionSender anybody, QuoteContracts contracts, Bytes quote) {
    ManagerAttestation attestation =
        new ManagerAttestation(
            chain.client,
            ManagerAttestation.deploy(
                anybody,
                chain.governance.address(),
                chain.addresses.registry(),
                contracts.verifier(),
                Duration.ofDays(7)));
    long block = chain.client.blockNumber() - 1;
    Address key = DevAccounts.key(1).address();

    assertThatThrownBy(() -> attestation.attest(anybody, key, block, quote))
        .isInstanceOf(TeexException.class)
        .hasMessageContaining("ReportDataMismatch")
        .hasMessageContaining("post what the manager of this market wrote last");
    assertThatThrownBy(() -> attestation.attest(anybody, key, block + 100, quote))
        .isInstanceOf(TeexException.class)
        .hasMessageContaining("BlockNotRecent");
    assertThat(attestation.isAttested(key)).isFalse();
  }

  /** As the Java side says it, see {@code ManagerStatement} of the attestation module. */
  @Test
  void asksForTheStatementThatAManagerMakes() throws Exception {
    try (EmbeddedChain chain = EmbeddedChain.start(kind)) {
      QuoteContracts contracts = QuoteContracts.deploy(chain.governance, QuoteContracts.INTEL_ROOT);
      Address at =
          ManagerAttestation.deploy(
              chain.governance,
              chain.governance.address(),
              chain.addresses.registry(),
              contracts.verifier(),
              Duration.ofDays(7));
      Address key = DevAccounts.key(1).address();
      Bytes32 hash = Keccak.hash(new byte[] {5});
      ByteBuffer statement = ByteBuffer.allocate(96);
      statement.put("TEEX-RA-1".getBytes(StandardCharsets.US_ASCII)).put((byte) 1);
      statement.putShort((short) 20).put(key.value().copy());
      statement.putShort((short) 32).put(hash.value().copy());
      statement.putShort((short) 28).putLong(chain.client.chainId()).put(at.value().copy());

      assertThat(new ManagerAttestation(chain.client, at).reportData(key, hash))
          .isEqualTo(Bytes.of(MessageDigest.getInstance("SHA-512").digest(statement.array())));
    }
  }

  private static TcbStore.Document document(JsonNode collateral, String name) {
    return new TcbStore.Document(
        text(collateral, name),
        hex(collateral, name + "_signature"),
        text(collateral, name + "_issuer_chain"));
  }

  private static Bytes hex(JsonNode json, String name) {
    return Bytes.fromHex(json.get(name).asString());
  }

  private static Bytes text(JsonNode json, String name) {
    return Bytes.of(json.get(name).asString().getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode json(String file) throws IOException {
    return new JsonMapper().readTree(Files.readString(CASE.resolve(file)));
  }
}
