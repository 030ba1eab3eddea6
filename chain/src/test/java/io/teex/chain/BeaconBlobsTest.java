package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BeaconBlobsTest {
  private static final long GENESIS = 1_606_824_023;
  private static final Bytes32 HASH = new Bytes32(Bytes.fromHex("01" + "ab".repeat(31)));
  private static final BlobSource.Carried CARRIED =
      new BlobSource.Carried(
          Bytes32.ZERO,
          new ChainClient.Block(5, Bytes32.ZERO, GENESIS + 12 * 1_000, BigInteger.ONE),
          List.of(HASH, HASH));

  private final List<String> asked = new ArrayList<>();
  private FakeNode node;
  private volatile String goneAt = "nothing";

  @BeforeEach
  void start() throws IOException {
    node = new FakeNode();
    answer("{\"data\":[\"0x01\",\"0x02\"]}");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private void answer(String blobs) {
    node.answer =
        _ -> {
          asked.add(node.path);
          node.status = node.path.contains(goneAt) ? 404 : 200;
          if (node.path.endsWith("/genesis")) {
            return "{\"data\":{\"genesis_time\":\"%d\"}}".formatted(GENESIS);
          }
          return node.path.endsWith("/spec") ? "{\"data\":{\"SECONDS_PER_SLOT\":\"12\"}}" : blobs;
        };
  }

  @Test
  void asksForTheBlobsOfTheBlocksSlot() {
    assertThat(BlobSource.beacon(URI.create(node.endpoint() + "/")).fetch(CARRIED))
        .containsExactly(Bytes.fromHex("01"), Bytes.fromHex("02"));
    assertThat(asked)
        .contains(
            "/eth/v1/beacon/blobs/1000?versioned_hashes=%s&versioned_hashes=%s"
                .formatted(HASH, HASH));
  }

  @Test
  void blobsThatAreGoneAreSaid() {
    answer("{\"data\":[]}");
    refused(ErrorCode.BLOB_NOT_FOUND, "has 0 of 2 blobs of slot 1000: nodes drop blobs after");
    goneAt = "/blobs/";
    refused(
        ErrorCode.BLOB_NOT_FOUND,
        "does not know /eth/v1/beacon/blobs/1000: nodes drop blobs after");
  }

  @Test
  void whoIsNoBeaconNodeIsSaid() {
    node.answer = _ -> "{}";
    refused(ErrorCode.UNAVAILABLE, "does not speak the beacon API");
    node.status = 404;
    refused(ErrorCode.UNAVAILABLE, "does not know /eth/v1/beacon/genesis: is it a beacon node?");
    node.status = 200;
    node.answer = _ -> "hello";
    refused(ErrorCode.UNAVAILABLE, "answered with something that is not JSON");
    node.status = 500;
    refused(ErrorCode.UNAVAILABLE, "answered with status 500");
    node.close();
    refused(ErrorCode.UNAVAILABLE, "does not answer (ConnectException): is it running?");
  }

  private void refused(ErrorCode code, String why) {
    URI endpoint = URI.create("http://user:secret@127.0.0.1:" + node.endpoint().getPort());
    assertThatThrownBy(() -> BlobSource.beacon(endpoint).fetch(CARRIED))
        .hasMessageContaining("the beacon node at " + node.endpoint() + " " + why)
        .hasMessageNotContaining("secret")
        .isInstanceOfSatisfying(TeexException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
