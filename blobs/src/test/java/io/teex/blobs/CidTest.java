package io.teex.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidTest {
  private static final String HELLO = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

  record Vector(int size, int chunkBytes, int linksMax, String cid) {}

  /** Made by {@code src/test/js/vectors.js} with the importer of the IPFS project. */
  static List<Vector> vectors() throws IOException {
    try (var in = CidTest.class.getResourceAsStream("/vectors/cids.json")) {
      String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<Vector> vectors =
          Pattern.compile(
                  "\"size\":(\\d+),\"chunkBytes\":(\\d+),\"linksMax\":(\\d+),\"cid\":\"(\\w+)\"")
              .matcher(json)
              .results()
              .map(m ->
                  new Vector(
                      Integer.parseInt(m.group(1)),
                      Integer.parseInt(m.group(2)),
                      Integer.parseInt(m.group(3)),
                      m.group(4)))
              .toList();
      assertThat(vectors).hasSize((int) json.lines().count() - 2);
      return vectors;
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void agreesWithTheIpfsImporter(Vector vector) {
    UnixFs layout = new UnixFs(vector.chunkBytes(), vector.linksMax());

    Cid cid = layout.write(Contents.ofSize(vector.size()), (block, bytes, from, to) -> {});

    assertThat(cid).hasToString(vector.cid());
    assertThat(Cid.parse(vector.cid())).isEqualTo(cid);
  }

  @Test
  void isTheWellKnownOneForHelloWorld() {
    assertThat(Cid.of("hello world".getBytes(StandardCharsets.UTF_8))).hasToString(HELLO);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "b",
        "../../../../etc/passwd",
        // Another base, version, codec, hash function, and upper case.
        "zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA",
        "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWNvnVT",
        "bafyreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5f",
        "BAFKREIFZJUT3TE7NHYEKKLSS27NH3K72YSCO7Y32KOAO5EEI66WOF36N5E",
        "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e=",
        "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5f",
        "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n/e",
      })
  void refusesEveryOtherText(String text) {
    assertThatThrownBy(() -> Cid.parse(text))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED));
  }
}
