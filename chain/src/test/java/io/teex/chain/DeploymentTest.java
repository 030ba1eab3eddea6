package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.chain.Deployment.ManagerQuotes;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A market of others than who deploys it, whose managers need quotes. */
@ParameterizedClass
@EnumSource(NodeKind.class)
class DeploymentTest {
  @Parameter NodeKind kind;

  private static final JsonMapper JSON = new JsonMapper();
  private static final Deployment.Terms TERMS =
      Deployment.Terms.development(EmbeddedChain.WITHDRAW_DELAY)
          .withManagerQuotes(
              new ManagerQuotes.Needed(Duration.ofDays(7), QuoteContracts.INTEL_ROOT));

  @TempDir private Path directory;

  @Test
  void deploysAMarketWhoseManagersNeedQuotes() throws IOException {
    try (EmbeddedChain chain = EmbeddedChain.start(kind)) {
      Address governance = DevAccounts.key(2).address();
      Deployment.Deployed deployed =
          Deployment.deploy(
              chain.sender(DevAccounts.key(5)),
              TERMS,
              new Deployment.Parties(chain.addresses.token(), governance));
      Addresses addresses = deployed.addresses();
      deployed.requireCode(chain.client);

      assertThat(addresses.token()).isEqualTo(chain.addresses.token());
      assertThat(addresses.managerAttestation().isZero()).isFalse();
      assertThat(deployed.contracts())
          .extracting(Created::contract)
          .containsExactly(
              "CertificateStore",
              "TcbStore",
              "QuoteVerifier",
              "EnclaveRegistry",
              "Settlement",
              "Stakes",
              "Court",
              "Demands",
              "ManagerAttestation",
              "StateAnchor",
              "ServiceMarket",
              "DataMarket");
      ManagerAttestation attestation =
          new ManagerAttestation(chain.client, addresses.managerAttestation());
      assertThat(attestation.life()).isEqualTo(Duration.ofDays(7));
      assertThat(attestation.isAttested(governance)).isFalse();
      assertThatThrownBy(() -> attestation.verifier().verify(Bytes.of(new byte[5])))
          .isInstanceOfSatisfying(
              TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REJECTED));
      assertThatThrownBy(() ->
              new EnclaveRegistry(chain.client, addresses)
                  .setPlatform(chain.sender(DevAccounts.key(5)), Bytes32.ZERO, governance))
          .as("who deployed it has no right in it")
          .hasMessageContaining("OwnableUnauthorizedAccount");

      writesWhatAnExplorerNeeds(chain, deployed);
      tellsOtherCodeApart(chain, deployed);
    }
  }

  private void writesWhatAnExplorerNeeds(EmbeddedChain chain, Deployment.Deployed deployed)
      throws IOException {
    Verification.write(directory, chain.client.chainId(), deployed.contracts());

    JsonNode index = JSON.readTree(Files.readString(directory.resolve(Verification.INDEX)));
    assertThat(index.get("compiler").asString()).startsWith("0.8.37+commit.");
    assertThat(index.get("contracts").size()).isEqualTo(deployed.contracts().size());
    for (JsonNode contract : index.get("contracts")) {
      String name = contract.get("contract").asString();
      String plain = name.substring(name.indexOf(':') + 1);
      JsonNode input =
          JSON.readTree(Files.readString(directory.resolve(contract.get("input").asString())));
      assertThat(input.get("sources").has(name.substring(0, name.indexOf(':')))).isTrue();
      assertThat(input.at("/settings/evmVersion").asString()).isEqualTo("osaka");
      // What the chain was sent is the artifact and these arguments.
      Bytes sent = chain.client.input(Bytes32.fromHex(contract.get("transaction").asString()));
      assertThat(sent)
          .isEqualTo(
              Bytes.concat(
                  ContractArtifact.load(plain).bytecode(),
                  Bytes.fromHex(contract.get("constructorArguments").asString())));
    }
  }

  /** Each byte that differs is noticed, but in immutable values. */
  private static void tellsOtherCodeApart(EmbeddedChain chain, Deployment.Deployed deployed) {
    Created registry =
        deployed.contracts().stream()
            .filter(it -> it.contract().equals("EnclaveRegistry"))
            .findFirst()
            .orElseThrow();
    ContractArtifact artifact = ContractArtifact.load("EnclaveRegistry");
    Bytes code = chain.client.code(registry.address());
    assertThat(DeployedCode.isOf(artifact, code)).isTrue();
    int immutable = 0;
    for (int at = 0; at < code.size(); at++) {
      byte[] other = code.copy();
      other[at] ^= 0x55;
      immutable += DeployedCode.isOf(artifact, Bytes.of(other)) ? 1 : 0;
    }
    assertThat(immutable)
        .as("bytes that may differ")
        .isEqualTo(32 * artifact.runtime().immutables().size());
    assertThat(DeployedCode.isOf(artifact, Bytes.EMPTY)).isFalse();
    assertThat(DeployedCode.isOf(artifact, code.slice(1, code.size()))).isFalse();
    assertThatThrownBy(() -> DeployedCode.require(registry, Bytes.EMPTY))
        .isInstanceOf(TeexException.class)
        .hasMessageContaining("EnclaveRegistry");
  }
}
