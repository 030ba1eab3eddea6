package io.teex.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.collateral.CollateralConfig;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarketFileTest {
  private static final String ADDRESS = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
  private static final String JSON =
      """
      {
        "chainRpc": "http://127.0.0.1:8545",
        "addresses": {
          "chainId": 31337, "token": "ADDRESS", "registry": "ADDRESS", "services": "ADDRESS",
          "data": "ADDRESS", "settlement": "ADDRESS"
        },
        "manager": "127.0.0.1:7001",
        "dispatchers": [{"address": "ADDRESS", "endpoint": "127.0.0.1:7003"}],
        "blobs": "http://127.0.0.1:7004",
        "policy": "policy.json"
      }
      """
          .replace("ADDRESS", ADDRESS);

  @TempDir Path directory;

  @Test
  void readsWhatItWrites() throws IOException {
    Path file = directory.resolve("market.json");
    Files.writeString(file, JSON);

    MarketFile read = MarketFile.read(file);
    Files.writeString(file, read.toJson());

    assertThat(MarketFile.read(file)).isEqualTo(read);
    assertThat(read.policy()).isEqualTo(directory.resolve("policy.json"));
    assertThat(read.dispatchers().getFirst().address()).hasToString(ADDRESS);
    assertThat(read.addresses().chainId()).isEqualTo(31337);
  }

  @Test
  void keepsWhereAnchorsAreAndReadsFilesFromBeforeThem() throws IOException {
    Path file = directory.resolve("market.json");
    Files.writeString(file, JSON);
    assertThat(MarketFile.read(file).addresses().anchors().isZero()).isTrue();

    Files.writeString(
        file, JSON.replace("\"data\"", "\"anchors\": \"%s\", \"data\"".formatted(ADDRESS)));
    MarketFile read = MarketFile.read(file);
    Files.writeString(file, read.toJson());

    assertThat(read.addresses().anchors()).hasToString(ADDRESS);
    assertThat(MarketFile.read(file)).isEqualTo(read);
  }

  @Test
  void readsAFileFromBeforeThereWasCollateral() throws IOException {
    Path file = directory.resolve("market.json");
    Files.writeString(file, JSON);

    assertThat(MarketFile.read(file).collateralConfig()).isEqualTo(CollateralConfig.none());
  }

  @Test
  void namesTheContractForQuotesOnlyWhereThereIsOne() throws IOException {
    Path file = directory.resolve("market.json");
    Files.writeString(
        file,
        JSON.replace(
            "\"chainId\": 31337,",
            "\"chainId\": 31337, \"managerAttestation\": \"%s\",".formatted(ADDRESS)));

    MarketFile read = MarketFile.read(file);
    Files.writeString(file, read.toJson());

    assertThat(read.addresses().managerAttestation()).hasToString(ADDRESS);
    assertThat(MarketFile.read(file)).isEqualTo(read);
    assertThat(MarketFile.parse(JSON).addresses().managerAttestation().isZero()).isTrue();
    assertThat(MarketFile.parse(JSON).toJson()).doesNotContain("managerAttestation");
  }

  @Test
  void readsWhereCollateralComesFrom() throws IOException {
    Path file = directory.resolve("market.json");
    Files.writeString(
        file, withCollateral("{\"intel\": \"http://pccs:8081\", \"directory\": \"kept\"}"));

    MarketFile read = MarketFile.read(file);
    Files.writeString(file, read.toJson());

    assertThat(read.collateralConfig())
        .isEqualTo(
            CollateralConfig.from(
                Map.of(
                    "intel",
                    "http://pccs:8081",
                    "directory",
                    directory.resolve("kept").toString())));
    assertThat(MarketFile.read(file)).isEqualTo(read);
  }

  @Test
  void refusesCollateralThatMakesNoSense() {
    refuses(withCollateral("{\"itel\": \"http://pccs:8081\"}"), "itel");
    refuses(withCollateral("{\"intel\": \"file:///pccs\"}"), "collateral.intel");
    refuses(withCollateral("[]"), "market file");
    refuses(withCollateral("null"), "collateral");
    refuses("[]", "market file");
  }

  private static String withCollateral(String collateral) {
    return JSON.replace("\"manager\"", "\"collateral\": %s, \"manager\"".formatted(collateral));
  }

  @Test
  void namesNodesOverHttpWhereItIsToldTo() throws IOException {
    Path file = directory.resolve("market.json");
    Files.writeString(
        file, JSON.replace("\"blobs\"", "\"http\": {\"a:1\": \"http://a:2\"}, \"blobs\""));

    MarketFile read = MarketFile.read(file);
    Files.writeString(file, read.toJson());

    assertThat(read.http()).containsOnly(Map.entry("a:1", "http://a:2"));
    assertThat(MarketFile.read(file)).isEqualTo(read);
    assertThat(MarketFile.parse(JSON).http()).isEmpty();
  }

  @Test
  void refusesAnUnknownKeyByName() {
    refuses(JSON.replace("\"manager\"", "\"gateway\": \"\", \"manager\""), "gateway");
  }

  @Test
  void refusesAMissingKeyByName() {
    refuses(JSON.replace("\"blobs\": \"http://127.0.0.1:7004\",", ""), "blobs");
  }

  @Test
  void refusesAWrongAddress() {
    refuses(JSON.replace("5FbDB", "5fbdb"), "checksum");
  }

  @Test
  void saysHowToGetAMissingFile() {
    assertThatThrownBy(() -> MarketFile.read(directory.resolve("none.json")))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
        .hasMessageContaining("teex dev up");
  }

  private void refuses(String json, String named) {
    Path file = directory.resolve("market.json");
    assertThatThrownBy(
            () -> {
              Files.writeString(file, json);
              MarketFile.read(file);
            })
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
        .hasMessageContaining(named);
  }
}
